"""Choosing a plan, and what came of the visit to the payment page."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Organization
from billing.agreements.queries import agreed_price, find_live_agreement
from billing.catalog.choosing import list_offered_plans, list_withheld_codes
from billing.catalog.offers import PlanOffer
from billing.catalog.queries import find_offer
from billing.choices import AgreementStatus, Audience, CheckoutKind, CheckoutStatus, TopUpStatus
from billing.models import Agreement, Checkout
from billing.pricing_tables.queries import find_shown_table, get_default_table
from billing.top_ups.queries import describe_top_up

from ..access import Visit
from .credits import OrderLine, order_line
from .price import PriceLine, price_line


@dataclass(frozen=True, slots=True)
class OpenPlans:
    """The plans that anybody can agree on, and the intervals that they are sold by."""

    offers: tuple[PlanOffer, ...]
    intervals: tuple[str, ...]
    currencies: tuple[str, ...]

    @property
    def sells_seats(self) -> bool:
        """Whether a plan among them charges for each seat."""
        return any(price.kind == "per_seat" for plan in self.offers for price in plan.prices)


@dataclass(frozen=True, slots=True)
class AgreedPlan:
    """The plan that was agreed on."""

    name: str
    price: PriceLine
    trial_ends_at: datetime | None
    period_ends_at: datetime


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """What came of a visit to the payment page: a plan, an order, or nothing yet."""

    plan: AgreedPlan | None
    order: OrderLine | None
    feature: str
    is_for_plan: bool
    is_over: bool
    is_completed: bool
    pay_url: str

    @property
    def is_done(self) -> bool:
        """Whether what was paid for is there."""
        return self.plan is not None or (self.order is not None and self.order.is_paid)

    @property
    def was_too_late(self) -> bool:
        """Whether something was paid for an order that was over by then."""
        return self.is_over and self.is_completed

    @property
    def is_waiting(self) -> bool:
        """Whether it may still come by itself."""
        return not self.is_done and not self.is_over


def list_open_plans(
    *,
    now: datetime,
    currency: str | None = None,
    table_key: str = "",
    plan_code: str = "",
    organization: Organization | None = None,
    live: Agreement | None = None,
) -> OpenPlans:
    """
    Return the plans that can be agreed on, in one currency if it is given: those of a live table
    for organizations, else of the default one. A plan that is named is among them if it is sold at
    all, and so is what an organization is offered privately; what is for new customers is not
    among them for one that has a plan.
    """
    shown = find_shown_table(key=table_key, at=now) if table_key else None
    if shown is None or shown.audience != Audience.ORGANIZATIONS:
        shown = get_default_table(at=now)
    table = shown.offered
    plans = table.plans
    if plan_code and all(plan.code != plan_code for plan in plans):
        named = find_offer(plan_code=plan_code, at=now)
        plans = plans if named is None else (*plans, named)
    withheld = () if live is None else list_withheld_codes(live=live)
    private = (
        []
        if organization is None
        else [each.plan for each in list_offered_plans(organization=organization, at=now)]
    )
    offers = tuple(
        plan
        for plan in (
            *private,
            *(plan for plan in plans if plan.is_self_serve and plan.code not in withheld),
        )
        if currency is None or any(price.currency == currency for price in plan.prices)
    )
    sold = {
        price.interval
        for plan in offers
        for price in plan.prices
        if currency is None or price.currency == currency
    }
    return OpenPlans(offers, tuple(sorted(sold)) or table.intervals, table.currencies)


def present_checkout(visit: Visit, checkout: Checkout) -> CheckoutPage:
    """Read what came of a visit to the payment page."""
    is_for_plan = checkout.kind == CheckoutKind.AGREEMENT
    agreement = find_live_agreement(organization=visit.organization) if is_for_plan else None
    is_agreed = agreement is not None and agreement.plan_version_id == checkout.plan_version_id
    order = None
    if checkout.top_up is not None:
        order = order_line(describe_top_up(top_up=checkout.top_up))
    return CheckoutPage(
        plan=_agreed(agreement) if agreement is not None and is_agreed else None,
        order=order,
        feature=checkout.top_up.feature.code if checkout.top_up is not None else "",
        is_for_plan=is_for_plan,
        is_over=checkout.status == CheckoutStatus.EXPIRED
        or (
            checkout.top_up is not None
            and checkout.top_up.status in (TopUpStatus.CANCELED, TopUpStatus.FAILED)
        ),
        is_completed=checkout.status == CheckoutStatus.COMPLETED,
        pay_url=checkout.url if checkout.status == CheckoutStatus.OPEN else "",
    )


def _agreed(agreement: Agreement) -> AgreedPlan:
    is_trialing = agreement.status == AgreementStatus.TRIALING
    return AgreedPlan(
        name=agreement.plan_version.plan.name,
        price=price_line(
            agreed_price(agreement), interval=agreement.interval, seats=agreement.seats
        ),
        trial_ends_at=agreement.trial_ends_at if is_trialing else None,
        period_ends_at=agreement.current_period_end,
    )
