"""
Gross margins: of each customer, plan and action.

Revenue is what `revenue` says, the cost of AI what `costs` says, all other cost what
`serving_costs` says; each for the same span. Costs are kept in the reporting currency, so margins
are those of the customers who pay in it. Who pays in another currency is listed apart: nothing is
converted.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from django.conf import settings

from config.kernel.quantities import ZERO
from config.kernel.sql import fetch

from ..rating.serving import Customer, Economics, total_of
from .costs import ActionCosts, list_action_costs, map_action_names
from .revenue import Revenue, list_revenue
from .serving_costs import list_other_costs
from .windows import Windows

# The plan at the end of the span: of the last agreement that had begun by then.
_CUSTOMERS: Final = """
SELECT span.slot, organization.id, organization.public_id, organization.name,
       coalesce(agreement.currency, organization.currency), coalesce(plan.code, ''),
       coalesce(plan.name, ''), coalesce(agreement.seats, 0),
       agreement.id IS NOT NULL
       AND (agreement.ended_at IS NULL OR agreement.ended_at > span.starts_at)
FROM span
JOIN accounts_organization AS organization ON organization.id = span.organization_id
LEFT JOIN LATERAL (
    SELECT * FROM billing_agreement AS candidate
    WHERE candidate.organization_id = organization.id AND candidate.started_at < span.ends_at
    ORDER BY candidate.started_at DESC LIMIT 1
) AS agreement ON TRUE
LEFT JOIN billing_planversion AS version
    ON version.id = coalesce(
        (SELECT change.from_version_id FROM billing_planchange AS change
         WHERE change.organization_id = agreement.organization_id
           AND change.agreement_id = agreement.id AND change.effective_at >= span.ends_at
         ORDER BY change.effective_at LIMIT 1),
        agreement.plan_version_id
    )
LEFT JOIN billing_plan AS plan ON plan.id = version.plan_id
ORDER BY span.slot, organization.name, organization.id
"""


@dataclass(frozen=True, slots=True)
class CustomerMargin:
    """
    One customer within a span: what it pays in `currency`, by what for, and its economics in the
    reporting currency. Where the two differ the economics have the costs alone.

    `plan_code` is empty for who had no agreement by then, and so is `seats`.
    """

    organization_id: int
    public_id: str
    name: str
    plan_code: str
    plan_name: str
    seats: int
    currency: str
    revenue: Revenue
    economics: Economics

    @property
    def is_comparable(self) -> bool:
        """Whether revenue and costs are in one currency."""
        return self.currency == settings.REPORTING_CURRENCY


@dataclass(frozen=True, slots=True)
class PlanMargin:
    """The customers who were on one plan at the end of the span, together."""

    code: str
    name: str
    customer_count: int
    loss_count: int
    economics: Economics


@dataclass(frozen=True, slots=True)
class ActionMargin:
    """
    One action of all customers. What a customer pays is divided among what it used by the credits
    that this took, so the revenue of actions is what their users pay; `code` is empty for usage
    that was reported without an action.
    """

    code: str
    name: str
    quantity: Decimal
    credits: Decimal
    event_count: int
    customer_count: int
    economics: Economics

    @property
    def unit_cost(self) -> Decimal | None:
        """What one cost on average; None where nothing was done."""
        return self.economics.ai_cost / self.quantity if self.quantity > ZERO else None


@dataclass(frozen=True, slots=True)
class MarginReport:
    """
    The margins of a span. `customers` pay in the reporting currency, `elsewhere` in another one;
    both by name. Everybody is there who had an agreement, paid, or was served.
    """

    currency: str
    customers: tuple[CustomerMargin, ...]
    elsewhere: tuple[CustomerMargin, ...]
    used: tuple[ActionCosts, ...] = field(repr=False)

    @property
    def whole(self) -> Economics:
        """All customers who pay in the reporting currency together."""
        return total_of(customer.economics for customer in self.customers)

    def ranked(self) -> list[Customer[CustomerMargin]]:
        """The same customers, as the audits take them."""
        return [Customer(customer, customer.economics) for customer in self.customers]


class _Facts(NamedTuple):
    """What there is to know of an organization at the end of a span."""

    slot: int
    organization_id: int
    public_id: str
    name: str
    currency: str
    plan_code: str
    plan_name: str
    seats: int
    had_agreement: bool


def report_margins(windows: Windows) -> list[MarginReport]:
    """
    Return the margins of each span. The number of statements depends neither on how many spans
    nor on how many customers there are.
    """
    used: dict[tuple[int, int], list[ActionCosts]] = defaultdict(list)
    for row in list_action_costs(windows):
        used[row.slot, row.organization_id].append(row)
    revenue: dict[tuple[int, int], list[Revenue]] = defaultdict(list)
    for earned in list_revenue(windows):
        revenue[earned.slot, earned.organization_id].append(earned)
    other = {(row.slot, row.organization_id): row.cost for row in list_other_costs(windows)}
    listed: dict[int, list[CustomerMargin]] = defaultdict(list)
    for facts in map(_Facts._make, fetch(windows.spans + _CUSTOMERS, windows.parameters)):
        key = facts.slot, facts.organization_id
        if facts.had_agreement or key in used or key in revenue or key in other:
            costs = Economics(
                ai_cost=sum((row.cost for row in used[key]), ZERO), other_cost=other.get(key, ZERO)
            )
            listed[facts.slot] += _rows_of(facts, revenue[key], costs)
    return [
        MarginReport(
            settings.REPORTING_CURRENCY,
            customers=tuple(row for row in listed[slot] if row.is_comparable),
            elsewhere=tuple(row for row in listed[slot] if not row.is_comparable),
            used=tuple(row for (number, _), rows in used.items() if number == slot for row in rows),
        )
        for slot in range(windows.count)
    ]


def by_plan(report: MarginReport) -> list[PlanMargin]:
    """Return the margins of the plans, those with the most revenue first."""
    members: dict[tuple[str, str], list[Economics]] = defaultdict(list)
    for customer in report.customers:
        members[customer.plan_code, customer.plan_name].append(customer.economics)
    plans = [
        PlanMargin(code, name, len(parts), sum(part.is_loss for part in parts), total_of(parts))
        for (code, name), parts in members.items()
    ]
    return sorted(plans, key=lambda plan: (-plan.economics.revenue, plan.code))


def by_action(report: MarginReport) -> list[ActionMargin]:
    """Return the margins of the actions, those that cost the most first."""
    paid = {customer.organization_id: customer.economics.revenue for customer in report.customers}
    credits: dict[int, Decimal] = defaultdict(Decimal)
    members: dict[int | None, list[ActionCosts]] = defaultdict(list)
    for row in report.used:
        if row.organization_id in paid:
            credits[row.organization_id] += row.credits
            members[row.action_id].append(row)
    names = map_action_names()
    actions = []
    for action_id, rows in members.items():
        name = None if action_id is None else names[action_id]
        actions.append(
            ActionMargin(
                code="" if name is None else name.code,
                name="" if name is None else name.name,
                quantity=sum((row.quantity for row in rows), ZERO),
                credits=sum((row.credits for row in rows), ZERO),
                event_count=sum(row.event_count for row in rows),
                customer_count=len(rows),
                economics=Economics(
                    revenue=sum((_share_of(row, paid, credits) for row in rows), ZERO),
                    ai_cost=sum((row.cost for row in rows), ZERO),
                ),
            )
        )
    return sorted(actions, key=lambda action: (-action.economics.ai_cost, action.code))


def _share_of(row: ActionCosts, paid: dict[int, Decimal], credits: dict[int, Decimal]) -> Decimal:
    """What a customer pays for one action of those that it used."""
    whole = credits[row.organization_id]
    return paid[row.organization_id] * row.credits / whole if whole > ZERO else ZERO


def _rows_of(
    facts: _Facts, revenue: Sequence[Revenue], costs: Economics
) -> Iterator[CustomerMargin]:
    """
    A row for each currency in which a customer pays. Costs stand with what is paid in the
    reporting currency, or else in the currency of its agreement.
    """
    by_currency = {earned.currency: earned for earned in revenue}
    comparable = settings.REPORTING_CURRENCY
    first = comparable if comparable in by_currency else facts.currency
    for currency in dict.fromkeys((first, *by_currency)):
        nothing = Revenue(facts.slot, facts.organization_id, currency, ZERO, ZERO, ZERO)
        earned = by_currency.get(currency, nothing)
        borne = costs if currency == first else Economics()
        yield CustomerMargin(
            facts.organization_id,
            facts.public_id,
            facts.name,
            facts.plan_code,
            facts.plan_name,
            facts.seats,
            currency,
            earned,
            borne + Economics(revenue=earned.total if currency == comparable else ZERO),
        )
