"""Pages of what serving customers costs, what they pay, and what is left of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.reports import report
from accounts.models import Organization
from config.kernel.charts import BarChart, DayOfBars, bar_chart
from config.kernel.money import rounded
from config.kernel.quantities import ZERO

from ..analytics.contraction import (
    list_idle_seats,
    list_past_contractions,
    list_scheduled_contractions,
)
from ..analytics.costs import list_part_costs, map_action_names
from ..analytics.drift import BUFFER, NOTEWORTHY, list_histories
from ..analytics.margins import MarginReport, by_action, by_plan, report_margins
from ..analytics.windows import Days, Windows, months_before, of_days
from ..rating.serving import (
    AUDITED_CUSTOMERS,
    LOWEST_MARGIN,
    URGENT_FROM,
    Economics,
    audit_margins,
    groups_by_use,
    heaviest_tenth,
    losses,
)
from ..wording import money_words, tenths_words
from .margin_spans import PickedSpan, month_words, pick_span, this_month
from .margin_tables import (
    action_table,
    csv_answer,
    customer_table,
    plan_table,
    wants_csv,
    week_table,
)

PERMISSION: Final = "billing.view_customercost"
_TREND_MONTHS: Final = 6
_CUSTOMER_MONTHS: Final = 12
_WITH_FILE: Final = ("margins_customers", "margins_plans", "margins_actions", "margins_weeks")
# How the customers of a table may be ordered: by which figure, and from which end.
_ORDERS: Final = {
    "revenue": lambda row: -row.economics.revenue,
    "ai": lambda row: -row.economics.ai_cost,
    "left": lambda row: row.economics.left,
    "margin": lambda row: _margin_or_worst(row.economics),
    "name": lambda row: row.name.casefold(),
}


@dataclass(frozen=True, slots=True)
class Month:
    """
    A month of the calendar, in words and short, and its economics. The last may not be over yet.
    """

    label: str
    short: str
    is_current: bool
    economics: Economics


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one part of an action cost, and its share of all cost of AI."""

    action: str
    part: str
    cost: Decimal
    share: Decimal


@report(
    "margins",
    path="margins",
    permission=PERMISSION,
    title=gettext_lazy("Margins"),
    about=gettext_lazy("What serving each customer costs, what it pays, and who is at a loss."),
)
def overview(request: HttpRequest) -> HttpResponseBase:
    """Whether there is an urgent problem, and where to look first."""
    now = timezone.now()
    span = pick_span(request, now=now)
    [found] = report_margins(span.windows)
    customers = found.ranked()
    months = list_months(now=now, count=_TREND_MONTHS)
    return _page(
        request,
        "margins",
        span=span,
        title=_("Margins"),
        report=found,
        audit=audit_margins(customers),
        audited=AUDITED_CUSTOMERS,
        urgent_from=URGENT_FROM,
        heaviest=heaviest_tenth(customers),
        losses=losses(customers),
        lost=-sum((each.economics.left for each in losses(customers)), ZERO),
        groups=groups_by_use(customers),
        months=months,
        chart=margin_chart(months, found.currency),
        chart_summary=_trend_words(months, found.currency),
    )


@report("margins_customers", path="margins/customers", permission=PERMISSION)
def customers(request: HttpRequest) -> HttpResponseBase:
    """All customers, in the order that is asked for."""
    span = pick_span(request, now=timezone.now())
    [found] = report_margins(span.windows)
    if wants_csv(request):
        return csv_answer(f"margins-customers-{span.key}", *customer_table(found))
    order = request.GET.get("order", "revenue")
    if order not in _ORDERS:
        raise Http404
    rows = sorted(found.customers, key=_ORDERS[order])
    return _page(
        request,
        "margins_customers",
        span=span,
        title=_("Margins of the customers"),
        report=found,
        rows=rows,
        order=order,
    )


@report("margins_customer", path="margins/customers/<str:public_id>", permission=PERMISSION)
def customer(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """One customer, month by month, and what its usage costs."""
    organization = Organization.objects.filter(public_id=public_id).first()
    if organization is None:
        raise Http404
    now = timezone.now()
    days = months_before(this_month(now), count=_CUSTOMER_MONTHS)
    reports = report_margins(of_days(*days, now=now, only=organization.pk))
    months = [
        (each, next(iter((*found.customers, *found.elsewhere)), None))
        for each, found in zip(_months(days, reports), reports, strict=True)
    ]
    whole = of_days(Days(days[0].first_date, days[-1].end_date), now=now, only=organization.pk)
    [year] = report_margins(whole)
    currency = year.currency
    return _page(
        request,
        "margins_customer",
        title=organization.name,
        organization=organization,
        report=year,
        months=[(month, row) for month, row in reversed(months) if row is not None],
        actions=by_action(year),
        parts=_parts(whole),
        chart=margin_chart([month for month, _row in months], currency),
        chart_summary=_trend_words([month for month, _row in months], currency),
    )


@report("margins_plans", path="margins/plans", permission=PERMISSION)
def plans(request: HttpRequest) -> HttpResponseBase:
    """The plans side by side."""
    span = pick_span(request, now=timezone.now())
    [found] = report_margins(span.windows)
    rows = by_plan(found)
    if wants_csv(request):
        return csv_answer(f"margins-plans-{span.key}", *plan_table(rows, found.currency))
    return _page(
        request,
        "margins_plans",
        span=span,
        title=_("Margins of the plans"),
        report=found,
        rows=rows,
    )


@report("margins_actions", path="margins/actions", permission=PERMISSION)
def actions(request: HttpRequest) -> HttpResponseBase:
    """What is done, what it costs in which parts, and what its users pay for it."""
    span = pick_span(request, now=timezone.now())
    [found] = report_margins(span.windows)
    rows = by_action(found)
    if wants_csv(request):
        return csv_answer(f"margins-actions-{span.key}", *action_table(rows, found.currency))
    return _page(
        request,
        "margins_actions",
        span=span,
        title=_("Margins of the actions"),
        report=found,
        rows=rows,
        # The same customers as above: who pays in another currency has no margin.
        parts=_parts(span.windows, among=[each.organization_id for each in found.customers]),
    )


@report("margins_weeks", path="margins/weeks", permission=PERMISSION)
def weeks(request: HttpRequest) -> HttpResponseBase:
    """What actions really cost, week by week, beside what the rate card says."""
    histories = list_histories(now=timezone.now())
    currency = settings.REPORTING_CURRENCY
    if wants_csv(request):
        return csv_answer("action-costs-by-week", *week_table(histories, currency))
    return _page(
        request,
        "margins_weeks",
        title=_("Costs of actions by week"),
        currency=currency,
        histories=histories,
        noteworthy=NOTEWORTHY,
        buffer=BUFFER,
    )


@report("margins_seats", path="margins/seats", permission=PERMISSION)
def seats(request: HttpRequest) -> HttpResponseBase:
    """Seats that are going to go, those that nobody uses, and those that have gone."""
    now = timezone.now()
    return _page(
        request,
        "margins_seats",
        title=_("Seats that go"),
        scheduled=list_scheduled_contractions(now=now),
        idle=list_idle_seats(now=now),
        gone=list_past_contractions(now=now),
    )


def list_months(*, now: datetime, count: int) -> list[Month]:
    """Return the last months of the calendar, oldest first, of all customers together."""
    days = months_before(this_month(now), count=count)
    return _months(days, report_margins(of_days(*days, now=now)))


def _months(days: Sequence[Days], reports: Sequence[MarginReport]) -> list[Month]:
    last = days[-1]
    return [
        Month(month_words(month), date_format(month.first_date, "M"), month is last, found.whole)
        for month, found in zip(days, reports, strict=True)
    ]


def margin_chart(months: Sequence[Month], currency: str) -> BarChart:
    """
    Draw what became of each month's revenue: the cost that it pays for and what is left, or on top
    the cost beyond it.
    """
    bars = []
    for month in months:
        economics = month.economics
        paid = min(economics.cost, max(economics.revenue, ZERO))
        parts = (paid, max(economics.left, ZERO), max(-economics.left, ZERO))
        bars.append(DayOfBars(month.short, _month_words(month, currency), parts))
    return bar_chart(bars)


def _month_words(month: Month, currency: str) -> str:
    economics = month.economics
    return _("%(month)s: revenue %(revenue)s, cost %(cost)s, gross margin %(margin)s") % {
        "month": month.label,
        "revenue": money_words(rounded(economics.revenue, currency=currency)),
        "cost": money_words(rounded(economics.cost, currency=currency)),
        "margin": _("none") if economics.margin is None else tenths_words(economics.margin),
    }


def _trend_words(months: Sequence[Month], currency: str) -> str:
    return ". ".join(_month_words(month, currency) for month in months)


def _parts(windows: Windows, *, among: Collection[int] | None = None) -> list[PartRow]:
    """What the parts of actions cost, the dearest first."""
    names = map_action_names()
    costs = list_part_costs(windows, among=among)
    whole = sum((part.cost for part in costs), ZERO)
    rows = [
        PartRow(
            "" if part.action_id is None else names[part.action_id].name,
            part.part,
            part.cost,
            part.cost / whole if whole > ZERO else ZERO,
        )
        for part in costs
    ]
    return sorted(rows, key=lambda row: (-row.cost, row.action, row.part))


def _margin_or_worst(economics: Economics) -> Decimal:
    """A margin to order by: without revenue comes before the worst."""
    return Decimal("-Infinity") if economics.margin is None else economics.margin


def _page(
    request: HttpRequest, name: str, *, title: str, span: PickedSpan | None = None, **shown: Any
) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "tab": name,
        "span": span,
        "floor": LOWEST_MARGIN,
        "has_file": name in _WITH_FILE,
        **shown,
    }
    return TemplateResponse(request, f"admin/reports/{name}.html", context)
