"""
What every customer pays a month, written down day by day, and how it moved between two days.

A day is written down once it is over. Days that nobody was there to write down are made up for: the
agreements, their ends, trials, plans, seats and intervals are those of that day.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum

from config.kernel.money import Money
from config.kernel.periods import INSTANT

from ..agreements.seat_history import Seats, read_seat_histories
from ..catalog.queries import get_plan_version_terms
from ..models import Agreement, PlanChange, RevenueDay, RevenueSnapshot
from ..models.agreement import AgreementQuerySet
from .mrr import Movements, compare, monthly
from .windows import REHEARSED

ONE_DAY: Final = timedelta(days=1)
# So many days are written down at one turn; the others at the next.
MOST_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class DayRevenue:
    """What all customers together pay a month at the end of a day, and how many they are."""

    day: date
    total: Money
    customers: int


def take_due_snapshots(*, now: datetime) -> int:
    """
    Write down the days that are over and were not written down yet; return how many there were.

    The first is the day on which the first agreement began. Each day is a transaction of its own.
    """
    taken = 0
    for day in _list_due(now=now)[:MOST_DAYS]:
        taken += take_snapshot(day=day, now=now)
    return taken


@transaction.atomic
def take_snapshot(*, day: date, now: datetime) -> bool:
    """Write down a day that is over, unless somebody did; say whether it was written down now."""
    assert _end_of(day) <= now, (day, now)
    _, is_new = RevenueDay.objects.get_or_create(day=day, defaults={"taken_at": now})
    if is_new:
        RevenueSnapshot.objects.bulk_create(_snapshots(day), batch_size=2_000)
    return is_new


def last_day() -> date | None:
    """The last day that was written down; None before the first."""
    found: date | None = RevenueDay.objects.aggregate(last=Max("day"))["last"]
    return found


def get_movements(*, since: date, until: date, currency: str) -> Movements:
    """
    Return how revenue in a currency moved from the end of one day to that of a later one.

    `until` is a day that was written down: of another one nothing is known, and all would be gone.
    """
    before, after = _paid_on(since, currency), _paid_on(until, currency)
    joined = after.keys() - before.keys()
    had_before = RevenueSnapshot.objects.filter(
        organization_id__in=joined, revenue_day__day__lt=since, currency=currency
    )
    return compare(
        before=before,
        after=after,
        had_before=set(had_before.values_list("organization_id", flat=True).distinct()),
    )


def list_days(*, since: date, until: date, currency: str) -> list[DayRevenue]:
    """Return each day that was written down, both ends included, with the revenue in a currency."""
    days = (
        RevenueDay.objects.filter(day__gte=since, day__lte=until)
        .order_by("day")
        .values_list("day", flat=True)
    )
    rows = (
        RevenueSnapshot.objects.filter(
            revenue_day__day__gte=since, revenue_day__day__lte=until, currency=currency
        )
        .values_list("revenue_day__day")
        .annotate(total=Sum("monthly_minor"), customers=Count("pk"))
        .order_by()
    )
    sums = {day: (int(total), customers) for day, total, customers in rows}
    return [_day_revenue(day, *sums.get(day, (0, 0)), currency=currency) for day in days]


def list_other_currencies(*, day: date, currency: str) -> list[DayRevenue]:
    """Return the revenue of a day in each other currency; nothing is converted."""
    rows = (
        RevenueSnapshot.objects.filter(revenue_day__day=day)
        .exclude(currency=currency)
        .values("currency")
        .annotate(total=Sum("monthly_minor"), customers=Count("pk"))
        .order_by("currency")
    )
    return [
        DayRevenue(day, Money(int(row["total"]), row["currency"]), row["customers"]) for row in rows
    ]


def _day_revenue(day: date, minor: int, customers: int, *, currency: str) -> DayRevenue:
    return DayRevenue(day, Money(minor, currency), customers)


def _paid_on(day: date, currency: str) -> Mapping[int, int]:
    rows = RevenueSnapshot.objects.filter(revenue_day__day=day, currency=currency)
    return dict(rows.values_list("organization_id", "monthly_minor"))


def _list_due(*, now: datetime) -> list[date]:
    first = _customers().aggregate(first=Min("started_at"))["first"]
    if first is None:
        return []
    taken = set(RevenueDay.objects.values_list("day", flat=True))
    day, today = first.astimezone(UTC).date(), now.astimezone(UTC).date()
    days = [day + number * ONE_DAY for number in range((today - day).days)]
    return [each for each in days if each not in taken]


def _snapshots(day: date) -> list[RevenueSnapshot]:
    end = _end_of(day)
    agreements = _customers().filter(
        Q(ended_at=None) | Q(ended_at__gte=end),
        Q(trial_ends_at=None) | Q(trial_ends_at__lt=end),
        started_at__lt=end,
    )
    listed = list(agreements.order_by("organization_id"))
    versions, histories = _versions_at(end), read_seat_histories(listed)
    found = []
    for agreement in listed:
        version_id = versions.get(agreement.pk, agreement.plan_version_id)
        minor = _monthly_minor(agreement, version_id, histories[agreement.pk].at(end - INSTANT))
        if minor > 0:
            found.append(
                RevenueSnapshot(
                    organization_id=agreement.organization_id,
                    revenue_day_id=day,
                    plan_version_id=version_id,
                    currency=agreement.currency,
                    monthly_minor=minor,
                )
            )
    return found


def _customers() -> AgreementQuerySet:
    """Agreements of those who live by the clock that everybody lives by."""
    return Agreement.objects.filter(organization__clock_ahead=REHEARSED)


def _versions_at(at: datetime) -> dict[int, int]:
    """The plan versions of agreements that have moved on since, by the agreement's key."""
    since: dict[int, list[PlanChange]] = defaultdict(list)
    for change in PlanChange.objects.filter(effective_at__gte=at).order_by("effective_at"):
        since[change.agreement_id].append(change)
    return {agreement_id: changes[0].from_version_id for agreement_id, changes in since.items()}


def _monthly_minor(agreement: Agreement, version_id: int, had: Seats) -> int:
    terms = get_plan_version_terms(plan_version_id=version_id)
    price = terms.base_price(currency=agreement.currency, interval=had.interval)
    if price is None:
        return 0
    return monthly(price=price, seats=had.seats, interval=had.interval).minor


def _end_of(day: date) -> datetime:
    return datetime.combine(day + ONE_DAY, time.min, UTC)
