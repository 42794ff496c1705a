"""Money and quantities inside sentences, in the language of the reader."""

from copy import copy
from decimal import ROUND_HALF_UP, Context, Decimal

from babel.numbers import format_decimal
from django.utils.translation import ngettext

from config.kernel.locales import current_locale
from config.kernel.money import Money, minor_digits

_FEWEST_DECIMALS = 2
_FOUR_DIGITS = Context(prec=4)


def money_words(money: Money) -> str:
    """$99 for a whole amount, $99.15 otherwise."""
    is_whole = money.amount == money.amount.to_integral_value()
    return _currency_words(
        money.amount, money.currency, 0 if is_whole else minor_digits(money.currency)
    )


def unit_price_words(price: Decimal, *, currency: str) -> str:
    """$0.15 or $0.0598: every decimal that the price has, and no fewer than two for a fraction."""
    exponent = price.normalize().as_tuple().exponent
    assert isinstance(exponent, int), price
    decimals = max(0, -exponent)
    return _currency_words(price, currency, max(decimals, _FEWEST_DECIMALS) if decimals else 0)


def short_price_words(price: Decimal, *, currency: str) -> str:
    """$0.05983 for 0.059826...: four digits, for what is a quotient or a mean."""
    return unit_price_words(_FOUR_DIGITS.plus(price), currency=currency)


def rough_money_words(amount: Decimal, *, currency: str) -> str:
    """$150: an amount in major units without decimals, for estimates of worth."""
    return _currency_words(amount.quantize(Decimal(1), ROUND_HALF_UP), currency, 0)


def percent_words(share: Decimal) -> str:
    """25 % for 0.254; <1 % for more than nothing but less than one percent."""
    hundredths = share * 100
    if 0 < hundredths < 1:
        return "<1 %"
    return f"{quantity_words(hundredths.quantize(Decimal(1), ROUND_HALF_UP))} %"


def tenths_words(share: Decimal) -> str:
    """47.6 % for 0.4761, -104.0 % for a loss: one decimal, half up."""
    tenths = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{format_decimal(tenths, format='#,##0.0', locale=current_locale())} %"


def quantity_words(quantity: Decimal | int) -> str:
    """1,000 or 0.5: no decimals that say nothing."""
    return format_decimal(quantity, locale=current_locale(), decimal_quantization=False)


def free_days_words(days: int) -> str:
    """14 days free."""
    return ngettext("%(days)s day free", "%(days)s days free", days) % {
        "days": quantity_words(days)
    }


def _currency_words(amount: Decimal, currency: str, decimals: int) -> str:
    locale = current_locale()
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))
