"""
What an agreement has to do to be what its subscription is. Pure: plain values in and out.

Asked again after the steps are taken, until there are none: so it does not matter what was missed
in between, nor in which order things are told.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ...choices import AgreementStatus
from .standing import Agreed, Told
from .steps import (
    Begin,
    Change,
    ComeTo,
    End,
    FallDue,
    GiveNotice,
    Resume,
    Schedule,
    SettleUp,
    Step,
    Unschedule,
)

# The first payment was not made, or not yet: nothing was agreed.
_NOT_BEGUN: Final = frozenset({"incomplete", "incomplete_expired"})
# What is paused has come to the end of its trial without a payment method.
_OVERDUE: Final = frozenset({"past_due", "unpaid", "paused"})
_TRIALING: Final = "trialing"


def decide(agreed: Agreed | None, told: Told, *, now: datetime) -> tuple[Step, ...]:
    """
    Return the steps that an agreement, brought to `now`, has to take; none once it is level.

    Without an agreement the only step is to begin one. What a subscription did while nobody
    looked is made up for: even one that is over by now has been agreed to.
    """
    if agreed is None:
        return tuple(_beginning(told))
    if agreed.ended_at is not None:
        return tuple(_going_on(agreed, told))
    turn = _turn(agreed, told, now=now)
    if turn is not None:
        return (turn,)
    if told.over_at is not None:
        return (*_terms(agreed, told), *_last_steps(agreed, told, over_at=told.over_at))
    return (
        *_terms(agreed, told),
        *_plans(agreed, told, now=now),
        *_notice(agreed, told, now=now),
        *_payment(agreed, told),
    )


def _beginning(told: Told) -> Iterator[Step]:
    if told.status in _NOT_BEGUN or not told.is_paid_for or told.sold is None:
        return
    yield Begin(told.sold, told.started_at, told.anchor_at, told.trial_ends_at)


def _going_on(agreed: Agreed, told: Told) -> Iterator[Step]:
    """
    An agreement that ended by its notice, while Stripe had been told in time that it goes on: a
    payment method came at the last moment, or it was resumed. It goes on where it ended.
    """
    was_noticed = agreed.notice is not None and agreed.notice.cancel_at == agreed.ended_at
    if not was_noticed or agreed.ended_at is None or told.over_at is not None or told.sold is None:
        return
    if told.notice is None or told.notice.cancel_at > agreed.ended_at:
        yield Begin(told.sold, agreed.ended_at, told.anchor_at, None)


def _turn(agreed: Agreed, told: Told, *, now: datetime) -> ComeTo | None:
    """An instant that is still to come here, but that Stripe's clock has passed."""
    trial_ends_at, planned = agreed.trial_ends_at, agreed.planned
    if (
        agreed.status == AgreementStatus.TRIALING
        and trial_ends_at is not None
        and told.status != _TRIALING
        and told.trial_ends_at == trial_ends_at
        and told.period.starts_at >= trial_ends_at
    ):
        return ComeTo(trial_ends_at)
    if (
        planned is not None
        and told.sold is not None
        and told.sold.is_met_by(planned.sold)
        and told.period.starts_at >= planned.effective_at > now
    ):
        return ComeTo(planned.effective_at)
    return None


def _terms(agreed: Agreed, told: Told) -> Iterator[Step]:
    """Another plan or number of seats; but on trial, another interval begins as was planned."""
    is_behind = told.period.ends_at <= agreed.period_starts_at
    if told.sold is None or is_behind:
        return
    is_on_trial = agreed.status == AgreementStatus.TRIALING and told.status == _TRIALING
    if told.sold.interval != agreed.sold.interval and not is_on_trial:
        return
    if not told.sold.is_met_by(agreed.sold):
        yield Change(told.sold)


def _plans(agreed: Agreed, told: Told, *, now: datetime) -> Iterator[Step]:
    planned = told.planned
    if planned is None or planned.effective_at <= now or planned.sold.is_met_by(agreed.sold):
        if agreed.planned is not None:
            yield Unschedule()
        return
    is_known = (
        agreed.planned is not None
        and agreed.planned.effective_at == planned.effective_at
        and planned.sold.is_met_by(agreed.planned.sold)
    )
    if not is_known:
        yield Schedule(planned)


def _notice(agreed: Agreed, told: Told, *, now: datetime) -> Iterator[Step]:
    if told.notice == agreed.notice:
        return
    if told.notice is None:
        yield Resume()
    elif told.notice.cancel_at > now:
        yield GiveNotice(told.notice)


def _payment(agreed: Agreed, told: Told) -> Iterator[Step]:
    if agreed.status == AgreementStatus.TRIALING:
        return
    is_overdue = agreed.status == AgreementStatus.PAST_DUE
    if told.status in _OVERDUE and not is_overdue:
        yield FallDue()
    elif told.status == "active" and is_overdue:
        yield SettleUp()


def _last_steps(agreed: Agreed, told: Told, *, over_at: datetime) -> Iterator[Step]:
    """The notice that nobody saw, if there was one, and the end."""
    notice = told.notice
    if notice is not None and notice.cancel_at == over_at and agreed.notice != notice:
        yield GiveNotice(notice)
    yield End(over_at, told.feedback)
