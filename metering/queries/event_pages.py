"""The events of an organization, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from config.kernel.quantities import ZERO
from config.kernel.sql import Row

from ..choices import TransferKind
from ..models import LedgerTransfer, UsageEvent, UsageReversal
from .events import of_use, own_key
from .whereabouts import list_days_of_use


@dataclass(frozen=True, slots=True)
class EventRow:
    """
    One usage event. `overage` is what nothing has paid for until now, and `api_key` None unless
    the key is the organization's own.

    `counted_at` is later than `occurred_at` only for one that came too late for the period in
    which it occurred. One that was taken back keeps its row, with the moment and the reason.
    """

    id: int
    event_id: str
    action: str | None
    member: str
    api_key: str | None
    quantity: Decimal
    credits: Decimal
    overage: Decimal
    cost: Decimal
    occurred_at: datetime
    counted_at: datetime
    recorded_at: datetime
    hold: str | None
    reversed_at: datetime | None
    reversal_reason: str | None

    @property
    def is_late(self) -> bool:
        """Whether it came too late for the period in which it occurred."""
        return self.counted_at > self.occurred_at


def list_events(
    *,
    organization_id: int,
    meter_id: int,
    limit: int,
    before_id: int | None = None,
    action: str | None = None,
    member: str | None = None,
) -> list[EventRow]:
    """
    Return a page of events, the last counted first; the next page starts before the last id.

    An unknown `before_id` starts nowhere: [].
    """
    events: QuerySet[UsageEvent] = UsageEvent.objects.filter(
        organization_id=organization_id, meter_id=meter_id
    )
    if before_id is not None:
        last = events.filter(pk=before_id).values_list("counted_at", flat=True).first()
        if last is None:
            return []
        events = events.filter(counted_at__lte=last).exclude(counted_at=last, pk__gte=before_id)
    if action is not None or member is not None:
        events = _used_by(events, organization_id, meter_id, action=action, member=member)
    reversal = UsageReversal.objects.filter(
        organization_id=organization_id, event_key=OuterRef("event_id")
    )
    rows = (
        events.annotate(
            own_key=own_key(organization_id),
            reversed_at=Subquery(reversal.values("reversed_at")[:1]),
            reversal_reason=Subquery(reversal.values("reason")[:1]),
        )
        .order_by("-counted_at", "-pk")[:limit]
        .values_list(
            "pk",
            "event_id",
            "action__code",
            "member",
            "own_key",
            "quantity",
            "credits",
            "overage_credits",
            "cost",
            "occurred_at",
            "counted_at",
            "recorded_at",
            "hold__public_id",
            "reversed_at",
            "reversal_reason",
        )
    )
    return [EventRow(*row) for row in _net_of_covers(organization_id, list(rows))]


def _used_by(
    events: QuerySet[UsageEvent],
    organization_id: int,
    meter_id: int,
    *,
    action: str | None,
    member: str | None,
) -> QuerySet[UsageEvent]:
    """Usage by an action or a member, looked for on the days on which there was some."""
    days = list_days_of_use(
        organization_id=organization_id, meter_id=meter_id, action=action, member=member
    )
    events = of_use(events, organization_id=organization_id, action=action, member=member)
    if days is None:
        return events
    return (
        events.filter(counted_at__gte=days[0].starts_at, counted_at__lt=days[0].ends_at)
        if days
        else events.none()
    )


def _net_of_covers(organization_id: int, rows: list[Row]) -> list[Row]:
    """The rows with the overage that nothing has paid for until now."""
    with_overage = [row[1] for row in rows if row[7] > ZERO]
    if not with_overage:
        return rows
    covered: dict[str | None, Decimal] = {}
    for event_id, amount in LedgerTransfer.objects.filter(
        organization_id=organization_id, event_key__in=with_overage, kind=TransferKind.COVER
    ).values_list("event_key", "amount"):
        covered[event_id] = covered.get(event_id, ZERO) + amount
    return [(*row[:7], row[7] - covered.get(row[1], ZERO), *row[8:]) for row in rows]
