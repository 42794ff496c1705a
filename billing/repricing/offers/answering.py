"""
Answer offers, and take them back.

Each operation is one transaction under the organization's lock. What follows at Stripe is done
afterwards by a worker, which is rung for; the sweep does it where the bell was not heard.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from config.kernel.periods import INSTANT

from ... import tasks
from ...agreements.errors import AgreementEnding
from ...agreements.waiting import find_waiting_change
from ...choices import CampaignStatus, Collection, OfferStatus
from ...events import EventType
from ...legacy.leaving import require_consent
from ...models import RepricingOffer
from ...stripe.journeys.errors import ChangeWaiting, CheckoutNeeded
from .dates import next_date, next_renewal, not_before, plan_reminders
from .ending import note_declined, note_over
from .errors import MidContract, MoveIsDue, NoticeTooShort, OfferDatePassed, OfferOver
from .loading import lock_offer
from .notice_clock import is_renewal
from .noting import note_offer, standing_of
from .steps import UNDER_WAY_FOR

LONGEST_WAIT: Final = timedelta(days=366)
# A change that is planned is undone by then, even if Stripe does not answer at first.
UNDONE_WITHIN: Final = timedelta(hours=1)
_CAN_BE_TAKEN_BACK: Final = (OfferStatus.PREPARED, OfferStatus.OPEN, OfferStatus.ACCEPTED)


@transaction.atomic
def accept_offer(
    *,
    offer: RepricingOffer,
    actor: Actor,
    now: datetime,
    waives_notice: bool = False,
    effective_at: datetime | None = None,
    leaves_legacy_plan: bool = True,
) -> RepricingOffer:
    """
    Accept an offer, also one that was declined before, and return it as it now is.

    The move takes effect at the first renewal at or after the end of the notice, and no earlier
    than was told. With `waives_notice`, which the customer asks for in so many words, it takes
    effect at the very next renewal. `effective_at` names another renewal. An offer that is
    accepted already stays so; it can still be brought forward by a waiver. The page of an offer
    says where there is no way back; who asks elsewhere says with `leaves_legacy_plan` whether that
    is known.

    Raises `OfferOver`, `NoticeTooShort` for a date before the end of the notice without a waiver,
    `MidContract` for one that is no renewal, `MoveIsDue` for one later than was told where
    everybody moves, `AgreementEnding`, `ChangeWaiting`, `CheckoutNeeded` and `LeavesLegacyPlan`.
    """
    stored = lock_offer(offer_id=offer.pk, organization_id=offer.organization_id, now=now)
    is_waiver = waives_notice and stored.waived_at is None
    if stored.status == OfferStatus.ACCEPTED and not is_waiver:
        return stored
    _check_can_be_accepted(stored, now=now)
    told = standing_of(stored)
    chosen = effective_at or (
        next_renewal(stored, since=now + INSTANT) if waives_notice else next_date(stored, now=now)
    )
    _check_date(stored, chosen, waives_notice=waives_notice, now=now)
    require_consent(
        stored.agreement, to=stored.to_version, is_given=leaves_legacy_plan, actor=actor, now=now
    )
    is_early = chosen < not_before(stored)
    stored.status = OfferStatus.ACCEPTED
    stored.answered_at = now
    stored.answered_by_id = actor.user_id
    stored.waived_at = now if is_early else None
    stored.effective_at = chosen
    stored.ended_at = None
    # No change waits by now: one that was undone took back the answer before this one.
    stored.scheduled_change = None
    stored.save(
        update_fields=[
            "status",
            "answered_at",
            "answered_by",
            "waived_at",
            "effective_at",
            "ended_at",
            "scheduled_change",
        ]
    )
    plan_reminders(stored, now=now)
    note_offer(stored, EventType.REPRICING_OFFER_ACCEPTED, before=told, actor=actor, now=now)
    _ring(stored)
    return stored


@transaction.atomic
def decline_offer(*, offer: RepricingOffer, actor: Actor, now: datetime) -> RepricingOffer:
    """
    Decline an offer, or take back that it was accepted, and return it as it now is.

    Everything stays as it is, and it can be accepted later while the campaign runs. Declined
    again it stays declined. Raises `MoveIsDue` where everybody moves, `OfferDatePassed` once the
    move is under way, and `OfferOver`.
    """
    stored = lock_offer(offer_id=offer.pk, organization_id=offer.organization_id, now=now)
    if stored.status == OfferStatus.DECLINED:
        return stored
    if stored.status not in (OfferStatus.OPEN, OfferStatus.ACCEPTED):
        raise OfferOver(_("There is nothing to decline any more."))
    if stored.campaign.must_move:
        raise MoveIsDue(
            _("Everybody on %(plan)s moves. You can end your plan before that.")
            % {"plan": stored.from_version.plan.name},
            effective_at=stored.effective_at and stored.effective_at.isoformat(),
        )
    _check_can_be_stopped(stored, now=now)
    note_declined(stored, actor=actor, now=now)
    _ring(stored)
    return stored


@transaction.atomic
def withdraw_offer(
    *, offer: RepricingOffer, actor: Actor, reason: str, now: datetime
) -> RepricingOffer:
    """
    Take an offer back, accepted or not, and return it as it now is. The customer stays where it
    is, and a change that was planned does not happen.

    Withdrawn again it stays withdrawn. Raises `OfferDatePassed` once the move is under way, and
    `OfferOver` for one that has ended in another way.
    """
    stored = lock_offer(offer_id=offer.pk, organization_id=offer.organization_id, now=now)
    if stored.status == OfferStatus.WITHDRAWN:
        return stored
    if stored.status not in _CAN_BE_TAKEN_BACK:
        raise OfferOver(_("There is nothing to take back any more."))
    _check_can_be_stopped(stored, now=now)
    note_over(stored, OfferStatus.WITHDRAWN, actor=actor, reason=reason, now=now)
    _ring(stored)
    return stored


def note_seen(*, offer: RepricingOffer, now: datetime) -> None:
    """Remember when somebody of the organization first opened the page of an offer."""
    if offer.seen_at is None:
        RepricingOffer.objects.filter(pk=offer.pk, seen_at=None).update(seen_at=now)


def _check_can_be_accepted(offer: RepricingOffer, *, now: datetime) -> None:
    """Raise why an offer cannot be accepted, if it cannot."""
    answer_by = offer.campaign.answer_by
    is_there = offer.status in (OfferStatus.OPEN, OfferStatus.ACCEPTED, OfferStatus.DECLINED)
    agreement = offer.agreement
    if (
        not is_there
        or offer.campaign.status != CampaignStatus.RUNNING
        or (answer_by is not None and answer_by <= now)
        or agreement.ended_at is not None
        or agreement.plan_version.plan_id != offer.from_version.plan_id
        or _has_another(offer)
    ):
        raise OfferOver(_("The offer can no longer be accepted."))
    if agreement.cancel_at is not None:
        raise AgreementEnding(
            _("The agreement is going to end. Take that back first."),
            ends_at=agreement.cancel_at.isoformat(),
        )
    if find_waiting_change(agreement) is not None:
        raise ChangeWaiting(_("A change is planned already. Take that back first."))
    if agreement.collection == Collection.FREE:
        plan = offer.to_version.plan.name
        raise CheckoutNeeded(_("%(plan)s has to be paid for first.") % {"plan": plan})


def _has_another(offer: RepricingOffer) -> bool:
    """Whether another campaign has an offer to the same organization."""
    others = RepricingOffer.objects.filter(
        organization_id=offer.organization_id, status__in=_CAN_BE_TAKEN_BACK
    )
    return others.exclude(pk=offer.pk).exists()


def _check_date(
    offer: RepricingOffer, chosen: datetime, *, waives_notice: bool, now: datetime
) -> None:
    """Raise why a move may not take effect then, if it may not."""
    agreement, earliest = offer.agreement, not_before(offer)
    if chosen < earliest and not waives_notice:
        raise NoticeTooShort(
            _("Nothing changes before the notice of %(days)s days has run.")
            % {"days": offer.notice_days},
            earliest=next_date(offer, now=now).isoformat(),
        )
    latest = next_date(offer, now=now)
    if chosen > (latest if offer.campaign.must_move else latest + LONGEST_WAIT):
        raise MoveIsDue(_("The move cannot take effect so late."), effective_at=latest.isoformat())
    is_one = is_renewal(chosen, anchor_at=agreement.anchor_at, interval=agreement.interval)
    if chosen <= now or not is_one:
        raise MidContract(
            _("A move takes effect when a period that is paid for ends, and not within it."),
            earliest=next_renewal(offer, since=max(chosen, now + INSTANT)).isoformat(),
        )


def _check_can_be_stopped(offer: RepricingOffer, *, now: datetime) -> None:
    """Raise `OfferDatePassed` while the move is made, or planned at this very moment."""
    change, tried_at = offer.scheduled_change, offer.tried_at
    if change is not None and change.effective_at - UNDONE_WITHIN <= now:
        raise OfferDatePassed(_("The move is being made. It cannot be taken back."))
    is_open = change is None and tried_at is not None and not offer.obstacle
    if is_open and tried_at is not None and tried_at > now - UNDER_WAY_FOR:
        raise OfferDatePassed(_("The move is just being planned. Try again in a few minutes."))


def _ring(offer: RepricingOffer) -> None:
    offer_id = offer.pk
    # Robust: a broker that is away must not undo the answer; the sweep finds it.
    transaction.on_commit(lambda: tasks.move_offer.delay(offer_id=offer_id), robust=True)
