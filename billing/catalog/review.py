"""
What is wrong with a draft, and what is risky about it.

Pure: the publish page shows the same objections and warnings that publishing acts on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import product

from django.utils.translation import gettext as _

from accounts.organizations.localities import currencies as currencies_in_use
from config.kernel.quantities import ZERO
from metering.choices import Aggregation
from metering.rate_card.queries import ActionOnCard

from ..choices import BillingInterval, OverageCollection, PriceKind
from ..rating.charges import base_charge
from ..rating.margins import ActionCost, ActionMargin, in_percent, included_credit_margins
from ..rating.pricing import Model
from ..wording import quantity_words, unit_price_words
from .pricing_review import list_pricing_objections
from .terms import FeatureTerms, VersionTerms
from .values import fits

COUNTED = frozenset({Aggregation.COUNT, Aggregation.UNIQUE})
_FOUR_DIGITS = Context(prec=4)


@dataclass(frozen=True, slots=True)
class Objection:
    """
    Why a draft cannot be published; `where` is "prices", "seats", "trial", "overage" or the code
    of a feature.
    """

    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class MarginWarning:
    """
    An action that would earn too little if a customer spent what the plan includes on it alone.

    `interval` and `margin_percent` are None where usage is unlimited or nothing is paid.
    """

    feature: str
    action: str
    interval: str | None
    margin_percent: Decimal | None
    detail: str


def list_objections(terms: VersionTerms) -> list[Objection]:
    """Return everything that keeps the terms from being published; empty if nothing does."""
    objections = [
        *_price_objections(terms),
        *_seat_objections(terms),
        *_trial_objections(terms),
        *_collection_objections(terms),
    ]
    for feature in terms.features:
        details = (
            _metered_objections(feature, terms.currencies)
            if feature.is_metered
            else _flag_objections(feature)
        )
        objections += [Objection(feature.code, detail) for detail in details]
    return objections


def list_margin_warnings(
    terms: VersionTerms, *, actions: Sequence[ActionOnCard], currency: str, target: Decimal
) -> list[MarginWarning]:
    """
    Return the actions on which a fully used allowance misses the target margin.

    Costs are kept in the reporting currency, so only prices in that `currency` can be judged.
    """
    warnings: list[MarginWarning] = []
    for feature in terms.metered:
        costs = [
            ActionCost(action.code, action.name, action.credits, action.unit_cost)
            for action in actions
            if action.meter == feature.code and action.unit_cost > ZERO
        ]
        if feature.allowance is None:
            warnings += [_unlimited_warning(feature, action, currency) for action in costs]
        elif feature.allowance > ZERO:
            warnings += _allowance_warnings(terms, feature, costs, currency=currency, target=target)
    return warnings


def _price_objections(terms: VersionTerms) -> Iterator[Objection]:
    if not terms.prices:
        yield Objection("prices", _("The plan has no price. A free plan has a price of 0."))
    for currency in terms.currencies:
        if currency not in currencies_in_use():
            yield Objection(
                "prices", _("%(currency)s is not a currency in use.") % {"currency": currency}
            )
    given = {(price.currency, price.interval, price.kind) for price in terms.prices}
    offered = product(
        terms.currencies,
        sorted({interval for _currency, interval, _kind in given}),
        sorted({kind for _currency, _interval, kind in given}),
    )
    for currency, interval, kind in offered:
        if (currency, interval, kind) not in given:
            yield Objection("prices", _missing_price(currency, interval, kind))


def _missing_price(currency: str, interval: str, kind: str) -> str:
    words = {
        "currency": currency,
        "interval": BillingInterval(interval).label.lower(),
        "kind": PriceKind(kind).label.lower(),
    }
    return (
        _("In %(currency)s there is no %(interval)s %(kind)s price, but elsewhere there is one.")
        % words
    )


def _seat_objections(terms: VersionTerms) -> Iterator[Objection]:
    if terms.included_seats == 0:
        yield Objection("seats", _("A plan includes at least one seat, or any number."))
    if terms.included_seats and any(price.kind == PriceKind.PER_SEAT for price in terms.prices):
        yield Objection("seats", _("A price per seat charges every seat, so none is included."))


def _trial_objections(terms: VersionTerms) -> Iterator[Objection]:
    if terms.trial_days > 0 and terms.prices and terms.is_free:
        yield Objection("trial", _("A plan that costs nothing has nothing to try for free."))


def _collection_objections(terms: VersionTerms) -> Iterator[Objection]:
    """A Billing Meter multiplies what is reported by one price; it can do nothing else."""
    if terms.overage_collection != OverageCollection.BILLING_METER:
        return
    sold = [feature for feature in terms.metered if feature.overage]
    if not sold:
        yield Objection("overage", _("There is no overage that a Billing Meter could count."))
    for feature in sold:
        for currency, pricing in feature.overage.items():
            if pricing.only_price is None:
                detail = _("%(currency)s: A Billing Meter needs one price for every unit.")
                yield Objection(feature.code, detail % {"currency": currency})


def _flag_objections(feature: FeatureTerms) -> Iterator[str]:
    if feature.value is None:
        yield _("The feature has no value.")
    elif not fits(feature.value, value_type=feature.value_type):
        yield _("The value must be of the type %(type)s.") % {"type": feature.value_type}
    metered_terms = (feature.allowance, feature.limit, feature.rollover, feature.overage or None)
    if any(term is not None for term in metered_terms):
        yield _("Only a metered feature has an allowance, a limit, a rollover or an overage price.")


def _metered_objections(feature: FeatureTerms, currencies: Sequence[str]) -> Iterator[str]:
    if feature.value is not None:
        yield _("A metered feature has an allowance, not a value.")
    if feature.allowance is None:
        if feature.limit is not None or feature.overage or feature.rollover is not None:
            yield _("Unlimited usage leaves no room for a limit, an overage price or a rollover.")
        return
    yield from _overage_objections(feature, currencies)
    if feature.rollover is not None and feature.allowance == ZERO:
        yield _("Without an allowance there is nothing to roll over.")
    if feature.limit is not None:
        yield from _limit_objections(feature, feature.limit, feature.allowance)


def _overage_objections(feature: FeatureTerms, currencies: Sequence[str]) -> Iterator[str]:
    if feature.overage and set(feature.overage) != set(currencies):
        yield _("The overage price is in %(overage)s, but the plan is sold in %(plan)s.") % {
            "overage": ", ".join(feature.overage),
            "plan": ", ".join(currencies) or "-",
        }
    for currency, pricing in feature.overage.items():
        for objection in list_pricing_objections(pricing):
            yield f"{currency}: {objection}"
    models = {pricing.model for pricing in feature.overage.values()}
    if Model.PERCENTAGE in models and feature.aggregation in COUNTED:
        yield _("A percentage is taken of a reported value, but the meter only counts.")


def _limit_objections(feature: FeatureTerms, limit: Decimal, allowance: Decimal) -> Iterator[str]:
    if limit < allowance:
        yield _("The limit of %(limit)s is below the allowance of %(allowance)s.") % {
            "limit": quantity_words(limit),
            "allowance": quantity_words(allowance),
        }
    elif limit == allowance and feature.overage:
        yield _("With a limit that equals the allowance there is no overage to sell.")


def _allowance_warnings(
    terms: VersionTerms,
    feature: FeatureTerms,
    costs: Sequence[ActionCost],
    *,
    currency: str,
    target: Decimal,
) -> Iterator[MarginWarning]:
    assert feature.allowance is not None
    for interval in BillingInterval:
        price = terms.base_price(currency=currency, interval=interval)
        if price is None:
            continue
        base = base_charge(price=price, seats=terms.included_seats or 1).amount
        month = base if interval == BillingInterval.MONTH else base / 12
        for item in included_credit_margins(base=month, allowance=feature.allowance, actions=costs):
            if item.misses(target):
                yield _allowance_warning(
                    feature, item, interval=interval, currency=currency, target=target
                )


def _allowance_warning(
    feature: FeatureTerms,
    item: ActionMargin,
    *,
    interval: BillingInterval,
    currency: str,
    target: Decimal,
) -> MarginWarning:
    words = {
        "action": item.action.name,
        "interval": interval.label.lower(),
        "cost": unit_price_words(item.action.unit_cost, currency=currency),
        "revenue": unit_price_words(_FOUR_DIGITS.plus(item.revenue), currency=currency),
        "target": quantity_words(target * 100),
    }
    if item.margin is None:
        percent = None
        detail = _("%(action)s costs %(cost)s and earns nothing while the allowance lasts.") % words
    else:
        percent = in_percent(item.margin)
        words["margin"] = quantity_words(percent)
        detail = (
            _(
                "%(action)s costs %(cost)s and, at the %(interval)s price, earns %(revenue)s when "
                "the whole allowance is used: a margin of %(margin)s %%, below the target of "
                "%(target)s %%."
            )
            % words
        )
    return MarginWarning(feature.code, item.action.code, interval, percent, detail)


def _unlimited_warning(feature: FeatureTerms, action: ActionCost, currency: str) -> MarginWarning:
    detail = _(
        "%(action)s costs %(cost)s each time, and usage is unlimited: no price covers a heavy user."
    ) % {
        "action": action.name,
        "cost": unit_price_words(action.unit_cost, currency=currency),
    }
    return MarginWarning(feature.code, action.code, None, None, detail)
