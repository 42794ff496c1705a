"""The books as the customer may read them: transfers and events, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from config.kernel.quantities import ZERO
from config.kernel.sql import Row

from ..choices import TransferKind
from ..models import CreditGrant, LedgerTransfer, UsageEvent, UsageReversal
from ..models.transfer import INTO_GRANTS
from .events import own_key
from .whereabouts import find_stretch, list_days_of_use


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """
    One transfer as the customer sees it: `amount` is positive where credits came in and
    negative where they went out. Overage is usage, so it is negative as well.

    A rollover moves credits from one grant (`from_grant`) to another and changes nothing about
    their sum: it is shown as it comes in, and to a reader of the giving grant as it goes out.
    `used_at` is set for usage that came too late for the period in which it was used: it counts at
    `occurred_at`. `is_reversed` marks usage that was taken back since.
    """

    id: int
    occurred_at: datetime
    recorded_at: datetime
    kind: str
    amount: Decimal
    event_id: str | None
    action: str | None
    member: str
    grant: str | None
    category: str | None
    from_grant: str | None = None
    hold: str | None = None
    used_at: datetime | None = None
    is_reversed: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it is usage that came too late for its period."""
        return self.used_at is not None


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """
    Which transfers to show: of one kind, of usage by an action or a member, of one grant (by its
    public id), that occurred from one instant until before another. None: all of them.
    """

    kind: TransferKind | None = None
    action: str | None = None
    member: str | None = None
    grant: str | None = None
    occurred_from: datetime | None = None
    occurred_before: datetime | None = None


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


EVERYTHING: Final = LedgerFilter()


def list_ledger(
    *,
    organization_id: int,
    meter_id: int,
    limit: int,
    before_id: int | None = None,
    only: LedgerFilter = EVERYTHING,
) -> list[LedgerRow]:
    """
    Return a page of transfers, the last booked first; the next page starts before the last id.

    What is asked for is looked for only where in the books it can be: a rare member among the
    transfers from its first day of use to its last.
    """
    transfers: QuerySet[LedgerTransfer] = LedgerTransfer.objects.filter(
        organization_id=organization_id, meter_id=meter_id
    )
    if before_id is not None:
        transfers = transfers.filter(pk__lt=before_id)
    account_id = None
    if only.grant is not None:
        account_id = _account_of(organization_id, only.grant)
        if account_id is None:
            return []
    transfers = _only(transfers, only, account_id)
    rows: list[Row] = []
    for part in _parts(transfers, organization_id, meter_id, only, account_id):
        rows += _read(part.order_by("-pk")[: limit - len(rows)])
        if len(rows) == limit:
            break
    return _present(rows, organization_id=organization_id, grant=only.grant)


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
    if action is not None:
        events = events.filter(action__code=action)
    if member is not None:
        events = events.filter(member=member)
    if days is None:
        return events
    return (
        events.filter(counted_at__gte=days[0].starts_at, counted_at__lt=days[0].ends_at)
        if days
        else events.none()
    )


def _account_of(organization_id: int, grant: str) -> int | None:
    return (
        CreditGrant.objects.filter(organization_id=organization_id, public_id=grant)
        .values_list("account_id", flat=True)
        .first()
    )


def _only(
    transfers: QuerySet[LedgerTransfer], only: LedgerFilter, account_id: int | None
) -> QuerySet[LedgerTransfer]:
    if only.kind is not None:
        transfers = transfers.filter(kind=only.kind)
    if account_id is not None:
        transfers = transfers.filter(Q(debit_account=account_id) | Q(credit_account=account_id))
    if only.occurred_from is not None:
        transfers = transfers.filter(occurred_at__gte=only.occurred_from)
    if only.occurred_before is not None:
        transfers = transfers.filter(occurred_at__lt=only.occurred_before)
    if only.action is None and only.member is None:
        return transfers
    events = UsageEvent.objects.filter(
        organization_id=OuterRef("organization_id"), event_id=OuterRef("event_key")
    )
    if only.action is not None:
        events = events.filter(action__code=only.action)
    if only.member is not None:
        events = events.filter(member=only.member)
    return transfers.filter(Exists(events))


def _parts(
    transfers: QuerySet[LedgerTransfer],
    organization_id: int,
    meter_id: int,
    only: LedgerFilter,
    account_id: int | None,
) -> list[QuerySet[LedgerTransfer]]:
    """What was booked lately, and the part of the books in which the rest must lie."""
    if only == EVERYTHING:
        return [transfers]
    used = None
    if only.action is not None or only.member is not None:
        days = list_days_of_use(
            organization_id=organization_id,
            meter_id=meter_id,
            action=only.action,
            member=only.member,
        )
        if days == []:
            return []
        used = days[0] if days else None
    stretch = find_stretch(
        organization_id=organization_id,
        meter_id=meter_id,
        account_id=account_id,
        kind=only.kind,
        used=used,
        occurred_from=only.occurred_from,
        occurred_before=only.occurred_before,
    )
    if stretch is None:
        return [transfers]
    recent = transfers.filter(pk__gt=stretch.summed_to)
    if stretch.first_id is None:
        return [recent]
    return [recent, transfers.filter(pk__range=(stretch.first_id, stretch.last_id))]


def _read(transfers: QuerySet[LedgerTransfer]) -> list[Row]:
    return list(
        transfers.values_list(
            "pk",
            "occurred_at",
            "recorded_at",
            "kind",
            "amount",
            "event_key",
            "debit_account__grant__public_id",
            "debit_account__grant__category",
            "credit_account__grant__public_id",
            "credit_account__grant__category",
            "hold__public_id",
            "hold__action__code",
            "hold__member",
        )
    )


def _present(rows: Iterable[Row], *, organization_id: int, grant: str | None) -> list[LedgerRow]:
    rows = list(rows)
    events = _events_of(organization_id, [row[5] for row in rows if row[5] is not None])
    shown = []
    for pk, occurred_at, recorded_at, kind, amount, event_id, *sides, hold, action, member in rows:
        giving, giving_category, getting, getting_category = sides
        is_going_out = kind not in INTO_GRANTS or (
            kind == TransferKind.ROLL_OVER and giving == grant
        )
        action, member, used_at, is_reversed = events.get(
            event_id, (action, member or "", None, False)
        )
        shown.append(
            LedgerRow(
                id=pk,
                occurred_at=occurred_at,
                recorded_at=recorded_at,
                kind=kind,
                amount=-amount if is_going_out else amount,
                event_id=event_id,
                action=action,
                member=member,
                grant=getting or giving,
                category=getting_category or giving_category,
                from_grant=giving if getting else None,
                hold=hold,
                used_at=used_at,
                is_reversed=is_reversed and kind != TransferKind.REVERSE,
            )
        )
    return shown


def _events_of(
    organization_id: int, event_ids: list[str]
) -> dict[str | None, tuple[str | None, str, datetime | None, bool]]:
    """Action and member of each event, when it was used if late, and whether it was taken back."""
    if not event_ids:
        return {}
    taken_back = UsageReversal.objects.filter(
        organization_id=organization_id, event_key=OuterRef("event_id")
    )
    rows = (
        UsageEvent.objects.filter(organization_id=organization_id, event_id__in=event_ids)
        .annotate(is_reversed=Exists(taken_back))
        .values_list(
            "event_id", "action__code", "member", "occurred_at", "counted_at", "is_reversed"
        )
    )
    return {
        event_id: (action, member, used_at if used_at < counted_at else None, is_reversed)
        for event_id, action, member, used_at, counted_at, is_reversed in rows
    }


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
