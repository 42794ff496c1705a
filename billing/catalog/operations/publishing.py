"""Publish the terms of a plan."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import amount, instant
from config.kernel.errors import DomainError
from metering.rate_card.queries import list_actions

from ...events import EventType
from ...models import PlanVersion
from ..fingerprint import fingerprint_of
from ..review import MarginWarning, Objection, list_margin_warnings, list_objections
from ..terms import VersionTerms, loaded_terms, terms_of
from .drafts import label, lock_draft, readable_terms


class NotPublishable(DomainError):
    """The draft's terms are incomplete or contradict each other."""

    code = "not_publishable"
    title = "The draft cannot be published"
    status = 400

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(
            " ".join(objection.detail for objection in objections),
            errors=[asdict(objection) for objection in objections],
        )
        self.objections = tuple(objections)


class DraftChanged(DomainError):
    """The draft is no longer the one that was reviewed."""

    code = "draft_changed"
    title = "The draft has changed"


@dataclass(frozen=True, slots=True)
class PublishReport:
    """The version that is on sale from now on, and what is risky about it."""

    version: PlanVersion
    warnings: tuple[MarginWarning, ...]


@dataclass(frozen=True, slots=True)
class DraftReview:
    """
    What publishing would say: the objections that stop it and the warnings that do not.

    They are about these `terms`; `publish` takes their `fingerprint` to publish no others.
    """

    terms: VersionTerms
    fingerprint: str
    objections: tuple[Objection, ...]
    warnings: tuple[MarginWarning, ...]


@transaction.atomic
def publish(
    *, plan_version: PlanVersion, actor: Actor, now: datetime, reviewed: str | None = None
) -> PublishReport:
    """
    Put a draft on sale. From now on it never changes, and new agreements are made on it;
    agreements on older versions keep those.

    `reviewed` is the fingerprint of the terms that somebody read beforehand: those are published
    or none. Raises `DraftChanged` if the draft has others by now, `NotPublishable` with all
    objections, and `VersionPublished`.
    """
    draft = lock_draft(plan_version=plan_version)
    terms = _terms(draft)
    review = _review(terms, now=now)
    if reviewed is not None and reviewed != review.fingerprint:
        raise DraftChanged(
            _(
                "The draft has changed since this page was opened, so nothing was published. "
                "Please read the terms again."
            )
        )
    if review.objections:
        raise NotPublishable(review.objections)
    draft.published_at = now
    draft.save(update_fields=["published_at"])
    record(
        actor=actor,
        action="plan_version.published",
        target=label(draft),
        changes={
            "terms": [None, readable_terms(terms)],
            "warnings": [None, [warning.detail for warning in review.warnings]],
        },
        now=now,
    )
    announce(
        organization_id=None,
        type=EventType.PLAN_PUBLISHED,
        dedupe_key=f"{EventType.PLAN_PUBLISHED}:{label(draft)}",
        data=_told_of(draft, terms),
        now=now,
    )
    return PublishReport(version=draft, warnings=review.warnings)


def _told_of(version: PlanVersion, terms: VersionTerms) -> dict[str, Any]:
    """What events say of terms that are on sale from now on."""
    return {
        "id": version.plan.public_id,
        "plan": version.plan.code,
        "plan_name": version.plan.name,
        "plan_version": version.number,
        "published_at": instant(version.published_at),
        "trial_days": terms.trial_days,
        "prices": [
            {
                "kind": str(price.kind),
                "interval": str(price.interval),
                **amount(price.unit_amount_minor, price.currency),
            }
            for price in terms.prices
        ],
    }


def review_draft(*, plan_version: PlanVersion, now: datetime) -> DraftReview:
    """Say beforehand what publishing would say. Changes nothing."""
    return _review(_terms(plan_version), now=now)


def _review(terms: VersionTerms, *, now: datetime) -> DraftReview:
    warnings = list_margin_warnings(
        terms,
        actions=list_actions(at=now),
        currency=settings.REPORTING_CURRENCY,
        target=Decimal(settings.TARGET_MARGIN_BPS) / 10_000,
    )
    return DraftReview(
        terms=terms,
        fingerprint=fingerprint_of(terms),
        objections=tuple(list_objections(terms)),
        warnings=tuple(warnings),
    )


def _terms(version: PlanVersion) -> VersionTerms:
    return terms_of(PlanVersion.objects.prefetch_related(*loaded_terms()).get(pk=version.pk))
