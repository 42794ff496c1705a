"""The page of recurring revenue: how it moved between two days, and how it went day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.reports import report
from config.kernel.charts import BarChart, DayOfBars, bar_chart
from config.kernel.spreadsheets import csv_lines

from ..analytics.snapshots import (
    DayRevenue,
    get_movements,
    last_day,
    list_days,
    list_other_currencies,
)
from ..wording import money_words
from .dashboard import REVENUE, SPAN
from .waterfall import Waterfall, waterfall_of

# So many bars can be told apart.
MOST_BARS: Final = 60
_FURTHEST: Final = timedelta(days=3_653)


class SpanForm(forms.Form):
    """Between the ends of which two days; with `last`, none after it is known."""

    since = forms.DateField(
        label=gettext_lazy("From the end of"), widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("to the end of"), widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args: Any, last: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._last = last

    def clean(self) -> dict[str, date]:
        days: dict[str, date] = super().clean() or {}
        since, until = days.get("since"), days.get("until")
        if since and until and not timedelta(0) < until - since <= _FURTHEST:
            raise forms.ValidationError(_("The second day comes after the first."))
        if until and self._last is not None and until > self._last:
            last = {"day": date_format(self._last)}
            raise forms.ValidationError(_("The last day that was written down is %(day)s.") % last)
        return days


@dataclass(frozen=True, slots=True)
class RevenuePage:
    """What the page shows; empty while no day was written down."""

    waterfall: Waterfall
    days: tuple[DayRevenue, ...]
    chart: BarChart
    summary: str
    others: tuple[DayRevenue, ...]
    until: date
    currency: str


@report(
    "revenue",
    path="revenue",
    permission=REVENUE,
    title=gettext_lazy("Recurring revenue"),
    about=gettext_lazy("What customers pay a month, who came, who left, and what changed between."),
)
def revenue(request: HttpRequest) -> HttpResponseBase:
    """How recurring revenue moved between two days, or the history of it as CSV."""
    last = last_day()
    form = SpanForm(request.GET if "since" in request.GET else None, last=last)
    page = None
    if last is not None:
        since, until = last - SPAN, last
        if form.is_valid():
            since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        elif not form.is_bound:
            form = SpanForm(initial={"since": since, "until": until})
        if request.GET.get("format") == "csv" and not form.errors:
            return _file(since, until)
        page = _page(since, until)
    context = {
        **admin.site.each_context(request),
        "title": _("Recurring revenue"),
        "form": form,
        "page": page,
        "now": timezone.now(),
    }
    return TemplateResponse(request, "admin/reports/revenue.html", context)


def _page(since: date, until: date) -> RevenuePage:
    currency = settings.REPORTING_CURRENCY
    days = list_days(since=since, until=until, currency=currency)
    return RevenuePage(
        waterfall=waterfall_of(
            get_movements(since=since, until=until, currency=currency), currency=currency
        ),
        days=tuple(reversed(days)),
        chart=_chart(days),
        summary=_summary(days),
        others=tuple(list_other_currencies(day=until, currency=currency)),
        until=until,
        currency=currency,
    )


def _chart(days: list[DayRevenue]) -> BarChart:
    """The days as bars; of many days every second, third, and so on, back from the last."""
    every = -(-len(days) // MOST_BARS) or 1
    shown = days[::-1][::every][::-1]
    return bar_chart(
        [
            DayOfBars(
                label=date_format(each.day, "j M"),
                title=_day_words(each),
                quantities=(max(each.total.amount, Decimal(0)),),
            )
            for each in shown
        ]
    )


def _summary(days: list[DayRevenue]) -> str:
    return "" if not days else f"{_day_words(days[0])}. {_day_words(days[-1])}."


def _day_words(each: DayRevenue) -> str:
    return f"{date_format(each.day)}: {money_words(each.total)}"


def _file(since: date, until: date) -> HttpResponseBase:
    currency = settings.REPORTING_CURRENCY
    days = list_days(since=since, until=until, currency=currency)
    rows = ((each.day, each.customers, each.total.amount, currency) for each in days)
    return StreamingHttpResponse(
        csv_lines(("day", "customers", "monthly_recurring_revenue", "currency"), rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="recurring-revenue.csv"'},
    )
