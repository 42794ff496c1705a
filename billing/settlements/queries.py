"""Reads of settlements, and of the events that each of them covers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.errors import NotFound
from config.kernel.money import Money
from metering.models import UsageEvent, UsageReversal

from ..choices import SettlementKind
from ..models import Agreement, Settlement

LARGEST_PAGE = 1_000


class SettlementNotFound(NotFound):
    """There is no such settlement, or it is another organization's."""

    code = "settlement_not_found"
    title = "No such settlement"


@dataclass(frozen=True, slots=True)
class SettlementView:
    """
    What a usage period came to, or what is given back of it.

    Of a correction the quantities and the amount are negative, and `event_id` names the event
    that was taken back.
    """

    id: str
    kind: str
    agreement_id: str
    plan_code: str
    plan_name: str
    feature: str
    feature_name: str
    event_id: str | None
    starts_at: datetime
    ends_at: datetime
    used: Decimal
    overage: Decimal
    expired: Decimal
    rolled_over: Decimal
    amount: Money
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class CoveredEvent:
    """
    A usage event that a settlement covers. `overage` is the part that nothing paid for at first.

    One that came too late for the period in which it occurred is late, and counts since
    `counted_at`. One that was taken back says when.
    """

    id: int
    event_id: str
    action: str | None
    member: str
    quantity: Decimal
    credits: Decimal
    overage: Decimal
    occurred_at: datetime
    counted_at: datetime
    reversed_at: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether it came after the period in which it occurred had closed."""
        return self.counted_at != self.occurred_at


def list_settlements(
    *, organization: Organization, agreement: Agreement | None = None
) -> list[SettlementView]:
    """Return what the organization's usage periods came to, the last settled first."""
    settlements = _loaded().owned_by(organization)
    if agreement is not None:
        settlements = settlements.filter(agreement=agreement)
    return [describe_settlement(settlement=row) for row in settlements.order_by("-pk")]


def list_ready_to_invoice(
    *, organization: Organization, agreement: Agreement | None = None
) -> list[SettlementView]:
    """
    Return the settlements that money is due for, either way, the first settled first.

    What came to nothing needs no line on an invoice.
    """
    settlements = _loaded().owned_by(organization).exclude(amount_minor=0)
    if agreement is not None:
        settlements = settlements.filter(agreement=agreement)
    return [describe_settlement(settlement=row) for row in settlements.order_by("pk")]


def get_settlement(*, organization: Organization | None, public_id: str) -> Settlement:
    """
    Return a settlement with its plan, feature and agreement loaded.

    Raises `SettlementNotFound`, also for another organization's. Without an organization any
    settlement is found: only for staff and for platform keys.
    """
    settlements = _loaded().filter(public_id=public_id)
    if organization is not None:
        settlements = settlements.owned_by(organization)
    settlement = settlements.first()
    if settlement is None:
        raise SettlementNotFound("There is no such settlement.")
    return settlement


def describe_settlement(*, settlement: Settlement) -> SettlementView:
    """Return what there is to say about a settlement whose plan, feature, agreement are loaded."""
    plan = settlement.plan_version.plan
    return SettlementView(
        id=settlement.public_id,
        kind=settlement.kind,
        agreement_id=settlement.agreement.public_id,
        plan_code=plan.code,
        plan_name=plan.name,
        feature=settlement.feature.code,
        feature_name=settlement.feature.name,
        event_id=settlement.event_key,
        starts_at=settlement.starts_at,
        ends_at=settlement.ends_at,
        used=settlement.used_credits,
        overage=settlement.overage_credits,
        expired=settlement.expired_credits,
        rolled_over=settlement.rolled_over_credits,
        amount=Money(settlement.amount_minor, settlement.currency),
        settled_at=settlement.settled_at,
    )


def list_covered_events(
    *, settlement: Settlement, limit: int, after: CoveredEvent | None = None
) -> list[CoveredEvent]:
    """
    Return a page of the events that a settlement covers, in the order in which they count.

    Those of a period are all that were booked in it, the late ones and those taken back since
    among them; that of a correction is the one taken back. The next page starts after the last
    event of this one.
    """
    assert 1 <= limit <= LARGEST_PAGE, limit
    events = _covered(settlement)
    if after is not None:
        events = events.filter(
            Q(counted_at__gt=after.counted_at) | Q(counted_at=after.counted_at, pk__gt=after.id)
        )
    return _described(settlement, events.order_by("counted_at", "pk")[:limit])


def find_covered_event(*, settlement: Settlement, event_id: str) -> CoveredEvent | None:
    """Return one of the events that a settlement covers; None if it does not cover it."""
    found = _described(settlement, _covered(settlement).filter(event_id=event_id))
    return found[0] if found else None


def _covered(settlement: Settlement) -> QuerySet[UsageEvent]:
    events = UsageEvent.objects.filter(organization_id=settlement.organization_id)
    if settlement.kind == SettlementKind.CORRECTION:
        return events.filter(event_id=settlement.event_key)
    period = settlement.usage_period
    return events.filter(
        meter_id=period.meter_id,
        period=period,
        # What the index of events by time is asked for.
        counted_at__gte=period.starts_at,
        counted_at__lt=period.ends_at,
    )


def _described(settlement: Settlement, events: QuerySet[UsageEvent]) -> list[CoveredEvent]:
    rows = list(
        events.values_list(
            "pk",
            "event_id",
            "action__code",
            "member",
            "quantity",
            "credits",
            "overage_credits",
            "occurred_at",
            "counted_at",
        )
    )
    reversed_at = dict(
        UsageReversal.objects.filter(
            organization_id=settlement.organization_id, event_key__in=[row[1] for row in rows]
        ).values_list("event_key", "reversed_at")
    )
    return [CoveredEvent(*row, reversed_at=reversed_at.get(row[1])) for row in rows]


def _loaded() -> OrganizationOwnedQuerySet[Settlement]:
    return Settlement.objects.select_related(
        "agreement", "plan_version__plan", "feature", "usage_period"
    )
