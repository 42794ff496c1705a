"""An agreement and a subscription in the same words, so that they can be compared. Pure."""

from dataclasses import dataclass
from datetime import datetime

from config.kernel.periods import Period

from ...choices import AgreementStatus, EndReason


@dataclass(frozen=True, slots=True)
class Sold:
    """A plan version in an interval. `seats` is None where Stripe does not count them."""

    version_id: int
    interval: str
    seats: int | None

    def is_met_by(self, agreed: "Sold") -> bool:
        """Whether something that was agreed is this."""
        return (
            self.version_id == agreed.version_id
            and self.interval == agreed.interval
            and self.seats in (None, agreed.seats)
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """What is going to be sold from an instant on."""

    sold: Sold
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """When something is going to end, and why."""

    cancel_at: datetime
    reason: EndReason
    feedback: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What our agreement says."""

    status: AgreementStatus
    sold: Sold
    period_starts_at: datetime
    trial_ends_at: datetime | None = None
    planned: Planned | None = None
    notice: Notice | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """
    What Stripe says of a subscription. The words of `status` are Stripe's.

    `sold` is None where we do not know its prices. `is_paid_for`: its trial has begun, or its
    first invoice is paid.
    """

    status: str
    sold: Sold | None
    started_at: datetime
    anchor_at: datetime
    period: Period
    trial_ends_at: datetime | None
    planned: Planned | None
    notice: Notice | None
    ended_at: datetime | None
    feedback: str
    is_paid_for: bool

    @property
    def over_at(self) -> datetime | None:
        """
        When it was over; None while it is not. Stripe may see to an end a little after the
        instant that it was set to.
        """
        if self.ended_at is None or self.notice is None:
            return self.ended_at
        return min(self.ended_at, self.notice.cancel_at)
