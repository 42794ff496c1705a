"""The public pricing page: plans on sale, what credits buy, and what my usage would cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.catalog.offers import FeatureOffer, PlanOffer, PricingTable
from billing.catalog.rate_card import RateCard
from billing.choices import BillingInterval
from billing.pricing_tables.queries import ShownTable

from ...formatting import credits_text, percent_text
from .actions import Buys, CreditLine, credit_lines, what_credits_buy
from .calculator import PlanEstimate, estimate_plans
from .comparison import MatrixRow, compare_plans
from .plan_words import yearly_saving
from .pricing_cards import PlanCard, View, present_card

EXAMPLE_CREDITS: Final = Decimal(2_500)
_QUANTITIES: Final = (500, 1_000, 2_500, 5_000, 10_000, 25_000)


@dataclass(frozen=True, slots=True)
class PricingQuestion:
    """What the visitor wants to see; the address of the page says it all."""

    interval: str = BillingInterval.MONTH
    currency: str = ""
    credits: Decimal | None = None
    # Of a table in a frame: its own, whatever the visitor's browser says.
    language: str = ""
    theme: str = ""

    def link(self, **changes: str) -> str:
        """The address with these parts changed."""
        parts = {
            "interval": self.interval,
            "currency": self.currency,
            "credits": "" if self.credits is None else str(self.credits),
            "language": self.language,
            "theme": self.theme,
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
class PricingPage:
    """Everything on the pricing page."""

    heading: str
    description: str
    url: str
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
    quantities: tuple[Switch, ...]
    estimates: tuple[PlanEstimate, ...]
    matrix: tuple[MatrixRow, ...]

    @property
    def has_trials(self) -> bool:
        """Whether a plan can be tried, so that every card keeps a line for it."""
        return any(card.trial for card in self.cards)


def present_pricing(shown: ShownTable, question: PricingQuestion) -> PricingPage:
    """Say what a table shows, as one visitor wants to see it."""
    table = shown.offered
    view = _view(table, question)
    question = replace(
        question,
        interval=view.interval,
        currency=view.currency if len(table.currencies) > 1 else "",
    )
    meter = _leading_meter(table.plans)
    actions = [
        action for action in table.actions if meter is not None and action.meter == meter.code
    ]
    credits = EXAMPLE_CREDITS if question.credits is None else question.credits
    texts = shown.content.said_in(view.language)
    return PricingPage(
        heading=texts.heading,
        description=texts.description,
        url=_address(shown) + question.link(language="", theme=""),
        cards=tuple(present_card(plan, shown, view, meter=meter) for plan in table.plans),
        intervals=_interval_switch(table, question, view),
        currencies=_currency_switch(table, question, view),
        currency=view.currency,
        interval=view.interval,
        unit_plural=meter.unit_plural if meter else _("credits"),
        rate_card=credit_lines(RateCard(tuple(actions), {}), allowance=None, remaining=None),
        worth_currency=settings.REPORTING_CURRENCY,
        example_credits=credits,
        asked_credits=question.credits,
        asked_buys=what_credits_buy(credits, actions=actions),
        quantities=_quantity_links(question, credits),
        estimates=estimate_plans(
            table.plans, meter=meter.code, credits=credits, currency=view.currency
        )
        if meter
        else (),
        matrix=compare_plans(table.plans, currency=view.currency, interval=view.interval),
    )


def _view(table: PricingTable, question: PricingQuestion) -> View:
    """What is asked for, where the table has it."""
    asked = question.currency in table.currencies
    currency = question.currency if asked else next(iter(table.currencies), "")
    interval = question.interval if question.interval in table.intervals else BillingInterval.MONTH
    return View(currency, interval, get_language() or settings.LANGUAGE_CODE)


def _address(shown: ShownTable) -> str:
    if shown.is_default:
        return reverse("portal:pricing")
    return reverse("portal:pricing_table", args=[shown.key])


def _leading_meter(plans: Sequence[PlanOffer]) -> FeatureOffer | None:
    """The metered feature that the plans differ in: the first with an allowance."""
    return next(
        (feature for plan in plans for feature in plan.features if feature.is_metered), None
    )


def _interval_switch(
    table: PricingTable, question: PricingQuestion, view: View
) -> tuple[Switch, ...]:
    if len(table.intervals) < len(BillingInterval):
        return ()
    savings = [
        saved for plan in table.plans if (saved := yearly_saving(plan, currency=view.currency))
    ]
    note = _("save up to %(share)s") % {"share": percent_text(max(savings))} if savings else ""
    positions = [
        (BillingInterval.MONTH, _("Monthly"), ""),
        (BillingInterval.YEAR, _("Yearly"), note),
    ]
    return tuple(
        Switch(label, remark, question.link(interval=interval), view.interval == interval)
        for interval, label, remark in positions
    )


def _quantity_links(question: PricingQuestion, credits: Decimal) -> tuple[Switch, ...]:
    """Quantities to reckon with at a touch."""
    return tuple(
        Switch(
            credits_text(Decimal(quantity)),
            "",
            question.link(credits=str(quantity)) + "#calculator",
            credits == quantity,
        )
        for quantity in _QUANTITIES
    )


def _currency_switch(
    table: PricingTable, question: PricingQuestion, view: View
) -> tuple[Switch, ...]:
    if len(table.currencies) == 1:
        return ()
    return tuple(
        Switch(code, "", question.link(currency=code), code == view.currency)
        for code in table.currencies
    )
