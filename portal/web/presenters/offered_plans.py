"""Plans that the organization alone is offered, as it sees them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import ngettext

from billing.catalog.choosing import OfferedPlan, list_offered_plans
from billing.catalog.offers import PlanOffer
from billing.catalog.queries import get_plan_version_terms
from billing.choices import BillingInterval
from billing.models import Agreement, PrivateOffer

from ...formatting import credits_text
from ..access import Visit
from .effects import EffectLines, Labels, describe_effects
from .price import PriceLine, offered_price_line, price_line


@dataclass(frozen=True, slots=True)
class OfferCard:
    """
    One offer: what it costs, until when it stands, what staff wrote, and how it is taken.

    `effects` compare it with the plan that is agreed, if one is; `query` makes the address of the
    change or of the checkout; `is_taken` says that the change to it waits for the period's end.
    """

    code: str
    name: str
    tagline: str
    summary: str
    message: str
    price: PriceLine | None
    seats: str
    expires_at: datetime
    effects: EffectLines | None
    query: str
    is_taken: bool


def list_offer_cards(
    visit: Visit,
    *,
    agreement: Agreement | None,
    offered: list[OfferedPlan] | None = None,
    labels: Labels | None = None,
    coming_plan: str = "",
) -> tuple[OfferCard, ...]:
    """Read what is offered; `coming_plan` is the code of the plan that a change waits for."""
    plans = (
        list_offered_plans(organization=visit.organization, at=visit.now)
        if offered is None
        else offered
    )
    currency = visit.organization.currency if agreement is None else agreement.currency
    return tuple(
        _card(
            each,
            agreement,
            currency=currency,
            labels=labels or {},
            is_taken=each.plan.code == coming_plan,
        )
        for each in plans
    )


def _card(
    offered: OfferedPlan,
    agreement: Agreement | None,
    *,
    currency: str,
    labels: Labels,
    is_taken: bool,
) -> OfferCard:
    offer, plan = offered.offer, offered.plan
    interval = offer.interval or _interval(plan, agreement, currency=currency)
    wish = {"plan": plan.code, "interval": interval, "seats": offer.seats}
    return OfferCard(
        code=plan.code,
        name=plan.name,
        tagline=plan.tagline,
        summary=plan.summary,
        message=offer.message,
        price=_price(plan, offer, currency=currency, interval=interval),
        seats=_seats(offer),
        expires_at=offer.expires_at,
        effects=None
        if agreement is None
        else describe_effects(
            get_plan_version_terms(plan_version_id=agreement.plan_version_id),
            get_plan_version_terms(plan_version_id=plan.version_id),
            currency=currency,
            labels=labels,
        ),
        query=f"?{urlencode({name: value for name, value in wish.items() if value})}",
        is_taken=is_taken,
    )


def _interval(plan: PlanOffer, agreement: Agreement | None, *, currency: str) -> str:
    """How the customer pays now, if the plan is sold so; else how it is sold."""
    wanted = BillingInterval.MONTH if agreement is None else agreement.interval
    sold = [price.interval for price in plan.prices if price.currency == currency]
    return wanted if wanted in sold else next(iter(sold), str(wanted))


def _price(
    plan: PlanOffer, offer: PrivateOffer, *, currency: str, interval: str
) -> PriceLine | None:
    price = plan.base_price(currency=currency, interval=interval)
    if price is None:
        return None
    if offer.seats is None or price.per_seat is None:
        return offered_price_line(price, interval=interval)
    return price_line(price, interval=interval, seats=offer.seats)


def _seats(offer: PrivateOffer) -> str:
    if offer.seats is None:
        return ""
    return ngettext("%(seats)s seat", "%(seats)s seats", offer.seats) % {
        "seats": credits_text(Decimal(offer.seats))
    }
