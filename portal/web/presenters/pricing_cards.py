"""The cards of a pricing table: what staff wrote, and the plan's own words for the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.catalog.offers import FeatureOffer, PlanOffer
from billing.catalog.overage_words import further_words, overage_words
from billing.pricing_tables.content import CardTexts
from billing.pricing_tables.queries import ShownTable
from metering.expiry_words import expiry_sentence

from ...formatting import credits_text, has_words, value_text
from .actions import Buys, what_credits_buy
from .plan_words import price_words, seats_words, trial_words


@dataclass(frozen=True, slots=True)
class View:
    """How a visitor looks at a table."""

    currency: str
    interval: str
    language: str


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One line of a card."""

    text: str
    is_included: bool


@dataclass(frozen=True, slots=True)
class Purse:
    """The credits of a plan: what they buy, and whether they expire."""

    bought_with: str = ""
    buys: tuple[Buys, ...] = ()
    expiry: str = ""


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One plan on sale."""

    code: str
    name: str
    tagline: str
    highlight: str
    is_highlighted: bool
    price: str
    price_unit: str
    price_note: str
    trial: str
    lines_heading: str
    lines: tuple[FeatureLine, ...]
    purse: Purse
    summary: str
    cta_label: str
    cta_url: str


def present_card(
    plan: PlanOffer, shown: ShownTable, view: View, *, meter: FeatureOffer | None
) -> PlanCard:
    """Return the card of one plan; its price and its trial are never staff's to write."""
    content = shown.card_of(plan.code)
    texts = content.said_in(view.language) if content is not None else CardTexts()
    price = price_words(plan, currency=view.currency, interval=view.interval)
    return PlanCard(
        code=plan.code,
        name=texts.heading or plan.name,
        tagline=texts.description or plan.tagline,
        highlight=texts.highlight or plan.highlight,
        is_highlighted=content.is_highlighted if content is not None else bool(plan.highlight),
        price=price.amount,
        price_unit=price.unit,
        price_note=price.note,
        trial=trial_words(plan),
        lines_heading=texts.features_heading,
        lines=tuple(_lines(plan, shown, texts, currency=view.currency)),
        purse=_purse(plan, shown, meter=meter),
        summary=plan.summary,
        cta_label=texts.call_to_action or _call_to_action(plan),
        cta_url=_sign_up_url(plan, shown, interval=view.interval)
        if plan.is_self_serve
        else f"mailto:{settings.SALES_EMAIL}?{urlencode({'subject': plan.name})}",
    )


def _call_to_action(plan: PlanOffer) -> str:
    if plan.is_self_serve:
        return _("Start with %(plan)s") % {"plan": plan.name}
    return _("Talk to sales")


def _sign_up_url(plan: PlanOffer, shown: ShownTable, *, interval: str) -> str:
    wish = {"plan_interest": plan.code, "interval": interval}
    if not shown.is_default:
        wish["pricing_table_key"] = shown.key
    return f"{reverse('portal:signup')}?{urlencode(wish)}"


def _purse(plan: PlanOffer, shown: ShownTable, *, meter: FeatureOffer | None) -> Purse:
    feature = plan.feature(meter.code) if meter else None
    if feature is None or not feature.allowance:
        return Purse()
    actions = [action for action in shown.offered.actions if action.meter == feature.code]
    return Purse(
        bought_with=f"{credits_text(feature.allowance)} {feature.unit_plural}",
        buys=what_credits_buy(feature.allowance, actions=actions),
        expiry=expiry_sentence(feature.rollover, unit_plural=feature.unit_plural),
    )


def _lines(
    plan: PlanOffer, shown: ShownTable, texts: CardTexts, *, currency: str
) -> Iterator[FeatureLine]:
    """What is included and what more of it costs; then staff's own lines, or the plan's flags."""
    if not texts.features:
        yield FeatureLine(seats_words(plan.included_seats), is_included=True)
    for feature in plan.features:
        if feature.is_metered:
            for text in _metered_lines(feature, currency=currency):
                yield FeatureLine(text, is_included=True)
    for text in texts.features:
        yield FeatureLine(text, is_included=True)
    if not texts.features:
        yield from _flag_lines(plan, shown)


def _flag_lines(plan: PlanOffer, shown: ShownTable) -> Iterator[FeatureLine]:
    for named in _flags(shown.offered.plans):
        flag = plan.feature(named.code)
        text = _flag_text(flag) if flag else ""
        yield FeatureLine(text or named.name, is_included=bool(text))


def _metered_lines(feature: FeatureOffer, *, currency: str) -> list[str]:
    if feature.is_unlimited:
        return [_("Unlimited %(units)s") % {"units": feature.unit_plural}]
    pricing = feature.overage.get(currency)
    units = {"unit": feature.unit, "unit_plural": feature.unit_plural}
    if not feature.allowance:
        return [] if pricing is None else [overage_words(pricing, **units)]
    quantity = {"quantity": credits_text(feature.allowance), "units": feature.unit_plural}
    lines = [_("%(quantity)s %(units)s a month") % quantity]
    if pricing is not None:
        lines.append(further_words(pricing, **units))
    return lines


def _flags(plans: Sequence[PlanOffer]) -> list[FeatureOffer]:
    """Every flag that one of the plans names, once."""
    named: dict[str, FeatureOffer] = {}
    for plan in plans:
        for feature in plan.features:
            if not feature.is_metered:
                named.setdefault(feature.code, feature)
    return list(named.values())


def _flag_text(flag: FeatureOffer) -> str:
    """What a flag gives; empty if it gives nothing."""
    if flag.value in (None, False, "", [], {}):
        return ""
    if flag.value is True or not has_words(flag.value):
        return flag.name
    return f"{flag.name}: {value_text(flag.value)}"
