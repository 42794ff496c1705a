"""Take usage back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from config.kernel.errors import DomainError, NotFound
from config.kernel.quantities import ZERO

from ..choices import USAGE_KINDS, Aggregation, TransferKind
from ..ledger.posting import PeriodEntry, TransferEntry, post_transfers
from ..ledger.returning import expire_returned, let_credits_pay
from ..models import LedgerTransfer, UsageEvent, UsageReversal

REVERSIBLE = (Aggregation.SUM, Aggregation.COUNT)


class EventNotFound(NotFound):
    """There is no such usage event, or it is another organization's."""

    code = "event_not_found"
    title = "No such usage event"


class AlreadyReversed(DomainError):
    """An event is taken back once."""

    code = "already_reversed"
    title = "The event was reversed already"


class NotReversible(DomainError):
    """The meter's value does not follow from its events one by one; report a new one instead."""

    code = "not_reversible"
    title = "The event cannot be reversed"


@dataclass(frozen=True, slots=True)
class Reversal:
    """
    An event that was taken back: its credits, and the part of them that nothing had paid for.

    `is_settled` says that its period was closed already. Then `overage_undone` is how much less
    overage that period would have had: the event's own, and what the returned credits paid.
    """

    event_id: str
    meter_id: int
    meter: str
    credits: Decimal
    overage: Decimal
    period_id: int
    is_settled: bool
    overage_undone: Decimal
    reversed_at: datetime


def reverse_usage(*, organization_id: int, event_id: str, reason: str, now: datetime) -> Reversal:
    """
    Take one event back, wholly and once, by the mirror image of its transfers.

    Its credits return to the grants that paid, and pay there for other overage of the period,
    settled or not; on grants whose time is over they expire. A settled period stays as it was
    settled: what is owed for it is for billing to say.

    Raises `EventNotFound`, `AlreadyReversed`, and `NotReversible` for a meter of maxima, latest or
    unique values.
    """
    event = (
        UsageEvent.objects.filter(organization_id=organization_id, event_id=event_id)
        .select_related("meter", "period")
        .first()
    )
    if event is None:
        raise EventNotFound("There is no such usage event.")
    if event.meter.aggregation not in REVERSIBLE:
        raise NotReversible(f"{event.meter.name} is not a sum: report its new value instead.")
    if UsageReversal.objects.filter(organization_id=organization_id, event_key=event_id).exists():
        raise AlreadyReversed("The event was reversed already.")
    closed_at = event.period.closed_at
    is_settled = closed_at is not None
    # A clock that is behind the closing does not come before it.
    now = max(now, closed_at or now)
    [(overage, account_ids)] = take_back(
        organization_id=organization_id, events=[event], reason=reason, now=now
    ).values()
    covered = let_credits_pay(
        organization_id=organization_id,
        meter_id=event.meter_id,
        account_ids=account_ids,
        settled_period_id=event.period_id if is_settled else None,
    )
    expire_returned(
        organization_id=organization_id, account_ids=account_ids, at=now, event_key=event_id
    )
    return Reversal(
        event_id=event_id,
        meter_id=event.meter_id,
        meter=event.meter.code,
        credits=event.credits,
        overage=overage,
        period_id=event.period_id,
        is_settled=is_settled,
        overage_undone=overage + covered,
        reversed_at=now,
    )


def take_back(
    *,
    organization_id: int,
    events: Sequence[UsageEvent],
    now: datetime,
    reason: str = "",
    replaced_by: str | None = None,
) -> dict[str, tuple[Decimal, set[int]]]:
    """
    Book the mirror image of each event's transfers.

    Returns, by event id, the overage that nothing had paid for and the accounts of the grants
    that got credits back. The events were read with their periods. The caller sees to it that
    the credits pay, or expire.
    """
    paid: dict[str, list[LedgerTransfer]] = {event.event_id: [] for event in events}
    for transfer in LedgerTransfer.objects.filter(
        organization_id=organization_id, event_key__in=list(paid), kind__in=USAGE_KINDS
    ).order_by("pk"):
        assert transfer.event_key is not None
        paid[transfer.event_key].append(transfer)
    overage = {event_id: _net_overage(transfers) for event_id, transfers in paid.items()}
    UsageReversal.objects.bulk_create(
        UsageReversal(
            organization_id=organization_id,
            event_key=event.event_id,
            meter_id=event.meter_id,
            period_id=event.period_id,
            credits=event.credits,
            overage_credits=overage[event.event_id],
            replaced_by=replaced_by,
            reason=reason,
            reversed_at=now,
        )
        for event in events
    )
    post_transfers(
        organization_id=organization_id,
        transfers=[
            _mirror_of(transfer, at=now) for transfers in paid.values() for transfer in transfers
        ],
        periods=_period_entries(events, overage),
    )
    return {
        event_id: (overage[event_id], _grants_credited(transfers))
        for event_id, transfers in paid.items()
    }


def _net_overage(transfers: Iterable[LedgerTransfer]) -> Decimal:
    signs = {TransferKind.OVERAGE: 1, TransferKind.COVER: -1}
    return sum(
        (transfer.amount * signs.get(TransferKind(transfer.kind), 0) for transfer in transfers),
        ZERO,
    )


def _mirror_of(transfer: LedgerTransfer, *, at: datetime) -> TransferEntry:
    return TransferEntry(
        meter_id=transfer.meter_id,
        kind=TransferKind.REVERSE,
        debit_account_id=transfer.credit_account_id,
        credit_account_id=transfer.debit_account_id,
        amount=transfer.amount,
        occurred_at=at,
        event_key=transfer.event_key,
        reverses_id=transfer.pk,
    )


def _grants_credited(transfers: Iterable[LedgerTransfer]) -> set[int]:
    """The accounts of the grants that paid, at once or afterwards."""
    return {
        transfer.debit_account_id
        for transfer in transfers
        if transfer.kind in (TransferKind.CONSUME, TransferKind.COVER)
    }


def _period_entries(events: Iterable[UsageEvent], overage: dict[str, Decimal]) -> list[PeriodEntry]:
    """What the open periods lose. A closed one stays as it was closed."""
    lost: dict[int, tuple[Decimal, Decimal]] = {}
    for event in events:
        if event.period.closed_at is None:
            used, unpaid = lost.get(event.period_id, (ZERO, ZERO))
            lost[event.period_id] = (used + event.credits, unpaid + overage[event.event_id])
    return [
        PeriodEntry(period_id=period_id, used_credits=-used, overage_credits=-unpaid)
        for period_id, (used, unpaid) in lost.items()
    ]
