"""
Seats that go, or may go, while AI does the work: before their revenue is gone.

"We're scaling down to 10 seats next month. Your AI assistant automated 40 positions" (the
article's first lines): 50 seats to 10 at $100 are $4,000 a month less.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Self

from django.db.models import Count, F, OuterRef, QuerySet

from config.kernel.money import minor_digits
from config.kernel.periods import INSTANT
from config.kernel.quantities import EXACT, ZERO
from metering.models import CallerUsage

from ..agreements.history import VersionHistory, read_version_histories
from ..agreements.seat_history import SeatHistory, read_seat_histories
from ..catalog.queries import get_plan_version_terms
from ..choices import BillingInterval, PriceKind, ScheduledChangeStatus
from ..models import AgreedSeats, Agreement, ScheduledChange
from ..rating.charges import base_charge
from ..rating.serving import SeatContraction
from .costs import list_action_costs
from .windows import REHEARSED, Days, of_days

# Usage of these days is held against that of as many days before.
TREND: Final = timedelta(days=30)
# Seats that have gone are shown for so long.
LOOKED_BACK: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What an agreement has: so many seats on a plan version, billed by an interval."""

    version_id: int
    interval: str
    seats: int

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        """What it has now."""
        return cls(agreement.plan_version_id, agreement.interval, agreement.seats)


@dataclass(frozen=True, slots=True)
class Contraction:
    """
    What a customer's seats are, and are going to be (`effective_at`), or would be if only those
    stayed that somebody uses (None); or what they were and became. Amounts are those of a month, in
    `currency`.
    """

    agreement_id: int
    organization_id: int
    public_id: str
    name: str
    plan_name: str
    currency: str
    effective_at: datetime | None
    figures: SeatContraction


def list_scheduled_contractions(*, now: datetime) -> list[Contraction]:
    """Return the changes to fewer seats that wait, those that cost the most revenue first."""
    found = _scheduled(_waiting().filter(organization__clock_ahead=REHEARSED), now=now)
    return sorted(found, key=lambda each: (each.figures.change, each.name))


def find_contraction(*, agreement: Agreement, now: datetime) -> Contraction | None:
    """Return what the change to fewer seats that waits for one agreement means, if one does."""
    found = _scheduled(_waiting().filter(agreement=agreement), now=now)
    return next(iter(found), None)


def foresee_contraction(*, agreement: Agreement, seats: int, now: datetime) -> Contraction:
    """Return what so many seats would mean for an agreement. Its plan is loaded."""
    has = _Terms.of(agreement)
    trend = _usage(now, only=agreement.organization_id)
    return _contraction(agreement, None, _figures(agreement, has, replace(has, seats=seats), trend))


def list_idle_seats(*, now: datetime) -> list[Contraction]:
    """
    Return the customers who pay for more seats than people whom the app named in usage of the last
    30 days, those with the most revenue at stake first. Without named people there is none to see,
    and who has announced to keep no more seats than people is not told twice.
    """
    since = (now - TREND).date()
    seen = dict(
        CallerUsage.objects.filter(day__gte=since, event_count__gt=0)
        .exclude(member="")
        .values_list("organization_id")
        .annotate(people=Count("member", distinct=True))
        .order_by()
    )
    agreements = (
        Agreement.objects.live()
        .filter(organization_id__in=list(seen), organization__clock_ahead=REHEARSED)
        .select_related("organization", "plan_version__plan")
    )
    kept = {change.agreement_id: change.seats for change in _waiting()}
    trend = _usage(now)
    found = []
    for agreement in agreements:
        people = seen[agreement.organization_id]
        if people < kept.get(agreement.pk, agreement.seats) and _is_paid_by_seat(
            agreement.plan_version_id
        ):
            has = _Terms.of(agreement)
            figures = _figures(agreement, has, replace(has, seats=people), trend)
            found.append(_contraction(agreement, None, figures))
    return sorted(found, key=lambda each: (each.figures.change, each.name))


def list_past_contractions(*, now: datetime) -> list[Contraction]:
    """
    Return the changes to fewer seats that took effect in the last 90 days for who is still a
    customer, the latest first.
    """
    earlier = AgreedSeats.objects.filter(
        agreement=OuterRef("agreement"), effective_at__lt=OuterRef("effective_at")
    )
    fewer = (
        AgreedSeats.objects.filter(
            agreement__in=Agreement.objects.live().filter(organization__clock_ahead=REHEARSED),
            effective_at__gt=now - LOOKED_BACK,
            effective_at__lte=now,
        )
        .annotate(seats_before=earlier.order_by("-effective_at").values("seats")[:1])
        .filter(seats__lt=F("seats_before"))
        .select_related("agreement__organization", "agreement__plan_version__plan")
        .order_by("-effective_at", "-pk")
    )
    agreements = {row.agreement_id: row.agreement for row in fewer}.values()
    seats, versions = read_seat_histories(agreements), read_version_histories(agreements)
    trend = _usage(now) if agreements else {}
    found = []
    for row in fewer:
        instants = (row.effective_at - INSTANT, row.effective_at)
        before, after = (
            _terms_at(seats[row.agreement_id], versions[row.agreement_id], at) for at in instants
        )
        if _is_paid_by_seat(before.version_id):
            figures = _figures(row.agreement, before, after, trend)
            found.append(_contraction(row.agreement, row.effective_at, figures))
    return found


def _terms_at(seats: SeatHistory, versions: VersionHistory, at: datetime) -> _Terms:
    had = seats.at(at)
    return _Terms(versions.at(at), had.interval, had.seats)


def _waiting() -> "QuerySet[ScheduledChange]":
    return ScheduledChange.objects.filter(
        status=ScheduledChangeStatus.WAITING, seats__lt=F("agreement__seats")
    ).select_related("agreement__organization", "agreement__plan_version__plan")


def _scheduled(changes: Iterable[ScheduledChange], *, now: datetime) -> list[Contraction]:
    listed = list(changes)
    only = listed[0].organization_id if len(listed) == 1 else None
    trend = _usage(now, only=only) if listed else {}
    return [
        _contraction(
            change.agreement,
            change.effective_at,
            _figures(
                change.agreement,
                _Terms.of(change.agreement),
                _Terms(change.to_version_id, change.interval, change.seats),
                trend,
            ),
        )
        for change in listed
        if _is_paid_by_seat(change.agreement.plan_version_id)
    ]


def _contraction(
    agreement: Agreement, effective_at: datetime | None, figures: SeatContraction
) -> Contraction:
    return Contraction(
        agreement.pk,
        agreement.organization_id,
        agreement.organization.public_id,
        agreement.organization.name,
        agreement.plan_version.plan.name,
        agreement.currency,
        effective_at,
        figures,
    )


def _figures(
    agreement: Agreement,
    before: _Terms,
    after: _Terms,
    trend: Mapping[int, tuple[Decimal, Decimal]],
) -> SeatContraction:
    used_before, used_now = trend.get(agreement.organization_id, (ZERO, ZERO))
    return SeatContraction(
        before.seats,
        after.seats,
        monthly_before=_monthly(before, agreement.currency),
        monthly_after=_monthly(after, agreement.currency),
        usage_before=used_before,
        usage_now=used_now,
    )


def _monthly(has: _Terms, currency: str) -> Decimal:
    """What a month costs at so many seats, a twelfth of a yearly price; 0 without a price."""
    terms = get_plan_version_terms(plan_version_id=has.version_id)
    price = terms.base_price(currency=currency, interval=has.interval)
    if price is None:
        return ZERO
    minor = Decimal(base_charge(price=price, seats=max(has.seats, 1)).minor)
    months = 12 if has.interval == BillingInterval.YEAR else 1
    return minor.scaleb(-minor_digits(currency), context=EXACT) / months


def _is_paid_by_seat(version_id: int) -> bool:
    terms = get_plan_version_terms(plan_version_id=version_id)
    return any(price.kind == PriceKind.PER_SEAT for price in terms.prices)


def _usage(now: datetime, *, only: int | None = None) -> dict[int, tuple[Decimal, Decimal]]:
    """
    What each customer used in the 30 days before the last, and in the last 30 days: by what it
    cost us, or in credits where nothing costs anything.
    """
    today = now.date()
    spans = (Days(today - 2 * TREND, today - TREND), Days(today - TREND, today))
    costs: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    credits: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for row in list_action_costs(of_days(*spans, now=now, only=only)):
        costs[row.organization_id][row.slot] += row.cost
        credits[row.organization_id][row.slot] += row.credits
    return {
        key: (spent[0], spent[1]) if any(spent) else (credits[key][0], credits[key][1])
        for key, spent in costs.items()
    }
