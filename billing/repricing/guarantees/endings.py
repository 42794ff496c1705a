"""Why a guarantee ends before its months are over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ...catalog.queries import get_plan_version_terms
from ...choices import GuaranteeEnd
from ...models import Agreement, Guarantee, PlanChange


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """Since when, and why, a guarantee promises nothing more."""

    at: datetime
    reason: GuaranteeEnd


def find_early_end(guarantee: Guarantee, *, now: datetime) -> EarlyEnd | None:
    """
    Return why a guarantee has ended early by a moment; None if it has not.

    That is when another guarantee of the organization began, when its plan ended, or when it
    moved to a plan that is dearer than the one that it is guaranteed for: those are prices that
    it chose itself. To a cheaper plan it may move. Its agreement is loaded.
    """
    ends = (end for end in _ends(guarantee) if end.at <= now)
    return min(ends, key=lambda end: end.at, default=None)


def would_end_guarantee(*, agreement: Agreement, version_id: int) -> bool:
    """Whether moving an agreement to a plan version would end a guarantee that it has."""
    guarantees = Guarantee.objects.filter(
        organization_id=agreement.organization_id, agreement=agreement, ended_at=None
    )
    return any(_is_dearer(guarantee, version_id=version_id) for guarantee in guarantees)


def _ends(guarantee: Guarantee) -> Iterator[EarlyEnd]:
    newer = Guarantee.objects.filter(
        organization_id=guarantee.organization_id, pk__gt=guarantee.pk
    ).order_by("pk")
    replacement = newer.first()
    if replacement is not None:
        yield EarlyEnd(replacement.starts_at, GuaranteeEnd.REPLACED)
    if guarantee.agreement.ended_at is not None:
        yield EarlyEnd(guarantee.agreement.ended_at, GuaranteeEnd.LEFT)
    changes = PlanChange.objects.filter(
        organization_id=guarantee.organization_id,
        agreement_id=guarantee.agreement_id,
        effective_at__gt=guarantee.starts_at,
    ).order_by("effective_at")
    for change in changes:
        if _is_dearer(guarantee, version_id=change.to_version_id):
            yield EarlyEnd(change.effective_at, GuaranteeEnd.MOVED_UP)


def _is_dearer(guarantee: Guarantee, *, version_id: int) -> bool:
    """Whether a month of a plan costs more before usage than one of the guaranteed plan does."""
    monthly, guaranteed = (
        get_plan_version_terms(plan_version_id=key).monthly_minor(
            currency=guarantee.currency, seats=guarantee.new_seats
        )
        for key in (version_id, guarantee.new_version_id)
    )
    return monthly is not None and guaranteed is not None and monthly > guaranteed
