"""What a price may say about amounts, tiers and intervals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.resources.merging import one_of
from billing.sandbox.store import Row

MOST_DECIMALS = 12
HIGHEST = 99_999_999_999
LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}
CURRENCIES = frozenset(
    "aed aud bgn brl cad chf clp cny cop czk dkk eur gbp hkd huf idr ils inr isk jpy krw mxn myr"
    " nok nzd pen php pln ron sar sek sgd thb try twd uah usd vnd zar".split()
)


def checked_currency(currency: str) -> str:
    """The currency in lower case. Raises ``StripeError`` for one that is not known."""
    if currency.lower() not in CURRENCIES:
        raise invalid(f"Invalid currency: {currency}.", param="currency")
    return currency.lower()


def amounts(given: dict[str, Any]) -> Row:
    """Both forms of the one amount that is given. Raises ``StripeError`` for none or two."""
    if "tiers" in given or "tiers_mode" in given:
        raise invalid(
            "tiers and tiers_mode may only be given if billing_scheme is tiered.", param="tiers"
        )
    name = one_of(given, "unit_amount", "unit_amount_decimal")
    return _both("unit_amount", given[name], name)


def tiered(given: dict[str, Any]) -> list[Row]:
    """The tiers as Stripe shows them; the last one has no end. Raises ``StripeError``."""
    for name in ("unit_amount", "unit_amount_decimal"):
        if name in given:
            raise invalid(f"{name} may not be given if billing_scheme is tiered.", param=name)
    for name in ("tiers", "tiers_mode"):
        if not given.get(name):
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    steps = given["tiers"]
    ends = [step["up_to"] for step in steps]
    if ends[-1] != "inf" or "inf" in ends[:-1] or ends[:-1] != sorted(set(ends[:-1])):
        raise invalid(
            "The tiers must be ascending by up_to, and the last one must end at 'inf'.",
            param="tiers",
        )
    return [_tier(step, f"tiers[{position}]") for position, step in enumerate(steps)]


def recurrence(tools: Tools, given: dict[str, Any] | None) -> Row | None:
    """How often, and by which meter. Raises ``StripeError``."""
    if given is None:
        return None
    count, usage = given.get("interval_count", 1), given.get("usage_type", "licensed")
    if not 1 <= count <= LONGEST[given["interval"]]:
        raise invalid("The interval may be at most three years.", param="recurring[interval_count]")
    meter = given.get("meter")
    if (usage == "metered") != (meter is not None):
        raise invalid(
            "A price with usage_type=metered must be backed by a meter, and no other may be.",
            param="recurring[meter]",
        )
    if meter is not None:
        _check_meter(tools, meter)
    return {
        "interval": given["interval"],
        "interval_count": count,
        "meter": meter,
        "usage_type": usage,
    }


def _check_meter(tools: Tools, id: str) -> None:
    meter = tools.store.get("billing.meter", id, param="recurring[meter]", status=400)
    if meter["status"] != "active":
        raise invalid("The meter is not active.", param="recurring[meter]")


def _tier(step: dict[str, Any], path: str) -> Row:
    tier: Row = {"flat_amount": None, "flat_amount_decimal": None, "unit_amount": None}
    tier |= {
        "unit_amount_decimal": None,
        "up_to": None if step["up_to"] == "inf" else step["up_to"],
    }
    named = [name for name in step if name != "up_to"]
    if not named:
        raise invalid(f"{path} needs a flat_amount or a unit_amount.", param=path)
    for kind in ("flat_amount", "unit_amount"):
        given = [name for name in named if name.startswith(kind)]
        if len(given) > 1:
            raise invalid(f"You may only specify one of these parameters: {', '.join(given)}.")
        if given:
            tier |= _both(kind, step[given[0]], f"{path}[{given[0]}]")
    return tier


def _both(kind: str, given: int | str, param: str) -> Row:
    """An amount as whole minor units, null if there is a fraction, and as a decimal text."""
    amount = Decimal(given)
    if not 0 <= amount <= HIGHEST:
        raise _out_of_range(param)
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise invalid(f"{param} may have at most {MOST_DECIMALS} decimal places.", param=param)
    whole = amount == amount.to_integral_value()
    plain = f"{amount:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return {kind: int(amount) if whole else None, f"{kind}_decimal": plain}


def _out_of_range(param: str) -> StripeError:
    return invalid(f"Invalid {param}: must be between 0 and {HIGHEST}.", param=param)
