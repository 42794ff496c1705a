"""The plan page: what is agreed, what is going to be, and what else is on sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from accounts.memberships.queries import count_members, list_names_with
from billing.agreements.queries import ChangeView, agreed_price
from billing.catalog.choosing import list_offered_plans
from billing.catalog.offers import PlanOffer
from billing.catalog.overage_words import overage_words
from billing.catalog.queries import get_plan_version_terms, list_feature_labels, list_offers
from billing.catalog.terms import FeatureTerms, VersionTerms
from billing.choices import AgreementStatus, BillingInterval, Collection, EndReason
from billing.legacy.leaving import is_on_legacy_plan
from billing.models import Agreement, StripeCustomer
from billing.rating.charges import BasePrice, base_charge
from config.kernel.money import Money

from ...formatting import credits_text
from ..access import Visit
from .blocks import Block, seats_block
from .effects import EffectLines, Label, Labels, describe_effects
from .offered_plans import OfferCard, list_offer_cards
from .plan_words import MONTHS
from .price import PriceLine, interval_words, offered_price_line, price_line
from .pricing import Switch


@dataclass(frozen=True, slots=True)
class CurrentPlan:
    """
    What is agreed. `newer` says what newer customers of the plan get, if that is something else;
    a legacy plan goes on at least until `grandfathered_until`, if customers are told a day.
    """

    name: str
    version: int
    status: str
    status_words: str
    is_legacy: bool
    grandfathered_until: date | None
    is_free: bool
    is_collected: bool
    price: PriceLine
    interval: str
    seats: int | None
    period_starts_at: datetime
    period_ends_at: datetime
    included: tuple[str, ...]
    newer: str
    trial_ends_at: datetime | None
    card: str


@dataclass(frozen=True, slots=True)
class End:
    """When the plan ends, and whether that can be taken back."""

    at: datetime
    was_asked_for: bool


@dataclass(frozen=True, slots=True)
class SeatsPart:
    """How many seats are paid for; each costs `price`."""

    count: int
    price: Money
    unit: str


@dataclass(frozen=True, slots=True)
class IntervalPart:
    """The same plan, billed by the other interval; `saving` is the share that a year saves."""

    code: str
    price: PriceLine
    now: PriceLine
    saving: Decimal | None


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """Another plan on sale, compared with the one that is agreed, and what keeps one from it."""

    code: str
    name: str
    tagline: str
    price: PriceLine | None
    effects: EffectLines
    url: str
    contact: str
    block: Block | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything on the plan page."""

    current: CurrentPlan
    change: ChangeView | None
    change_price_unit: str
    end: End | None
    seats: SeatsPart | None
    interval: IntervalPart | None
    others: tuple[OtherPlan, ...]
    offers: tuple[OfferCard, ...]
    switches: tuple[Switch, ...]
    zone: str
    may_manage: bool
    who_may: tuple[str, ...]

    @property
    def can_change(self) -> bool:
        """Whether anything can be changed now: not while a payment is overdue, or if it ends."""
        is_overdue = self.current.status == AgreementStatus.PAST_DUE
        return self.may_manage and not is_overdue and not self.was_end_asked_for

    @property
    def was_end_asked_for(self) -> bool:
        """Whether it is going to end because the customer wants it to."""
        return self.end is not None and self.end.was_asked_for


def present_plan(
    visit: Visit,
    *,
    agreement: Agreement,
    change: ChangeView | None,
    customer: StripeCustomer | None,
    interval: str,
    is_offered_a_plan: bool,
) -> PlanPage:
    """Read what is agreed, and compare it with what is on sale at the prices of an interval."""
    is_overdue = agreement.status == AgreementStatus.PAST_DUE
    # Nothing can be changed to before that is paid.
    group_id = agreement.plan_version.plan.group_id
    offers = [] if is_overdue else list_offers(at=visit.now, beside_group_id=group_id)
    offered = (
        list_offered_plans(organization=visit.organization, at=visit.now)
        if is_offered_a_plan
        else []
    )
    terms = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    may_manage = visit.may(Permission.MANAGE_BILLING)
    interval = interval or agreement.interval
    members = count_members(organization=visit.organization) if offers and may_manage else 0
    labels = _labels(terms, [*offers, *(each.plan for each in offered)])
    return PlanPage(
        current=_current(agreement, customer, terms=terms, offers=offers, labels=labels),
        change=change,
        change_price_unit=interval_words(change.interval) if change else "",
        end=_end(agreement),
        seats=_seats(agreement),
        interval=_other_interval(agreement, terms),
        others=tuple(
            _other(offer, agreement, terms, labels=labels, interval=interval, members=members)
            for offer in offers
            if offer.code != agreement.plan_version.plan.code
        ),
        offers=list_offer_cards(
            visit,
            agreement=agreement,
            offered=offered,
            labels=labels,
            coming_plan="" if change is None else change.plan_code,
        ),
        switches=_switches(offers, agreement, interval=interval),
        zone=visit.organization.time_zone,
        may_manage=may_manage,
        who_may=()
        if may_manage
        else tuple(
            list_names_with(organization=visit.organization, permission=Permission.MANAGE_BILLING)
        ),
    )


def _current(
    agreement: Agreement,
    customer: StripeCustomer | None,
    *,
    terms: VersionTerms,
    offers: Sequence[PlanOffer],
    labels: Labels,
) -> CurrentPlan:
    plan, price = agreement.plan_version.plan, agreed_price(agreement)
    is_unlimited = terms.included_seats is None and price.per_seat is None
    is_trialing = agreement.status == AgreementStatus.TRIALING
    return CurrentPlan(
        name=plan.name,
        version=agreement.plan_version.number,
        status=agreement.status,
        status_words=str(AgreementStatus(agreement.status).label),
        is_legacy=is_on_legacy_plan(agreement),
        grandfathered_until=plan.group.grandfathered_until,
        is_free=agreement.collection == Collection.FREE,
        is_collected=agreement.collection == Collection.STRIPE,
        price=price_line(price, interval=agreement.interval, seats=agreement.seats),
        interval=str(BillingInterval(agreement.interval).label),
        seats=None if is_unlimited else agreement.seats,
        period_starts_at=agreement.current_period_start,
        period_ends_at=agreement.current_period_end,
        included=tuple(
            _included(feature, labels[feature.code], currency=agreement.currency)
            for feature in terms.metered
        ),
        newer=_newer(agreement, offers),
        trial_ends_at=agreement.trial_ends_at if is_trialing else None,
        card="" if customer is None else customer.card_words,
    )


def _included(feature: FeatureTerms, label: Label, *, currency: str) -> str:
    """
    What the plan includes of a metered feature: `5,000 credits a month`. Of one with nothing
    included, what it costs.
    """
    if feature.allowance is None:
        return _("Unlimited %(units)s") % {"units": label.unit_plural}
    pricing = feature.overage.get(currency)
    if not feature.allowance and pricing is not None:
        return overage_words(pricing, unit=label.unit, unit_plural=label.unit_plural)
    named = {"units": label.unit_plural, "count": credits_text(feature.allowance)}
    return _("%(count)s %(units)s a month") % named


def _newer(agreement: Agreement, offers: Sequence[PlanOffer]) -> str:
    """What those get who agree on the plan today; empty if it is the same."""
    plan = agreement.plan_version.plan
    offer = next((offer for offer in offers if offer.code == plan.code), None)
    if not offers:
        return ""
    if offer is None:
        return _("The plan is no longer sold. Yours goes on as it is, at your price.")
    if offer.version_id == agreement.plan_version_id:
        return ""
    return _("Newer customers get other terms. Yours stay, and so does your price.")


def _end(agreement: Agreement) -> End | None:
    if agreement.cancel_at is None:
        return None
    return End(agreement.cancel_at, agreement.end_reason == EndReason.REQUESTED)


def _seats(agreement: Agreement) -> SeatsPart | None:
    per_seat = agreed_price(agreement).per_seat
    if per_seat is None:
        return None
    return SeatsPart(agreement.seats, per_seat, interval_words(agreement.interval))


def _other_interval(agreement: Agreement, terms: VersionTerms) -> IntervalPart | None:
    is_yearly = agreement.interval == BillingInterval.YEAR
    other = BillingInterval.MONTH if is_yearly else BillingInterval.YEAR
    price = terms.base_price(currency=agreement.currency, interval=other)
    if price is None or not base_charge(price=price, seats=1).minor:
        return None
    now = price_line(agreed_price(agreement), interval=agreement.interval, seats=agreement.seats)
    then = price_line(price, interval=other, seats=agreement.seats)
    monthly, yearly = (then, now) if is_yearly else (now, then)
    saved = monthly.amount.minor * MONTHS - yearly.amount.minor
    saving = Decimal(saved) / (monthly.amount.minor * MONTHS) if saved > 0 else None
    return IntervalPart(other.value, price=then, now=now, saving=saving)


def _labels(terms: VersionTerms, offers: Sequence[PlanOffer]) -> Labels:
    """What people read about features: mostly what is on sale, and was read with it."""
    known: dict[str, Label] = {
        feature.code: feature for offer in offers for feature in offer.features
    }
    missing = [feature.code for feature in terms.features if feature.code not in known]
    return {**known, **list_feature_labels(codes=missing)} if missing else known


def _other(
    offer: PlanOffer,
    agreement: Agreement,
    terms: VersionTerms,
    *,
    labels: Labels,
    interval: str,
    members: int,
) -> OtherPlan:
    price = offer.base_price(currency=agreement.currency, interval=interval)
    after = get_plan_version_terms(plan_version_id=offer.version_id)
    can_be_had = offer.is_self_serve and price is not None
    wish = urlencode({"plan": offer.code, "interval": interval})
    return OtherPlan(
        code=offer.code,
        name=offer.name,
        tagline=offer.tagline,
        price=None if price is None else _offered(price, agreement, interval=interval),
        effects=describe_effects(terms, after, currency=agreement.currency, labels=labels),
        url=f"?{wish}" if can_be_had else "",
        contact=f"mailto:{settings.SALES_EMAIL}?{urlencode({'subject': offer.name})}"
        if not offer.is_self_serve
        else "",
        block=_block(offer, members=members) if can_be_had else None,
    )


def _block(offer: PlanOffer, *, members: int) -> Block | None:
    seats = offer.included_seats
    if seats is None or members <= seats:
        return None
    return seats_block(plan=offer.name, seats=seats, members=members)


def _offered(price: BasePrice, agreement: Agreement, *, interval: str) -> PriceLine:
    """The price for as many seats as are paid for now; where none are, of each seat."""
    if agreed_price(agreement).per_seat is None:
        return offered_price_line(price, interval=interval)
    return price_line(price, interval=interval, seats=agreement.seats)


def _switches(
    offers: Sequence[PlanOffer], agreement: Agreement, *, interval: str
) -> tuple[Switch, ...]:
    """By which interval the prices of the other plans are shown."""
    sold = {
        price.interval
        for offer in offers
        for price in offer.prices
        if price.currency == agreement.currency
    }
    if len(sold) < len(BillingInterval):
        return ()
    return tuple(
        Switch(str(one.label), "", f"?interval={one.value}#others", one == interval)
        for one in BillingInterval
    )
