"""The steps that bring an agreement level with its subscription. Pure."""

from dataclasses import dataclass
from datetime import datetime

from .standing import Notice, Planned, Sold


@dataclass(frozen=True, slots=True)
class Begin:
    """The first payment is made, the trial has begun, or what was to end goes on."""

    sold: Sold
    started_at: datetime
    anchor_at: datetime
    trial_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComeTo:
    """Stripe has come to an instant that our clock has not: a trial's end, or a change."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """The plan, or the number of seats, is another at once."""

    sold: Sold


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something is going to change."""

    planned: Planned


@dataclass(frozen=True, slots=True)
class Unschedule:
    """Nothing is going to change any more."""


@dataclass(frozen=True, slots=True)
class GiveNotice:
    """It is going to end."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Resume:
    """It goes on after all."""


@dataclass(frozen=True, slots=True)
class FallDue:
    """A payment is overdue."""


@dataclass(frozen=True, slots=True)
class SettleUp:
    """Nothing is overdue any more."""


@dataclass(frozen=True, slots=True)
class End:
    """It is over."""

    at: datetime
    feedback: str


Step = (
    Begin | ComeTo | Change | Schedule | Unschedule | GiveNotice | Resume | FallDue | SettleUp | End
)
