"""What ends with a plan, and what stays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from accounts.memberships.queries import count_members
from billing.agreements.queries import ChangeView, agreed_price
from billing.catalog.offers import PlanOffer
from billing.catalog.queries import list_offers
from billing.choices import AgreementStatus, Collection
from billing.legacy.leaving import is_on_legacy_plan
from billing.models import Agreement
from billing.rating.charges import base_charge
from billing.usage.queries import FeatureBalance, list_balances_under

from ..access import Visit
from .price import PriceLine, price_line

MOST_OFFERED: Final = 2


@dataclass(frozen=True, slots=True)
class CheaperPlan:
    """A plan that costs less, for those to whom theirs is too much; `url` leads to its preview."""

    name: str
    price: PriceLine
    url: str


@dataclass(frozen=True, slots=True)
class EndPage:
    """
    Everything on the page that asks whether a plan is to end.

    `balances` are what was given to be used until then, `has_change` whether a change that waits is
    taken back with it, and `charges_overage` whether a last invoice may follow.
    """

    plan: str
    is_legacy: bool
    ends_at: datetime
    is_on_trial: bool
    is_free: bool
    has_change: bool
    charges_overage: bool
    balances: tuple[FeatureBalance, ...]
    cheaper: tuple[CheaperPlan, ...]


def present_end(visit: Visit, *, agreement: Agreement, change: ChangeView | None) -> EndPage:
    """Read what would end with the period."""
    balances = list_balances_under(agreement=agreement, now=visit.now)
    is_on_trial = agreement.status == AgreementStatus.TRIALING
    return EndPage(
        plan=agreement.plan_version.plan.name,
        is_legacy=is_on_legacy_plan(agreement),
        ends_at=agreement.current_period_end,
        is_on_trial=is_on_trial,
        is_free=agreement.collection == Collection.FREE,
        has_change=change is not None,
        charges_overage=not is_on_trial
        and any(balance.overage_pricing is not None for balance in balances),
        balances=tuple(one for one in balances if one.granted and not one.unlimited),
        cheaper=_cheaper(visit, agreement),
    )


def _cheaper(visit: Visit, agreement: Agreement) -> tuple[CheaperPlan, ...]:
    """The plans that cost less for the same interval, the dearest of them first."""
    if agreement.status == AgreementStatus.PAST_DUE:
        return ()
    agreed = agreed_price(agreement)
    now = base_charge(price=agreed, seats=agreement.seats)
    members = max(1, count_members(organization=visit.organization))
    seats = members if agreed.per_seat is None else agreement.seats
    found = (
        _priced(offer, agreement, seats=seats)
        for offer in list_offers(at=visit.now, beside_group_id=agreement.plan_version.plan.group_id)
        if offer.is_self_serve
        and offer.code != agreement.plan_version.plan.code
        and (offer.included_seats is None or members <= offer.included_seats)
    )
    cheaper = [plan for plan in found if plan is not None and plan.price.amount.minor < now.minor]
    return tuple(sorted(cheaper, key=lambda plan: -plan.price.amount.minor)[:MOST_OFFERED])


def _priced(offer: PlanOffer, agreement: Agreement, *, seats: int) -> CheaperPlan | None:
    price = offer.base_price(currency=agreement.currency, interval=agreement.interval)
    if price is None:
        return None
    wish = urlencode({"plan": offer.code})
    return CheaperPlan(
        name=offer.name,
        price=price_line(price, interval=agreement.interval, seats=seats),
        url=f"?{wish}",
    )
