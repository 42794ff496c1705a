"""
Costs and usage in templates: `{% load tallybook %}`.

The tags write the elements of Tallybook's module with the answer inside, so that a page is
complete without JavaScript, and kept up to date where the module is loaded.
"""

import logging
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django import template
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tallybook._core.models import Balance, Estimate
from tallybook.client import Tallybook
from tallybook.django.clients import client_of
from tallybook.errors import TallybookError
from tallybook.wire import Quantity

logger: Final = logging.getLogger("tallybook.django")
register = template.Library()

Answer = TypeVar("Answer")


@register.simple_tag(takes_context=True)
def cost_at_button(
    context: template.Context, action: str, quantity: Quantity = 1, **attributes: str
) -> SafeString:
    """
    Say what an action takes: `50 credits • 1 % of monthly allowance • about $150 of value`.

    Further attributes, such as `id`, are the element's. If Tallybook does not answer, the element
    is empty, and the log says why.
    """
    given = {"action": action, "quantity": str(quantity), **attributes}
    estimate = _ask(
        context,
        lambda tallybook: tallybook.estimates.get(
            action, quantity=quantity, language=get_language()
        ),
    )
    inside = "" if estimate is None else _cost(estimate)
    return format_html("<tallybook-cost{}>{}</tallybook-cost>", flatatt(given), inside)


@register.simple_tag(takes_context=True)
def usage_meter(context: template.Context, feature: str, **attributes: str) -> SafeString:
    """
    Show what was used of a metered feature and what is left, as a bar and in words.

    Further attributes, and what happens without an answer, are as for `cost_at_button`.
    """
    given = {"feature": feature, **attributes}
    balance = _ask(
        context, lambda tallybook: tallybook.balances.get(feature, language=get_language())
    )
    inside = "" if balance is None else _meter(balance)
    return format_html("<tallybook-usage{}>{}</tallybook-usage>", flatatt(given), inside)


def _cost(estimate: Estimate) -> SafeString:
    if not estimate.shortage:
        return format_html("<span>{}</span>", estimate.sentence)
    return format_html("<span>{}</span> <strong>{}</strong>", estimate.sentence, estimate.shortage)


def _meter(balance: Balance) -> SafeString:
    words = format_html("<strong>{}</strong> <span>{}</span>", balance.name, balance.sentence)
    if balance.unlimited:
        return words
    bar = {"min": "0", "max": balance.granted, "value": balance.used, "aria-label": balance.name}
    return format_html("{} <meter{}></meter>", words, flatatt(bar))


def _ask(context: template.Context, question: Callable[[Tallybook], Answer]) -> Answer | None:
    request: Any = context["request"]
    assert isinstance(request, HttpRequest), "the template needs the request context processor"
    try:
        return question(client_of(request))
    except TallybookError as error:
        logger.warning("Tallybook did not say what a page wanted to show: %s", error)
        return None
