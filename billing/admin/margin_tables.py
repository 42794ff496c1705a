"""The tables of margins, as files that open in spreadsheets."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from config.kernel.money import rounded
from config.kernel.spreadsheets import csv_lines

from ..analytics.drift import ActionHistory
from ..analytics.margins import ActionMargin, CustomerMargin, MarginReport, PlanMargin
from ..rating.margins import in_percent
from ..rating.serving import Economics

Row = tuple[object, ...]


def wants_csv(request: HttpRequest) -> bool:
    """Whether the page is asked for as a file."""
    return request.GET.get("format") == "csv"


def csv_answer(name: str, header: Iterable[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """Hand a table out as a CSV file."""
    answer = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def customer_table(report: MarginReport) -> tuple[list[str], Iterator[Row]]:
    """Customers by name, also those who pay in another currency; without a margin there."""
    header = [
        _("Customer"),
        _("Id"),
        _("Plan"),
        _("Seats"),
        _("Currency"),
        _("Plan and packs"),
        _("Overage"),
        _("Given back"),
        _("Revenue"),
        *_cost_header(report.currency),
    ]
    return header, map(_customer, (*report.customers, *report.elsewhere))


def plan_table(plans: Iterable[PlanMargin], currency: str) -> tuple[list[str], Iterator[Row]]:
    """Plans."""
    header = [_("Plan"), _("Customers"), _("At a loss"), _revenue_in(currency)]
    rows = (
        (plan.name, plan.customer_count, plan.loss_count, *_of(plan.economics, currency))
        for plan in plans
    )
    return [*header, *_cost_header(currency)], rows


def action_table(actions: Iterable[ActionMargin], currency: str) -> tuple[list[str], Iterator[Row]]:
    """Actions."""
    header = [
        _("Action"),
        _("Customers"),
        _("Quantity"),
        _("Credits"),
        _("Cost of one in %(currency)s") % {"currency": currency},
        _revenue_in(currency),
        *_cost_header(currency),
    ]
    rows = (
        (
            action.code,
            action.customer_count,
            action.quantity.normalize(),
            action.credits.normalize(),
            action.unit_cost,
            *_of(action.economics, currency),
        )
        for action in actions
    )
    return header, rows


def week_table(
    histories: Iterable[ActionHistory], currency: str
) -> tuple[list[str], Iterator[Row]]:
    """Weeks of actions."""
    header = [
        _("Action"),
        _("Week from"),
        _("Events"),
        _("Quantity"),
        _("Cost in %(currency)s") % {"currency": currency},
        _("Mean cost of one"),
        _("95th percentile"),
        _("On the rate card"),
        _("Mean against the rate card (percent)"),
    ]
    rows = (
        (
            history.code,
            week.week.isoformat(),
            week.event_count,
            week.quantity.normalize(),
            week.total_cost,
            week.drift.mean_cost,
            week.drift.p95_cost,
            week.drift.card_cost,
            _percent(week.drift.of_mean),
        )
        for history in histories
        for week in history.weeks
    )
    return header, rows


def _customer(row: CustomerMargin) -> Row:
    revenue, economics = row.revenue, row.economics
    parts = (revenue.plan, revenue.overage, revenue.given_back, revenue.total)
    figures = [rounded(part, currency=row.currency).amount for part in parts]
    costs = _of(economics, row.currency)[1:]
    if not row.is_comparable:
        costs = (*costs[:2], None, None, None)
    return (
        row.name,
        row.public_id,
        row.plan_name,
        row.seats or None,
        row.currency,
        *figures,
        *costs,
    )


def _revenue_in(currency: str) -> str:
    return _("Revenue in %(currency)s") % {"currency": currency}


def _cost_header(currency: str) -> list[str]:
    return [
        _("Cost of AI in %(currency)s") % {"currency": currency},
        _("Other cost in %(currency)s") % {"currency": currency},
        _("Left in %(currency)s") % {"currency": currency},
        _("Margin after AI (percent)"),
        _("Gross margin (percent)"),
    ]


def _of(economics: Economics, currency: str) -> tuple[Decimal | None, ...]:
    amounts = (economics.revenue, economics.ai_cost, economics.other_cost, economics.left)
    return (
        *(rounded(amount, currency=currency).amount for amount in amounts),
        _percent(economics.ai_margin),
        _percent(economics.margin),
    )


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else in_percent(share)
