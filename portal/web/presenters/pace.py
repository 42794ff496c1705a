"""Is this period normal? Held against the one before, and carried on to its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from billing.usage.queries import FeatureBalance
from config.kernel.quantities import ZERO
from metering.credits.projection import Projection, Range, project, roughly

from .history import UsageHistory
from .spans import in_days

_NOTABLE: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class RunsOut:
    """About when the credits are spent, and between when; None: not before they are renewed."""

    earliest_at: datetime
    expected_at: datetime | None
    latest_at: datetime | None

    @property
    def is_certain(self) -> bool:
        """Whether it is the same day however usage goes on."""
        return self.earliest_at == self.expected_at == self.latest_at


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How a period goes: `change` against the one before at the same point (None without one), the
    total that it is on course for, drawn from `day_count` days, and when the credits run out
    (None if they last).

    Without a `total` there is nothing to go by: `is_too_early`, or usage that does not add up.
    """

    previous_used: Decimal | None
    change: Decimal | None
    total: Range | None
    day_count: int
    is_too_early: bool
    course: tuple[tuple[Decimal, Range], ...]
    runs_out: RunsOut | None

    @property
    def is_normal(self) -> bool:
        """Whether the difference to the period before is too small to mention."""
        return self.change is not None and abs(self.change) < _NOTABLE

    @property
    def difference(self) -> Decimal | None:
        """The size of the change, without its sign."""
        return None if self.change is None else abs(self.change)


def measure_pace(
    balance: FeatureBalance,
    history: UsageHistory,
    *,
    now: datetime,
    zone: ZoneInfo,
    previous_used: Decimal | None = None,
) -> Pace:
    """
    Compare and carry on. `previous_used` is what the period before had taken at the same point;
    None leaves the comparison out.
    """
    used, period = balance.used, history.period
    projection = None
    if balance.adds_up:
        projection = project(used=used, days=history.whole_days(now=now, zone=zone))
    change = (used - previous_used) / previous_used if previous_used else None
    if projection is None:
        return Pace(previous_used, change, None, 0, balance.adds_up, (), None)
    left = in_days(period.ends_at - now)
    return Pace(
        previous_used=previous_used,
        change=change,
        total=roughly(projection.after(left), used=used),
        day_count=projection.day_count,
        is_too_early=False,
        course=_course(projection, at=in_days(now - period.starts_at), left=left),
        runs_out=_runs_out(projection, balance, now=now, ends_at=period.ends_at),
    )


def _course(
    projection: Projection, *, at: Decimal, left: Decimal
) -> tuple[tuple[Decimal, Range], ...]:
    """The projection at the end of each day from now, and at the end of the period."""
    steps = [Decimal(day) for day in range(int(left) + 1)]
    return tuple((at + step, projection.after(step)) for step in [*steps, left])


def _runs_out(
    projection: Projection, balance: FeatureBalance, *, now: datetime, ends_at: datetime
) -> RunsOut | None:
    if balance.unlimited or balance.remaining <= ZERO:
        return None
    end = projection.exhaustion(balance.remaining, within=in_days(ends_at - now))
    if end is None:
        return None

    def moment(days: int | None) -> datetime | None:
        return None if days is None else min(now + timedelta(days=days), ends_at)

    earliest_at = moment(end.earliest)
    assert earliest_at is not None
    return RunsOut(earliest_at, moment(end.expected), moment(end.latest))
