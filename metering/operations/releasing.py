"""Give back what holds have set aside."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.organizations.locking import lock_organization
from config.kernel.errors import DomainError, NotFound

from ..choices import AccountKind, HoldOutcome, TransferKind
from ..ledger.accounts import account_of
from ..ledger.posting import TransferEntry, post_transfers
from ..ledger.returning import expire_returned, let_credits_pay
from ..models import Hold, LedgerTransfer


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


def receipt_of(hold: Hold, *, is_replay: bool = False) -> HoldReceipt:
    """Return what there is to say about a hold that was read with its meter and action."""
    return HoldReceipt(
        public_id=hold.public_id,
        key=hold.key,
        meter=hold.meter.code,
        action=hold.action.code if hold.action is not None else None,
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


def release_hold(*, organization_id: int, hold_id: str, now: datetime) -> HoldReceipt:
    """
    Return everything that a hold has set aside. Releasing it again answers the same.

    Raises `HoldNotFound`, and `HoldEnded` if it was settled or has expired.
    """
    hold = find_hold(organization_id=organization_id, hold_id=hold_id)
    if hold.outcome == HoldOutcome.RELEASED:
        return receipt_of(hold, is_replay=True)
    if hold.outcome is not None:
        raise HoldEnded(f"The hold was {hold.get_outcome_display().lower()}.", outcome=hold.outcome)
    _end(hold, outcome=HoldOutcome.RELEASED, at=now)
    return receipt_of(hold)


def release_due_holds(*, organization_id: int, now: datetime, meter_id: int | None = None) -> int:
    """Return what the holds have set aside whose time is over, as of the moment when it was."""
    due = Hold.objects.filter(organization_id=organization_id, outcome=None, expires_at__lte=now)
    if meter_id is not None:
        due = due.filter(meter_id=meter_id)
    holds = list(due.order_by("expires_at", "pk"))
    for hold in holds:
        _end(hold, outcome=HoldOutcome.EXPIRED, at=hold.expires_at)
    return len(holds)


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
    failures = []
    count = 0
    for organization_id in due.values_list("organization_id", flat=True).distinct():
        try:
            with transaction.atomic():
                lock_organization(organization_id=organization_id)
                count += release_due_holds(organization_id=organization_id, now=now)
        except Exception as failure:
            failure.add_note(f"while releasing holds of organization {organization_id}")
            failures.append(failure)
    if failures:
        raise ExceptionGroup("Some holds could not be released.", failures)
    return count


def return_transfers(hold: Hold, *, at: datetime) -> list[TransferEntry]:
    """The transfers that give back what a hold took, in the order in which it took it."""
    held_id = account_of(
        organization_id=hold.organization_id, meter_id=hold.meter_id, kind=AccountKind.HELD
    )
    return [
        TransferEntry(
            meter_id=hold.meter_id,
            kind=TransferKind.RELEASE,
            debit_account_id=held_id,
            credit_account_id=account_id,
            amount=amount,
            occurred_at=at,
            hold_id=hold.pk,
        )
        for account_id, amount in LedgerTransfer.objects.filter(
            organization_id=hold.organization_id, hold_id=hold.pk, kind=TransferKind.HOLD
        )
        .order_by("pk")
        .values_list("debit_account_id", "amount")
    ]


def see_to_returned(hold: Hold, account_ids: Iterable[int], *, at: datetime) -> None:
    """What came back pays for overage, or expires with its grant."""
    let_credits_pay(organization_id=hold.organization_id, meter_id=hold.meter_id)
    expire_returned(
        organization_id=hold.organization_id, account_ids=account_ids, at=at, hold_id=hold.pk
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
    mark_ended(hold, outcome=outcome, at=at)
    post_transfers(organization_id=hold.organization_id, transfers=returned)
    see_to_returned(hold, [entry.credit_account_id for entry in returned], at=at)
