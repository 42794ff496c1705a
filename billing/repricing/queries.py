"""Reads of campaigns and of what their simulations came to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kernel.errors import NotFound
from config.kernel.money import Money

from ..catalog.queries import FeatureLabel, list_feature_labels
from ..choices import BillingInterval, SimulationStatus, Verdict
from ..models import RepricingCampaign, SimulatedCustomer, SimulatedPlan, Simulation
from ..wording import quantity_words
from .comparing import Reason


class SimulatedCustomerNotFound(NotFound):
    """The customer is not in this simulation."""

    code = "simulated_customer_not_found"
    title = "No such customer in the simulation"


@dataclass(frozen=True, slots=True)
class MonthOfCustomer:
    """One month of a customer, and what it costs now and on each plan (None: cannot be priced)."""

    starts_at: datetime
    ends_at: datetime
    used: tuple[tuple[str, Decimal], ...]
    current: Money
    on_plans: tuple[Money | None, ...]


@dataclass(frozen=True, slots=True)
class PlanOfCustomer:
    """One plan for one customer. `saving` is below zero where it costs more."""

    name: str
    is_best: bool
    seats: int
    objections: tuple[str, ...]
    average: Money | None
    worst: Money | None
    saving: Money | None


@dataclass(frozen=True, slots=True)
class CustomerSheet:
    """All plans side by side for one customer, month by month."""

    customer: SimulatedCustomer
    current_average: Money
    current_worst: Money
    plans: tuple[PlanOfCustomer, ...]
    months: tuple[MonthOfCustomer, ...]


def latest_simulation(*, campaign: RepricingCampaign) -> Simulation | None:
    """Return the campaign's newest simulation that is done; None if there is none."""
    done = Simulation.objects.filter(campaign=campaign, status=SimulationStatus.DONE)
    return done.order_by("-pk").first()


def newest_simulation(*, campaign: RepricingCampaign) -> Simulation | None:
    """Return the campaign's newest simulation, however far it has come."""
    return Simulation.objects.filter(campaign=campaign).order_by("-pk").first()


def list_customers(
    *, simulation: Simulation, verdict: str = "", search: str = ""
) -> QuerySet[SimulatedCustomer]:
    """
    Return the customers of a simulation, those first that save the most, whom no plan fits last.

    `search` is part of a name, or a public id.
    """
    found = SimulatedCustomer.objects.filter(simulation=simulation)
    if verdict in Verdict.values:
        found = found.filter(verdict=verdict)
    if search:
        found = found.filter(
            Q(organization__name__icontains=search) | Q(organization__public_id=search)
        )
    return found.select_related("organization", "best_plan_version__plan").order_by(
        F("saving_minor").desc(nulls_last=True), "organization__name", "pk"
    )


def get_sheet(*, simulation: Simulation, customer_id: int) -> CustomerSheet:
    """Return one customer's sheet. Raises `SimulatedCustomerNotFound`."""
    customer = list_customers(simulation=simulation).filter(pk=customer_id).first()
    if customer is None:
        raise SimulatedCustomerNotFound(_("There is no such customer in this simulation."))
    labels = list_feature_labels()
    plans = _plans_of(customer)
    return CustomerSheet(
        customer=customer,
        current_average=Money(customer.current_average_minor, customer.currency),
        current_worst=Money(customer.current_worst_minor, customer.currency),
        plans=tuple(_plan_of(customer, plan, labels) for plan in plans),
        months=tuple(
            _month_of(customer, plans, index, labels) for index in range(customer.month_count)
        ),
    )


CSV_HEADER: Final = (
    "organization_id",
    "organization",
    "verdict",
    "currency",
    "months_replayed",
    "seats_in_use",
    "current_average",
    "current_dearest_month",
    "plan",
    "plan_is_best",
    "plan_seats",
    "plan_average",
    "plan_dearest_month",
    "plan_saves",
    "objections",
)


def list_csv_rows(*, simulation: Simulation) -> Iterator[Sequence[object]]:
    """Return one row for each customer and plan, to `CSV_HEADER`, amounts in major units."""
    labels = list_feature_labels()
    customers = list_customers(simulation=simulation).prefetch_related("plans__plan_version__plan")
    for customer in customers.iterator(chunk_size=500):
        for plan in sorted(customer.plans.all(), key=lambda plan: plan.pk):
            row = _plan_of(customer, plan, labels)
            yield (
                customer.organization.public_id,
                customer.organization.name,
                customer.verdict,
                customer.currency,
                customer.month_count,
                customer.seats,
                Money(customer.current_average_minor, customer.currency).amount,
                Money(customer.current_worst_minor, customer.currency).amount,
                plan.plan_version.plan.code,
                "yes" if row.is_best else "no",
                plan.seats,
                _amount(row.average),
                _amount(row.worst),
                _amount(row.saving),
                "; ".join(row.objections),
            )


def objection_words(objection: Mapping[str, Any], labels: Mapping[str, FeatureLabel]) -> str:
    """Say why a customer may not have a plan, from what a simulation keeps of it."""
    reason = Reason(objection["reason"])
    if reason is Reason.NO_PRICE:
        is_yearly = objection["interval"] == BillingInterval.YEAR
        currency = {"currency": objection["currency"]}
        if is_yearly:
            return _("There is no yearly price in %(currency)s.") % currency
        return _("There is no monthly price in %(currency)s.") % currency
    if reason is Reason.SEATS:
        return ngettext(
            "%(in_use)s seats today, %(included)s is included.",
            "%(in_use)s seats today, %(included)s are included.",
            objection["included"],
        ) % {key: quantity_words(objection[key]) for key in ("in_use", "included")}
    name = _feature_name(objection["feature"], labels)
    if reason is Reason.FLAG:
        return _("%(feature)s would be lost, or less.") % {"feature": name}
    facts = {"feature": name, "highest": quantity_words(Decimal(objection["highest"]))}
    if reason is Reason.NOT_COUNTED:
        return _("%(feature)s is in use, up to %(highest)s a month, and not in the plan.") % facts
    facts["most"] = quantity_words(Decimal(objection["most"]))
    if reason is Reason.LIMIT:
        return _("%(feature)s: %(highest)s in a month, and %(most)s is the limit.") % facts
    return (
        _("%(feature)s: %(highest)s in a month; %(most)s are included, and no more is sold.")
        % facts
    )


def _plans_of(customer: SimulatedCustomer) -> list[SimulatedPlan]:
    return list(customer.plans.select_related("plan_version__plan").order_by("pk"))


def _plan_of(
    customer: SimulatedCustomer, plan: SimulatedPlan, labels: Mapping[str, FeatureLabel]
) -> PlanOfCustomer:
    saving = None
    if plan.average_minor is not None:
        saving = Money(customer.current_average_minor - plan.average_minor, customer.currency)
    return PlanOfCustomer(
        name=plan.plan_version.plan.name,
        is_best=plan.plan_version_id == customer.best_plan_version_id,
        seats=plan.seats,
        objections=tuple(objection_words(each, labels) for each in plan.objections),
        average=_money(plan.average_minor, customer.currency),
        worst=_money(plan.worst_minor, customer.currency),
        saving=saving,
    )


def _month_of(
    customer: SimulatedCustomer,
    plans: Sequence[SimulatedPlan],
    index: int,
    labels: Mapping[str, FeatureLabel],
) -> MonthOfCustomer:
    month = customer.months[index]
    return MonthOfCustomer(
        starts_at=datetime.fromisoformat(month["starts_at"]),
        ends_at=datetime.fromisoformat(month["ends_at"]),
        used=tuple(
            (_feature_name(code, labels), Decimal(quantity))
            for code, quantity in month["used"].items()
        ),
        current=Money(customer.current_monthly_minor[index], customer.currency),
        on_plans=tuple(
            Money(plan.monthly_minor[index], customer.currency) if plan.monthly_minor else None
            for plan in plans
        ),
    )


def _feature_name(code: str, labels: Mapping[str, FeatureLabel]) -> str:
    return labels[code].name if code in labels else code


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount
