"""What the pages of a simulation show of it, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from config.kernel.charts import BarChart, DayOfBars, bar_chart
from config.kernel.locales import current_locale
from config.kernel.moments import date_words
from config.kernel.money import Money

from ..choices import Verdict
from ..models import SimulatedCustomer
from ..repricing.queries import CustomerSheet, PlanOfCustomer
from ..repricing.summaries import Summary
from ..wording import money_words


@dataclass(frozen=True, slots=True)
class Tab:
    """One verdict to look at alone; an empty value is all of them."""

    value: str
    label: str
    count: int
    is_picked: bool


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer of a simulation. What it saves is below zero where it pays more."""

    pk: int
    name: str
    public_id: str
    verdict: str
    label: str
    month_count: int
    seats: int
    current: Money
    current_worst: Money
    best_plan: str
    best: Money | None
    best_worst: Money | None
    saving: Money | None


@dataclass(frozen=True, slots=True)
class BandRow:
    """How many customers pay so much more or less; the bar is `width` of the longest."""

    label: str
    kind: str
    width: str
    count: int


def verdict_tabs(summary: Summary, *, picked: str) -> list[Tab]:
    """Return all customers, and those of each verdict."""
    return [
        Tab("", _("All"), summary.customer_count, picked not in Verdict.values),
        *(
            Tab(verdict.value, str(verdict.label), summary.by_verdict[verdict], verdict == picked)
            for verdict in Verdict
        ),
    ]


def customer_rows(customers: Iterable[SimulatedCustomer]) -> list[CustomerRow]:
    """Return the rows of a table; the customers are loaded with organization and best plan."""
    return [_row(customer) for customer in customers]


def _row(customer: SimulatedCustomer) -> CustomerRow:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, customer.currency)

    best = customer.best_plan_version
    return CustomerRow(
        pk=customer.pk,
        name=customer.organization.name,
        public_id=customer.organization.public_id,
        verdict=customer.verdict,
        label=str(Verdict(customer.verdict).label),
        month_count=customer.month_count,
        seats=customer.seats,
        current=Money(customer.current_average_minor, customer.currency),
        current_worst=Money(customer.current_worst_minor, customer.currency),
        best_plan="" if best is None else best.plan.name,
        best=money(customer.best_average_minor),
        best_worst=money(customer.best_worst_minor),
        saving=money(customer.saving_minor),
    )


def band_rows(summary: Summary) -> list[BandRow]:
    """How many customers pay how much more or less, with bars to the longest of them."""
    most = max((band.customer_count for band in summary.bands), default=0) or 1
    kinds = {-1: "less", 0: "same", 1: "more"}
    return [
        BandRow(
            label=band.label,
            kind=kinds[band.sign],
            width=f"{100 * band.customer_count // most}%",
            count=band.customer_count,
        )
        for band in summary.bands
    ]


def charted_plan(sheet: CustomerSheet) -> PlanOfCustomer:
    """The plan whose months are drawn: the best one, or else the first."""
    return next((plan for plan in sheet.plans if plan.is_best), sheet.plans[0])


def customer_chart(sheet: CustomerSheet) -> BarChart:
    """What the charted plan would have cost each month, with today's average as a line."""
    index = sheet.plans.index(charted_plan(sheet))
    days = []
    for month in sheet.months:
        money = month.on_plans[index]
        label = date_words(month.starts_at.date(), locale=current_locale())
        amount = _("no price") if money is None else money_words(money)
        days.append(
            DayOfBars(
                label=label,
                title=f"{label}: {amount}",
                quantities=(Decimal(0) if money is None else money.amount,),
            )
        )
    return bar_chart(days, line=sheet.current_average.amount)
