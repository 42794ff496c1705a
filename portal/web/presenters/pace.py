"""Is this period normal? Held against the one before, and carried on to its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from config.kernel.periods import Period
from config.kernel.quantities import ZERO

from .spans import in_days

RECENT: Final = timedelta(days=7)
_TOO_EARLY: Final = timedelta(days=1)
_NOTABLE: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How a period goes: `change` against the one before at the same point (None without one),
    the total it is on course for (None on its first day), and when the credits run out (None
    if they last).
    """

    previous_used: Decimal | None
    change: Decimal | None
    projected: Decimal | None
    runs_out_at: datetime | None

    @property
    def is_normal(self) -> bool:
        """Whether the difference to the period before is too small to mention."""
        return self.change is not None and abs(self.change) < _NOTABLE

    @property
    def difference(self) -> Decimal | None:
        """The size of the change, without its sign."""
        return None if self.change is None else abs(self.change)


def measure_pace(
    *,
    period: Period,
    now: datetime,
    used: Decimal,
    used_recently: Decimal,
    remaining: Decimal | None,
    previous_used: Decimal | None,
) -> Pace:
    """
    Compare and carry on.

    `used_recently` is what the last seven days of the period took, `previous_used` what the
    period before had taken at the same point, `remaining` what is left (None: no limit).
    """
    elapsed = now - period.starts_at
    change = (used - previous_used) / previous_used if previous_used else None
    if elapsed < _TOO_EARLY:
        return Pace(previous_used, change, None, None)
    per_day = used_recently / in_days(min(elapsed, RECENT))
    return Pace(
        previous_used=previous_used,
        change=change,
        projected=(used + per_day * in_days(period.ends_at - now)).quantize(Decimal(1)),
        runs_out_at=_runs_out_at(now, remaining, per_day, period.ends_at),
    )


def _runs_out_at(
    now: datetime, remaining: Decimal | None, per_day: Decimal, ends_at: datetime
) -> datetime | None:
    if remaining is None or remaining <= ZERO or per_day <= ZERO:
        return None
    days = remaining / per_day
    # Compared before it becomes a date: what lasts for thousands of years has none.
    if days >= in_days(ends_at - now):
        return None
    return now + timedelta(seconds=int(days * 86_400))
