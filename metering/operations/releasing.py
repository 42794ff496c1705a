"""Give back what holds have set aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.errors import DomainError, NotFound

from ..choices import HoldOutcome, TransferKind
from ..ledger.posting import TransferEntry, post_transfers
from ..ledger.returning import expire_returned, is_any_over, let_credits_pay
from ..models import Hold, LedgerTransfer, UsagePeriod


class HoldNotFound(NotFound):
    """There is no such hold, or it is another organization's."""

    code = "hold_not_found"
    title = "No such hold"


class HoldEnded(DomainError):
    """A hold ends once: it was settled or released, or it expired."""

    code = "hold_ended"
    title = "The hold has ended"


@dataclass(frozen=True, slots=True)
class HoldReceipt:
    """
    Where a hold stands. `credits` was authorized, `uncovered` the part of it that no grant
    covers, `remaining` what could still be spent when it was made (None: unlimited).

    `outcome` is None while it is open; `is_replay` says that it had been made before.
    """

    public_id: str
    key: str
    meter: str
    action: str | None
    member: str
    quantity: Decimal
    credits: Decimal
    uncovered: Decimal
    remaining: Decimal | None
    held_at: datetime
    expires_at: datetime
    outcome: str | None
    ended_at: datetime | None
    event_id: str | None
    is_replay: bool = False


def find_hold(*, organization_id: int, hold_id: str) -> Hold:
    """Return a hold with its meter and action. Raises `HoldNotFound`."""
    hold = (
        Hold.objects.filter(organization_id=organization_id, public_id=hold_id)
        .select_related("meter", "action")
        .first()
    )
    if hold is None:
        raise HoldNotFound("There is no such hold.")
    return hold


def is_of_platform(*, organization_id: int, hold_id: str) -> bool:
    """Whether a key of the company made the hold; False as well if there is no such hold."""
    return Hold.objects.filter(
        organization_id=organization_id,
        public_id=hold_id,
        api_key__isnull=False,
        api_key__organization=None,
    ).exists()


def receipt_of(
    hold: Hold, *, meter: str, action: str | None, is_replay: bool = False
) -> HoldReceipt:
    """Return what there is to say about a hold on the meter and the action with these codes."""
    return HoldReceipt(
        public_id=hold.public_id,
        key=hold.key,
        meter=meter,
        action=action,
        member=hold.member,
        quantity=hold.quantity,
        credits=hold.credits,
        uncovered=hold.uncovered_credits,
        remaining=hold.balance_after,
        held_at=hold.held_at,
        expires_at=hold.expires_at,
        outcome=hold.outcome,
        ended_at=hold.ended_at,
        event_id=hold.event_key,
        is_replay=is_replay,
    )


def describe_hold(hold: Hold, *, is_replay: bool = False) -> HoldReceipt:
    """Return the same of a hold that was read with its meter and action."""
    action = hold.action.code if hold.action is not None else None
    return receipt_of(hold, meter=hold.meter.code, action=action, is_replay=is_replay)


def release_hold(*, organization_id: int, hold_id: str, now: datetime) -> HoldReceipt:
    """
    Return everything that a hold has set aside. Releasing it again answers the same.

    Raises `HoldNotFound`, and `HoldEnded` if it was settled or has expired.
    """
    hold = find_hold(organization_id=organization_id, hold_id=hold_id)
    if hold.outcome == HoldOutcome.RELEASED:
        return describe_hold(hold, is_replay=True)
    if hold.outcome is not None:
        raise HoldEnded(f"The hold was {hold.get_outcome_display().lower()}.", outcome=hold.outcome)
    _end(hold, outcome=HoldOutcome.RELEASED, at=now)
    return describe_hold(hold)


def release_due_holds(*, organization_id: int, now: datetime, meter_id: int | None = None) -> int:
    """
    Return what the holds have set aside whose time is over, as of the moment when it was.

    A hold that outlived a period which has still to be closed waits for that: what comes back
    after the close is no longer that period's.
    """
    to_close_before = UsagePeriod.objects.filter(
        organization_id=organization_id,
        meter_id=OuterRef("meter_id"),
        closed_at=None,
        closes_at__lt=OuterRef("expires_at"),
    )
    due = Hold.objects.filter(
        organization_id=organization_id, outcome=None, expires_at__lte=now
    ).exclude(Exists(to_close_before))
    if meter_id is not None:
        due = due.filter(meter_id=meter_id)
    holds = {hold.pk: hold for hold in due.order_by("expires_at", "pk")}
    if holds:
        _expire_holds(organization_id, holds)
    return len(holds)


def _expire_holds(organization_id: int, holds: Mapping[int, Hold]) -> None:
    """End these holds with few statements, however many they are."""
    returned = _taken_by(organization_id, holds)
    post_transfers(
        organization_id=organization_id,
        transfers=[
            _return_of(transfer, at=holds[hold_id].expires_at)
            for hold_id, transfers in returned.items()
            for transfer in transfers
        ],
    )
    Hold.objects.filter(organization_id=organization_id, pk__in=holds).update(
        outcome=HoldOutcome.EXPIRED, ended_at=F("expires_at")
    )
    for meter_id in {hold.meter_id for hold in holds.values()}:
        let_credits_pay(
            organization_id=organization_id,
            meter_id=meter_id,
            account_ids={
                transfer.debit_account_id
                for hold_id, transfers in returned.items()
                if holds[hold_id].meter_id == meter_id
                for transfer in transfers
            },
        )
    if not is_any_over(
        organization_id=organization_id,
        account_ids={
            transfer.debit_account_id for transfers in returned.values() for transfer in transfers
        },
        at=max(hold.expires_at for hold in holds.values()),
    ):
        return
    for hold_id, transfers in returned.items():
        expire_returned(
            organization_id=organization_id,
            account_ids=[transfer.debit_account_id for transfer in transfers],
            at=holds[hold_id].expires_at,
            hold_id=hold_id,
        )


def release_holds_of(*, organization_id: int, meter_ids: Iterable[int], at: datetime) -> None:
    """Release every open hold on these meters: what authorized them has ended."""
    for hold in Hold.objects.filter(
        organization_id=organization_id, meter_id__in=list(meter_ids), outcome=None
    ).order_by("pk"):
        _end(hold, outcome=HoldOutcome.RELEASED, at=max(at, hold.held_at))


def release_expired_holds(*, now: datetime) -> int:
    """
    Do so for every organization, each in a transaction of its own, and return how many ended.

    One that fails does not hold up the others: the failures are raised together at the end.
    """
    due = Hold.objects.filter(outcome=None, expires_at__lte=now)
    released = sweep(
        due.values_list("organization_id", flat=True).distinct(),
        lambda organization_id: _release_expired(organization_id, now=now),
        doing="releasing holds of",
    )
    return sum(released)


@transaction.atomic
def _release_expired(organization_id: int, *, now: datetime) -> int:
    lock_organization(organization_id=organization_id)
    return release_due_holds(organization_id=organization_id, now=now)


def return_transfers(hold: Hold, *, at: datetime) -> list[TransferEntry]:
    """The transfers that give back what a hold took, in the order in which it took it."""
    taken = _taken_by(hold.organization_id, [hold.pk]).get(hold.pk, [])
    return [_return_of(transfer, at=at) for transfer in taken]


def _taken_by(organization_id: int, hold_ids: Iterable[int]) -> dict[int, list[LedgerTransfer]]:
    """The transfers by which each hold took credits, in order."""
    taken: dict[int, list[LedgerTransfer]] = {}
    for transfer in LedgerTransfer.objects.filter(
        organization_id=organization_id, hold_id__in=list(hold_ids), kind=TransferKind.HOLD
    ).order_by("pk"):
        assert transfer.hold_id is not None
        taken.setdefault(transfer.hold_id, []).append(transfer)
    return taken


def _return_of(transfer: LedgerTransfer, *, at: datetime) -> TransferEntry:
    return TransferEntry(
        meter_id=transfer.meter_id,
        kind=TransferKind.RELEASE,
        debit_account_id=transfer.credit_account_id,
        credit_account_id=transfer.debit_account_id,
        amount=transfer.amount,
        occurred_at=at,
        hold_id=transfer.hold_id,
    )


def mark_ended(
    hold: Hold, *, outcome: HoldOutcome, at: datetime, event_key: str | None = None
) -> None:
    """Write down how the hold ended. The database lets that happen once."""
    hold.outcome = outcome
    hold.ended_at = at
    hold.event_key = event_key
    hold.save(update_fields=["outcome", "ended_at", "event_key"])


def _end(hold: Hold, *, outcome: HoldOutcome, at: datetime) -> None:
    returned = return_transfers(hold, at=at)
    account_ids = {entry.credit_account_id for entry in returned}
    mark_ended(hold, outcome=outcome, at=at)
    post_transfers(organization_id=hold.organization_id, transfers=returned)
    let_credits_pay(
        organization_id=hold.organization_id, meter_id=hold.meter_id, account_ids=account_ids
    )
    expire_returned(
        organization_id=hold.organization_id, account_ids=account_ids, at=at, hold_id=hold.pk
    )
