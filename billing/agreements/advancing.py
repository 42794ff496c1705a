"""
Bring an agreement to a moment: its end, its changes and its periods. The caller holds the lock.

What was to happen by then happens at its own instant, however late it is noticed, and in the
order of those instants.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.audit.actor import SYSTEM
from config.kernel.periods import INSTANT

from ..choices import AgreementStatus, ScheduledChangeStatus
from ..events import EventType
from ..models import Agreement, ScheduledChange
from .due import has_due_agreement
from .ending import end
from .moving import move, target_of
from .noting import changed_subscription, note, subscription_of
from .opening import move_on
from .waiting import find_waiting_change


def advance_if_due(*, organization_id: int, now: datetime) -> bool:
    """
    Bring the live agreement of an organization up to a moment, and say whether that was due.

    One query when it was not. A closed organization comes to no further period.
    """
    if not has_due_agreement(organization_id=organization_id, now=now):
        return False
    agreement = (
        Agreement.objects.live()
        .filter(organization_id=organization_id, organization__closed_at=None)
        .select_related("organization", "plan_version__plan")
        .first()
    )
    assert agreement is not None, organization_id
    advance(agreement, now=now)
    return True


def advance(agreement: Agreement, *, now: datetime) -> None:
    """
    Let everything happen that an agreement has come to by `now`, and open its periods.

    It may have ended then. Nothing happens before it begins, nor once it has ended. Its plan and
    organization are loaded.
    """
    while (turn := min(_turns(agreement, now=now), default=None, key=_order)) is not None:
        turn.take(agreement, now=now)
    if agreement.ended_at is None:
        move_on(agreement, now=now)


class _Turn(Protocol):
    """Something that happens to an agreement at an instant."""

    @property
    def at(self) -> datetime: ...

    def take(self, agreement: Agreement, *, now: datetime) -> None: ...


def _turns(agreement: Agreement, *, now: datetime) -> Iterator[_Turn]:
    """What has come by now and has not happened; of the same instant, the end comes first."""
    if agreement.ended_at is not None:
        return
    if agreement.cancel_at is not None and agreement.cancel_at <= now:
        yield _End(agreement.cancel_at)
    if agreement.status == AgreementStatus.TRIALING:
        assert agreement.trial_ends_at is not None, agreement.public_id
        if agreement.trial_ends_at <= now:
            yield _EndOfTrial(agreement.trial_ends_at)
    change = find_waiting_change(agreement)
    if change is not None and change.effective_at <= now:
        yield _Change(change.effective_at, change)


def _order(turn: _Turn) -> datetime:
    return turn.at


@dataclass(frozen=True, slots=True)
class _End:
    at: datetime

    def take(self, agreement: Agreement, *, now: datetime) -> None:
        """End the agreement, as somebody has asked for."""
        end(agreement, at=self.at, actor=SYSTEM, reason=agreement.get_end_reason_display(), now=now)


@dataclass(frozen=True, slots=True)
class _EndOfTrial:
    at: datetime

    def take(self, agreement: Agreement, *, now: datetime) -> None:
        """Let the time begin that is paid for, on whichever plan that will be."""
        move_on(agreement, now=self.at - INSTANT)
        before = subscription_of(agreement)
        agreement.status = AgreementStatus.ACTIVE
        agreement.save(update_fields=["status"])
        note(
            agreement,
            EventType.TRIAL_ENDED,
            deed="agreement.trial_ended",
            actor=SYSTEM,
            changes={"status": [AgreementStatus.TRIALING, AgreementStatus.ACTIVE]},
            data=changed_subscription(agreement, before),
            now=now,
        )


@dataclass(frozen=True, slots=True)
class _Change:
    at: datetime
    change: ScheduledChange

    def take(self, agreement: Agreement, *, now: datetime) -> None:
        """Move the agreement, as was agreed before."""
        change = self.change
        if change.interval != agreement.interval:
            change.previous_anchor_at = agreement.anchor_at
        change.status = ScheduledChangeStatus.APPLIED
        change.ended_at = now
        change.save(update_fields=["status", "ended_at", "previous_anchor_at"])
        move(
            agreement,
            target_of(
                agreement,
                version=change.to_version,
                interval=change.interval,
                seats=change.seats,
            ),
            at=self.at,
            actor=SYSTEM,
            reason="",
            now=now,
        )
