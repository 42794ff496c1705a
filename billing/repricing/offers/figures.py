"""
The numbers that a customer is shown: frozen as plain JSON when the offer is prepared.

Amounts are in minor units of the offer's currency, months oldest first, quantities decimal text.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.kernel.money import Money

from ...models import Agreement, PlanVersion, RepricingOffer, SimulatedCustomer, SimulatedPlan


@dataclass(frozen=True, slots=True)
class MonthShown:
    """One month: what was used, by feature, what it comes to now and on the offered plan."""

    starts_at: datetime
    ends_at: datetime
    used: dict[str, str]
    now: Money
    then: Money


@dataclass(frozen=True, slots=True)
class PlanShown:
    """
    A plan of the campaign. `objections` say why the customer may not have it; amounts are None
    where it cannot be priced.
    """

    code: str
    name: str
    seats: int
    objections: tuple[dict[str, str | int], ...]
    average: Money | None
    worst: Money | None
    is_offered: bool


@dataclass(frozen=True, slots=True)
class FiguresShown:
    """All numbers of an offer, as values."""

    months: tuple[MonthShown, ...]
    current_worst: Money
    plans: tuple[PlanShown, ...]

    @property
    def offered(self) -> PlanShown:
        """The plan that is offered."""
        return next(plan for plan in self.plans if plan.is_offered)


def freeze_figures(customer: SimulatedCustomer) -> dict[str, Any]:
    """
    Return the numbers of a simulated customer as plain JSON values. Its plans and agreement are
    loaded.
    """
    agreement = customer.agreement
    plans = sorted(customer.plans.all(), key=lambda plan: plan.pk)
    [best] = [plan for plan in plans if plan.plan_version_id == customer.best_plan_version_id]
    bills = zip(customer.months, customer.current_monthly_minor, best.monthly_minor, strict=True)
    return {
        "months": [
            {**month, "now_minor": now_minor, "then_minor": then_minor}
            for month, now_minor, then_minor in bills
        ],
        "current": _current(customer, agreement),
        "plans": [_plan(plan, is_offered=plan == best) for plan in plans],
    }


def read_figures(offer: RepricingOffer) -> FiguresShown:
    """Return an offer's frozen numbers as values."""
    figures, currency = offer.figures, offer.currency
    return FiguresShown(
        months=tuple(
            MonthShown(
                starts_at=datetime.fromisoformat(month["starts_at"]),
                ends_at=datetime.fromisoformat(month["ends_at"]),
                used=month["used"],
                now=Money(month["now_minor"], currency),
                then=Money(month["then_minor"], currency),
            )
            for month in figures["months"]
        ),
        current_worst=Money(figures["current"]["worst_minor"], currency),
        plans=tuple(
            PlanShown(
                code=plan["plan"],
                name=plan["name"],
                seats=plan["seats"],
                objections=tuple(plan["objections"]),
                average=_money(plan["average_minor"], currency),
                worst=_money(plan["worst_minor"], currency),
                is_offered=plan["is_offered"],
            )
            for plan in figures["plans"]
        ),
    )


def _current(customer: SimulatedCustomer, agreement: Agreement) -> dict[str, Any]:
    return {
        **_named(agreement.plan_version),
        "seats": agreement.seats,
        "interval": str(agreement.interval),
        "average_minor": customer.current_average_minor,
        "worst_minor": customer.current_worst_minor,
    }


def _plan(plan: SimulatedPlan, *, is_offered: bool) -> dict[str, Any]:
    return {
        **_named(plan.plan_version),
        "seats": plan.seats,
        "interval": str(plan.interval),
        "objections": plan.objections,
        "average_minor": plan.average_minor,
        "worst_minor": plan.worst_minor,
        "is_offered": is_offered,
    }


def _named(version: PlanVersion) -> dict[str, Any]:
    return {"plan": version.plan.code, "name": version.plan.name, "version": version.number}


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
