"""Usage by day of a period and of the one before: what charts and projections are drawn from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import Organization
from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from metering.queries import DayUsage, MeterBooks, list_daily_usage

from .spans import sum_by_day


@dataclass(frozen=True, slots=True)
class UsageHistory:
    """A period by day and action (`rows`), and the credits of its days and of those before."""

    period: Period
    rows: tuple[DayUsage, ...]
    by_day: dict[date, Decimal]
    previous: Period | None
    previous_by_day: dict[date, Decimal]

    def whole_days(self, *, now: datetime, zone: ZoneInfo) -> list[Decimal]:
        """What each day took that is over, oldest first; days that began before are left out."""
        first_at = (self.previous or self.period).starts_at.astimezone(zone)
        day, today = first_at.date(), now.astimezone(zone).date()
        if first_at != datetime.combine(day, datetime.min.time(), tzinfo=zone):
            day += timedelta(days=1)
        quantities = []
        while day < today:
            quantities.append(self.by_day.get(day, ZERO) + self.previous_by_day.get(day, ZERO))
            day += timedelta(days=1)
        return quantities


def read_history(
    organization: Organization,
    *,
    meter_id: int,
    period: Period,
    previous: Period | None,
    books: MeterBooks,
) -> UsageHistory:
    """Read both periods at once; days are those of the organization's zone."""
    rows = list_daily_usage(
        organization_id=organization.pk,
        meter_id=meter_id,
        starts_at=(previous or period).starts_at,
        ends_at=period.ends_at,
        time_zone=organization.time_zone,
        books=books,
    )
    own = [row for row in rows if row.period_starts_at == period.starts_at]
    before = [row for row in rows if row.period_starts_at != period.starts_at]
    return UsageHistory(
        period=period,
        rows=tuple(own),
        by_day=sum_by_day((row.day, row.credits) for row in own),
        previous=previous,
        previous_by_day=sum_by_day((row.day, row.credits) for row in before),
    )
