"""`GET /api/v1/margins` and `/costs`: what serving customers costs, and what is left of revenue."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from django.conf import settings
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from billing.analytics.costs import list_part_costs, map_action_names
from billing.analytics.margins import MarginReport, by_action, by_plan, report_margins
from billing.analytics.windows import Windows
from billing.rating.serving import Economics, audit_margins
from config.kernel.money import rounded
from config.kernel.quantities import ZERO

from ..fields import DecimalText, decimal_text
from ..pages import PAGE_PARAMETERS, page_of
from ..parameters import read_choice
from ..resource import Resource
from ..schema import KEYED, choice_parameter, described, paging
from .analytics_span import SPAN, SPAN_PARAMETERS, read_days, refuse_organizations, windows_of
from .money import Amount, present_money

LARGEST_PAGE: Final = 1_000
_SHARE: Final = Decimal("0.000001")


class ByWhom(StrEnum):
    """What margins can be told apart by."""

    ORGANIZATION = "organization"
    PLAN = "plan"
    ACTION = "action"


class ByWhat(StrEnum):
    """What costs can be told apart by."""

    ACTION = "action"
    PART = "part"
    ORGANIZATION = "organization"


Share = Annotated[
    DecimalText | None, Meta(description="As a share: 0.476 is 47.6 %. Null without revenue.")
]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What came in, what serving took, and what is left. Rounded once, from exact amounts."""

    revenue: Annotated[
        Amount, Meta(description="Earned in the span, without tax, less what was given back.")
    ]
    ai_cost: Annotated[Amount, Meta(description="What usage cost.")]
    other_cost: Annotated[Amount, Meta(description="All other cost of serving.")]
    left: Annotated[Amount, Meta(description="The gross profit, negative for a loss.")]
    ai_margin: Annotated[Share, Meta(description="After the cost of AI alone.")]
    gross_margin: Annotated[Share, Meta(description="After all costs.")]


class MarginOf(msgspec.Struct, frozen=True, kw_only=True):
    """One customer, plan or action."""

    key: Annotated[
        str,
        Meta(
            description="The id of an organization, the code of a plan, or that of an action; "
            "empty for usage without an action and customers without a plan."
        ),
    ]
    name: str
    customer_count: int
    figures: Figures


class Audited(msgspec.Struct, frozen=True):
    """The customers with the most revenue, 20 at most, and how many are below 40 %."""

    customer_count: int
    below_count: int
    is_urgent: Annotated[bool, Meta(description="Whether three or more are below 40 %.")]


class Margins(msgspec.Struct, frozen=True, kw_only=True):
    """
    Margins of a span, in the reporting currency. Customers who pay in another one are not among
    them, because nothing is converted; `other_currency_count` says how many they are.
    """

    currency: str
    first_date: Annotated[date | None, Meta(description="Null: each customer's last month.")]
    end_date: date | None
    by: ByWhom
    whole: Figures
    audit: Audited
    other_currency_count: int
    data: list[MarginOf]
    has_more: bool


class CostOf(msgspec.Struct, frozen=True, kw_only=True):
    """What usage with its action, part or customer in common cost."""

    key: Annotated[
        str,
        Meta(
            description="The code of an action (empty: none), with a slash and the name of the "
            "part if costs are told apart by parts, or the id of an organization."
        ),
    ]
    name: str
    cost: Annotated[DecimalText, Meta(description="Exact, in major units.")]
    share: Annotated[DecimalText, Meta(description="Of all the cost: 0.5 is 50 %.")]
    quantity: Annotated[DecimalText | None, Meta(description="Null for parts.")]
    event_count: int | None


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What usage cost in a span, in the reporting currency, the dearest first."""

    currency: str
    first_date: Annotated[date | None, Meta(description="Null: each customer's last month.")]
    end_date: date | None
    by: ByWhat
    cost: DecimalText
    data: list[CostOf]
    has_more: bool


class MarginList(Resource):
    """What is left of what customers pay."""

    scopes = {"GET": Scope.ANALYTICS_READ}
    parameters = SPAN | {"by"} | PAGE_PARAMETERS

    @described(
        operation_id="list_margins",
        tag="analytics",
        summary="List margins by customer, plan or action",
        answers={200: Margins},
        parameters=(
            *SPAN_PARAMETERS,
            choice_parameter("by", ByWhom, default=ByWhom.ORGANIZATION),
            *paging(LARGEST_PAGE),
        ),
        refusals=KEYED,
    )
    def get(self, request: Request) -> Response:
        """
        Needs a platform key. Customers come by name, plans by revenue, actions by cost. Two
        margins stand side by side: after the cost of AI alone, and after all costs.
        """
        refuse_organizations(self)
        by = read_choice(ByWhom, self.plain_request, "by") or ByWhom.ORGANIZATION
        days = read_days(self.plain_request)
        [report] = report_margins(windows_of(days, now=self.now))
        page, has_more = page_of(
            _margins(report, by),
            request=self.plain_request,
            key=lambda item: item.key,
            largest=LARGEST_PAGE,
        )
        audit = audit_margins(report.ranked())
        return Response(
            Margins(
                currency=report.currency,
                first_date=None if days is None else days.first_date,
                end_date=None if days is None else days.end_date,
                by=by,
                whole=_figures(report.whole, report.currency),
                audit=Audited(len(audit.top), len(audit.below), audit.is_urgent),
                other_currency_count=len(report.elsewhere),
                data=list(page),
                has_more=has_more,
            )
        )


class CostList(Resource):
    """What usage costs."""

    scopes = {"GET": Scope.ANALYTICS_READ}
    parameters = SPAN | {"by"} | PAGE_PARAMETERS

    @described(
        operation_id="list_costs",
        tag="analytics",
        summary="List the costs of usage by action, part or customer",
        answers={200: Costs},
        parameters=(
            *SPAN_PARAMETERS,
            choice_parameter("by", ByWhat, default=ByWhat.ACTION),
            *paging(LARGEST_PAGE),
        ),
        refusals=KEYED,
    )
    def get(self, request: Request) -> Response:
        """
        Needs a platform key. What an app reported as the cost of an event counts, else what the
        rate card said. Customers of every currency are among them.
        """
        refuse_organizations(self)
        by = read_choice(ByWhat, self.plain_request, "by") or ByWhat.ACTION
        days = read_days(self.plain_request)
        windows = windows_of(days, now=self.now)
        items = _part_costs(windows) if by == ByWhat.PART else _costs(windows, by)
        page, has_more = page_of(
            items, request=self.plain_request, key=lambda item: item.key, largest=LARGEST_PAGE
        )
        return Response(
            Costs(
                currency=settings.REPORTING_CURRENCY,
                first_date=None if days is None else days.first_date,
                end_date=None if days is None else days.end_date,
                by=by,
                cost=decimal_text(sum((Decimal(item.cost) for item in items), ZERO)),
                data=list(page),
                has_more=has_more,
            )
        )


def _margins(report: MarginReport, by: ByWhom) -> Sequence[MarginOf]:
    currency = report.currency
    if by == ByWhom.ORGANIZATION:
        return [
            _margin_of(row.public_id, row.name, 1, row.economics, currency)
            for row in report.customers
        ]
    if by == ByWhom.PLAN:
        return [
            _margin_of(plan.code, plan.name, plan.customer_count, plan.economics, currency)
            for plan in by_plan(report)
        ]
    return [
        _margin_of(action.code, action.name, action.customer_count, action.economics, currency)
        for action in by_action(report)
    ]


def _margin_of(
    key: str, name: str, customer_count: int, economics: Economics, currency: str
) -> MarginOf:
    figures = _figures(economics, currency)
    return MarginOf(key=key, name=name, customer_count=customer_count, figures=figures)


def _figures(economics: Economics, currency: str) -> Figures:
    def money(amount: Decimal) -> Amount:
        return present_money(rounded(amount, currency=currency))

    return Figures(
        revenue=money(economics.revenue),
        ai_cost=money(economics.ai_cost),
        other_cost=money(economics.other_cost),
        left=money(economics.left),
        ai_margin=_share(economics.ai_margin),
        gross_margin=_share(economics.margin),
    )


def _share(share: Decimal | None) -> str | None:
    return None if share is None else decimal_text(share.quantize(_SHARE))


def _costs(windows: Windows, by: ByWhat) -> Sequence[CostOf]:
    [report] = report_margins(windows)
    names = map_action_names()
    people = {row.organization_id: row for row in (*report.customers, *report.elsewhere)}
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for row in report.used:
        action = None if row.action_id is None else names[row.action_id]
        customer = people[row.organization_id]
        key = (customer.public_id, customer.name)
        if by == ByWhat.ACTION:
            key = ("", "") if action is None else (action.code, action.name)
        for index, part in enumerate((row.cost, row.quantity, Decimal(row.event_count))):
            sums[key][index] += part
    whole = sum((cost for cost, _quantity, _count in sums.values()), ZERO)
    items = [
        _cost_of(key, name, cost, whole, quantity=quantity, event_count=int(count))
        for (key, name), (cost, quantity, count) in sums.items()
    ]
    return _dearest_first(items)


def _part_costs(windows: Windows) -> Sequence[CostOf]:
    names = map_action_names()
    parts = list_part_costs(windows)
    whole = sum((part.cost for part in parts), ZERO)
    items = []
    for part in parts:
        code = "" if part.action_id is None else names[part.action_id].code
        items.append(_cost_of(f"{code}/{part.part}", part.part, part.cost, whole))
    return _dearest_first(items)


def _cost_of(
    key: str,
    name: str,
    cost: Decimal,
    whole: Decimal,
    *,
    quantity: Decimal | None = None,
    event_count: int | None = None,
) -> CostOf:
    return CostOf(
        key=key,
        name=name,
        cost=decimal_text(cost),
        share=decimal_text((cost / whole).quantize(_SHARE) if whole > ZERO else ZERO),
        quantity=None if quantity is None else decimal_text(quantity),
        event_count=event_count,
    )


def _dearest_first(items: Sequence[CostOf]) -> Sequence[CostOf]:
    return sorted(items, key=lambda item: (-Decimal(item.cost), item.key))
