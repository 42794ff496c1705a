"""The public pricing page: plans on sale, what credits buy, and what my usage would cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.catalog.offers import FeatureOffer, PlanOffer, PricingTable
from billing.catalog.overage_words import further_words
from billing.catalog.queries import get_pricing_table
from billing.choices import BillingInterval, ValueType
from metering.credits.rollover import expiry_sentence

from ...formatting import credits_text, percent_text, value_text
from .actions import Buys, CreditLine, credit_lines, what_credits_buy
from .calculator import PlanEstimate, estimate_plans
from .comparison import MatrixRow, compare_plans
from .plan_words import price_words, seats_words, trial_words, yearly_saving

EXAMPLE_CREDITS: Final = Decimal(2_500)


@dataclass(frozen=True, slots=True)
class PricingQuestion:
    """What the visitor wants to see; the address of the page says it all."""

    interval: str = BillingInterval.MONTH
    currency: str = ""
    credits: Decimal | None = None

    def link(self, **changes: str) -> str:
        """The address with these parts changed."""
        parts = {
            "interval": self.interval,
            "currency": self.currency,
            "credits": "" if self.credits is None else str(self.credits),
            **changes,
        }
        return "?" + urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class Switch:
    """One position of a switch."""

    label: str
    note: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One line of a card."""

    text: str
    is_included: bool


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One plan on sale."""

    code: str
    name: str
    tagline: str
    highlight: str
    price: str
    price_unit: str
    price_note: str
    trial: str
    lines: tuple[FeatureLine, ...]
    buys: tuple[Buys, ...]
    bought_with: str
    expiry: str
    summary: str
    cta_label: str
    cta_url: str


@dataclass(frozen=True, slots=True)
class PricingPage:
    """Everything on the pricing page."""

    cards: tuple[PlanCard, ...]
    intervals: tuple[Switch, ...]
    currencies: tuple[Switch, ...]
    currency: str
    interval: str
    unit_plural: str
    rate_card: tuple[CreditLine, ...]
    worth_currency: str
    example_credits: Decimal
    asked_credits: Decimal | None
    asked_buys: tuple[Buys, ...]
    estimates: tuple[PlanEstimate, ...]
    cheapest: str
    matrix: tuple[MatrixRow, ...]

    @property
    def has_trials(self) -> bool:
        """Whether a plan can be tried, so that every card keeps a line for it."""
        return any(card.trial for card in self.cards)


def present_pricing(*, question: PricingQuestion, now: datetime) -> PricingPage:
    """Read the plans on sale as one visitor wants to see them."""
    table = get_pricing_table(at=now)
    currency = (
        question.currency
        if question.currency in table.currencies
        else next(iter(table.currencies), "")
    )
    interval = question.interval if question.interval in table.intervals else BillingInterval.MONTH
    question = PricingQuestion(
        interval, currency if len(table.currencies) > 1 else "", question.credits
    )
    meter = _leading_meter(table.plans)
    actions = [
        action for action in table.actions if meter is not None and action.meter == meter.code
    ]
    credits = EXAMPLE_CREDITS if question.credits is None else question.credits
    estimates = (
        estimate_plans(table.plans, meter=meter.code, credits=credits, currency=currency)
        if meter
        else ()
    )
    return PricingPage(
        cards=tuple(
            _card(plan, table, currency=currency, interval=interval, meter=meter)
            for plan in table.plans
        ),
        intervals=_interval_switch(table, question, currency=currency, interval=interval),
        currencies=_currency_switch(table, question, currency=currency),
        currency=currency,
        interval=interval,
        unit_plural=meter.unit_plural if meter else _("credits"),
        rate_card=credit_lines(actions=actions, allowance=None, remaining=None),
        worth_currency=settings.REPORTING_CURRENCY,
        example_credits=credits,
        asked_credits=question.credits,
        asked_buys=what_credits_buy(credits, actions=actions),
        estimates=estimates,
        cheapest=next((estimate.name for estimate in estimates if estimate.is_cheapest), ""),
        matrix=compare_plans(table.plans, currency=currency, interval=interval),
    )


def _leading_meter(plans: Sequence[PlanOffer]) -> FeatureOffer | None:
    """The metered feature that the plans differ in: the first with an allowance."""
    return next(
        (feature for plan in plans for feature in plan.features if feature.is_metered), None
    )


def _card(
    plan: PlanOffer,
    table: PricingTable,
    *,
    currency: str,
    interval: str,
    meter: FeatureOffer | None,
) -> PlanCard:
    feature = plan.feature(meter.code) if meter else None
    price = price_words(plan, currency=currency, interval=interval)
    allowance = feature.allowance if feature else None
    return PlanCard(
        code=plan.code,
        name=plan.name,
        tagline=plan.tagline,
        highlight=plan.highlight,
        price=price.amount,
        price_unit=price.unit,
        price_note=price.note,
        trial=trial_words(plan),
        lines=tuple(_lines(plan, table.plans, currency=currency)),
        buys=what_credits_buy(
            allowance, actions=[action for action in table.actions if action.meter == feature.code]
        )
        if allowance and feature
        else (),
        bought_with=f"{credits_text(allowance)} {feature.unit_plural}"
        if allowance and feature
        else "",
        expiry=expiry_sentence(feature.rollover, unit_plural=feature.unit_plural)
        if allowance and feature
        else "",
        summary=plan.summary,
        cta_label=_("Start with %(plan)s") % {"plan": plan.name}
        if plan.is_self_serve
        else _("Talk to sales"),
        cta_url=_signup_url(plan, interval=interval)
        if plan.is_self_serve
        else f"mailto:{settings.SALES_EMAIL}?{urlencode({'subject': plan.name})}",
    )


def _signup_url(plan: PlanOffer, *, interval: str) -> str:
    wish = {"plan_interest": plan.code, "interval": interval}
    return f"{reverse('portal:signup')}?{urlencode(wish)}"


def _lines(plan: PlanOffer, plans: Sequence[PlanOffer], *, currency: str) -> list[FeatureLine]:
    lines = [FeatureLine(seats_words(plan.included_seats), is_included=True)]
    for feature in plan.features:
        if feature.is_metered:
            lines += [
                FeatureLine(text, is_included=True)
                for text in _metered_lines(feature, currency=currency)
            ]
    for code in _flag_codes(plans):
        flag = plan.feature(code)
        named = flag or next(other for other in (one.feature(code) for one in plans) if other)
        text = _flag_text(flag) if flag else ""
        lines.append(FeatureLine(text or named.name, is_included=bool(text)))
    return lines


def _metered_lines(feature: FeatureOffer, *, currency: str) -> list[str]:
    if feature.is_unlimited:
        return [_("Unlimited %(units)s") % {"units": feature.unit_plural}]
    lines = []
    if feature.allowance:
        quantity = {"quantity": credits_text(feature.allowance), "units": feature.unit_plural}
        lines.append(_("%(quantity)s %(units)s a month") % quantity)
    pricing = feature.overage.get(currency)
    if pricing is not None:
        lines.append(further_words(pricing, unit=feature.unit, unit_plural=feature.unit_plural))
    return lines


def _flag_codes(plans: Sequence[PlanOffer]) -> list[str]:
    return list(
        dict.fromkeys(one.code for plan in plans for one in plan.features if not one.is_metered)
    )


def _flag_text(flag: FeatureOffer) -> str:
    """What a flag gives; empty if it gives nothing."""
    if flag.value in (None, False, ""):
        return ""
    if flag.value is True or flag.value_type == ValueType.JSON:
        return flag.name
    return f"{flag.name}: {value_text(flag.value)}"


def _interval_switch(
    table: PricingTable, question: PricingQuestion, *, currency: str, interval: str
) -> tuple[Switch, ...]:
    if len(table.intervals) < len(BillingInterval):
        return ()
    savings = [saved for plan in table.plans if (saved := yearly_saving(plan, currency=currency))]
    note = _("save up to %(share)s") % {"share": percent_text(max(savings))} if savings else ""
    return (
        Switch(
            _("Monthly"),
            "",
            question.link(interval=BillingInterval.MONTH),
            interval == BillingInterval.MONTH,
        ),
        Switch(
            _("Yearly"),
            note,
            question.link(interval=BillingInterval.YEAR),
            interval == BillingInterval.YEAR,
        ),
    )


def _currency_switch(
    table: PricingTable, question: PricingQuestion, *, currency: str
) -> tuple[Switch, ...]:
    if len(table.currencies) == 1:
        return ()
    return tuple(
        Switch(code, "", question.link(currency=code), code == currency)
        for code in table.currencies
    )
