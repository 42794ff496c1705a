"""Figures of mails, in the language and the currency of their readers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from django.utils.translation import gettext as _

from config.kernel.locales import current_locale
from config.kernel.money import Money

from ..choices import BillingInterval
from ..wording import quantity_words


def money(amount: Mapping[str, Any]) -> str:
    """$299.00, or 299,00 $: every decimal that the currency has."""
    exact = Money(amount["amount_minor"], amount["currency"])
    return format_currency(exact.amount, exact.currency, locale=current_locale())


def is_nothing(amount: Mapping[str, Any]) -> bool:
    """Whether it is no money at all."""
    return bool(amount["amount_minor"] == 0)


def price(amount: Mapping[str, Any], *, interval: str) -> str:
    """$299.00 a month."""
    words = _("%(amount)s a year") if interval == BillingInterval.YEAR else _("%(amount)s a month")
    return words % {"amount": money(amount)}


def quantity(value: str) -> str:
    """5,000 or 5.000."""
    return quantity_words(Decimal(value))
