"""The only formatters of templates: money, credits, percentages and instants."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.kernel.money import Money

from .. import formatting

register = template.Library()


@register.filter
def money(amount: Money, style: str = "") -> str:
    """`{{ total|money }}` writes $299.00; `{{ price|money:"whole" }}` writes $299."""
    return formatting.money_text(amount, whole=style == "whole")


@register.filter
def unit_price(price: Decimal, currency: str) -> str:
    """`{{ price|unit_price:"USD" }}` writes $0.12, with all the places that the price has."""
    return formatting.unit_price_text(price, currency=currency)


@register.filter
def short_price(price: Decimal, currency: str) -> str:
    """`{{ mean|short_price:"USD" }}` writes $0.05983, of a price with however many places."""
    return formatting.short_price_text(price, currency=currency)


@register.filter
def credits(quantity: Decimal | int) -> str:
    """`{{ remaining|credits }}` writes 2,088 or 12.5."""
    return formatting.credits_text(Decimal(quantity))


@register.filter
def percent(share: Decimal) -> str:
    """`{{ share|percent }}` writes 25 % for a quarter."""
    return formatting.percent_text(share)


@register.filter
def amount(exact: Decimal, currency: str) -> str:
    """`{{ left|amount:"USD" }}` writes $2,380.00 for an exact amount in major units."""
    return formatting.amount_text(exact, currency=currency)


@register.filter
def unit_cost(cost: Decimal, currency: str) -> str:
    """`{{ mean|unit_cost:"USD" }}` writes $0.118333: what one costs, to at most six places."""
    return formatting.unit_cost_text(cost, currency=currency)


@register.filter
def tenths(share: Decimal) -> str:
    """`{{ margin|tenths }}` writes 47.6 % for 0.4761."""
    return formatting.tenths_text(share)


@register.filter
def unbroken(sentence: str) -> str:
    """Keep numbers and percent signs of a sentence on one line."""
    return formatting.unbroken(sentence)


@register.simple_tag
def moment(at: datetime, style: str = "full") -> SafeString:
    """Write an instant in the organization's zone, with UTC in the title."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        formatting.utc_text(at),
        formatting.moment_text(at, zone=timezone.get_current_timezone(), style=style),
    )


@register.filter
def day(at: date, style: str = "date") -> str:
    """`{{ row.day|day }}` writes 3 Nov 2026; `{{ row.day|day:"weekday" }}` writes Tue 3 Nov."""
    return formatting.date_text(at, style=style)


@register.filter
def rough_money(amount: Decimal, currency: str) -> str:
    """`{{ worth|rough_money:"USD" }}` writes $150, for what is only about so much."""
    return formatting.rough_money_text(amount, currency=currency)
