"""The life of a subscription as Stripe would tell it, and what an agreement makes of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from billing.choices import AgreementStatus, EndReason
from billing.stripe.levelling.decisions import decide
from billing.stripe.levelling.standing import Agreed, Notice, Sold, Told
from billing.stripe.levelling.steps import (
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
from config.kernel.periods import INSTANT, Interval, Period, period_at

DAY = timedelta(days=1)
BEGUN = datetime(2026, 8, 27, 8, tzinfo=UTC)
CONVERTED = datetime(2026, 9, 10, 8, tzinfo=UTC)
RENEWED = datetime(2026, 10, 10, 8, tzinfo=UTC)
OVER = datetime(2026, 11, 10, 8, tzinfo=UTC)
TEAM, BUSINESS = 1, 2

TRIAL = Told(
    status="trialing",
    sold=Sold(TEAM, "month", 3),
    started_at=BEGUN,
    anchor_at=CONVERTED,
    period=Period(BEGUN, CONVERTED),
    trial_ends_at=CONVERTED,
    planned=None,
    notice=None,
    ended_at=None,
    feedback="",
    is_paid_for=True,
)
ACTIVE = replace(TRIAL, status="active", period=Period(CONVERTED, RENEWED))
UPGRADED = replace(ACTIVE, sold=Sold(BUSINESS, "month", 3))
WITH_SEATS = replace(UPGRADED, sold=Sold(BUSINESS, "month", 5))
PAST_DUE = replace(WITH_SEATS, status="past_due", period=Period(RENEWED, OVER))
RECOVERED = replace(PAST_DUE, status="active")
ENDING = replace(
    RECOVERED, notice=Notice(OVER, EndReason.REQUESTED, "too_expensive"), feedback="too_expensive"
)
CANCELED = replace(ENDING, status="canceled", ended_at=OVER)

# What Stripe tells, and when it came to be so.
LIFE: tuple[tuple[Told, datetime], ...] = (
    (TRIAL, BEGUN),
    (ACTIVE, CONVERTED),
    (UPGRADED, CONVERTED + 5 * DAY),
    (WITH_SEATS, CONVERTED + 9 * DAY),
    (PAST_DUE, RENEWED),
    (RECOVERED, RENEWED + 3 * DAY),
    (ENDING, RENEWED + 6 * DAY),
    (CANCELED, OVER),
)


@dataclass(frozen=True)
class Life:
    """An agreement, and whether its subscription is known to be over."""

    agreed: Agreed | None = None
    is_over: bool = False


@cache
def see(life: Life, told: Told, now: datetime) -> Life:
    """An agreement once its subscription was looked at."""
    if life.is_over:
        return life
    agreed = life.agreed
    moment = now if told.over_at is None else min(now, told.over_at - INSTANT)
    for _ in range(8):
        agreed = agreed and brought_to(agreed, moment)
        steps = decide(agreed, told, now=moment)
        if not steps:
            return Life(agreed, is_over=told.ended_at is not None)
        for step in steps:
            moment = max(moment, step.at) if isinstance(step, ComeTo) else moment
            agreed = follow(agreed, step)
    raise AssertionError((agreed, told))


def brought_to(agreed: Agreed, at: datetime) -> Agreed:
    """What happens by our own clock."""
    if agreed.ended_at is not None:
        return agreed
    if agreed.notice is not None and agreed.notice.cancel_at <= at:
        return ended(agreed, agreed.notice.cancel_at)
    if agreed.status == AgreementStatus.TRIALING and at >= CONVERTED:
        agreed = replace(agreed, status=AgreementStatus.ACTIVE)
    if agreed.planned is not None and agreed.planned.effective_at <= at:
        agreed = replace(agreed, sold=agreed.planned.sold, planned=None)
    if at < CONVERTED:
        return agreed
    period = period_at(CONVERTED, interval=Interval.MONTH, at=at)
    return replace(agreed, period_starts_at=max(agreed.period_starts_at, period.starts_at))


def ended(agreed: Agreed, at: datetime) -> Agreed:
    return replace(agreed, status=AgreementStatus.CANCELED, planned=None, ended_at=at)


def follow(agreed: Agreed | None, step: Step) -> Agreed:
    """What the operations do, in a few words."""
    if isinstance(step, Begin):
        is_trial = step.trial_ends_at is not None
        return Agreed(
            status=AgreementStatus.TRIALING if is_trial else AgreementStatus.ACTIVE,
            sold=step.sold,
            period_starts_at=step.started_at,
            trial_ends_at=step.trial_ends_at,
        )
    assert agreed is not None
    return _DOES[type(step)](agreed, step)


_DOES: dict[type[Step], Callable[[Agreed, Any], Agreed]] = {
    ComeTo: lambda agreed, step: brought_to(agreed, step.at),
    Change: lambda agreed, step: replace(agreed, sold=step.sold, planned=None),
    Schedule: lambda agreed, step: replace(agreed, planned=step.planned),
    Unschedule: lambda agreed, step: replace(agreed, planned=None),
    GiveNotice: lambda agreed, step: replace(agreed, notice=step.notice),
    Resume: lambda agreed, step: replace(agreed, notice=None),
    FallDue: lambda agreed, step: replace(agreed, status=AgreementStatus.PAST_DUE),
    SettleUp: lambda agreed, step: replace(agreed, status=AgreementStatus.ACTIVE),
    End: lambda agreed, step: ended(agreed, step.at),
}
