"""Prices are looked at every quarter: a review comes due, once, and is closed with a decision."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.mails import ringing
from accounts.mails.notices import write_notice
from accounts.webhooks.values import instant
from config.kernel.errors import DomainError, Invalid
from metering.models import ActionRate

from ..mails.prices import PRICE_REVIEW
from ..models import PriceReview
from .queries import Design, figures_of

REVIEWED_EVERY: Final = timedelta(days=90)


class NoReviewOpen(DomainError):
    """No review waits for a decision."""

    code = "no_review_open"
    title = "No review is due"


def next_review_at() -> datetime | None:
    """
    Return when prices are to be looked at: 90 days after that was done last, or after the first
    rate took effect. None without any rate.
    """
    last = PriceReview.objects.filter(done_at__isnull=False).order_by("-done_at").first()
    if last is not None and last.done_at is not None:
        return last.done_at + REVIEWED_EVERY
    first = ActionRate.objects.order_by("effective_at").first()
    return None if first is None else first.effective_at + REVIEWED_EVERY


def find_open_review() -> PriceReview | None:
    """Return the review that waits for a decision, if one is due."""
    return PriceReview.objects.filter(done_at=None).first()


@transaction.atomic(durable=True)
def open_due_review(*, now: datetime) -> bool:
    """Open the review that is due, and tell staff of it once; return whether that was new."""
    due_at = next_review_at()
    if due_at is None or due_at > now:
        return False
    [review] = PriceReview.objects.bulk_create(
        [PriceReview(due_at=due_at).with_public_id()], ignore_conflicts=True
    )
    if not PriceReview.objects.filter(public_id=review.public_id).exists():
        return False
    notice_id = write_notice(
        organization_id=None,
        kind=PRICE_REVIEW,
        fact=review.public_id,
        data={"due_at": instant(due_at)},
        now=now,
    )
    ringing.ring_on_commit(notice_id=notice_id)
    return True


@transaction.atomic
def close_review(
    *, designs: Sequence[Design], decision: str, actor: Actor, now: datetime
) -> PriceReview:
    """
    Record what a review decided, and the figures of every meter's design that it looked at.

    Raises `Invalid` without a decision, and `NoReviewOpen` if none is due.
    """
    decision = decision.strip()
    if not decision:
        raise Invalid(_("Say what was decided, also if nothing changes."))
    review = PriceReview.objects.select_for_update().filter(done_at=None).first()
    if review is None:
        raise NoReviewOpen(_("No review is due now."))
    review.done_at, review.done_by = now, actor.label
    review.decision = decision
    review.looked_at = [row for design in designs for row in figures_of(design)]
    review.save(update_fields=["done_at", "done_by", "decision", "looked_at"])
    record(
        actor=actor,
        action="price_review.closed",
        target=review.public_id,
        changes={"decision": [None, decision]},
        now=now,
    )
    return review
