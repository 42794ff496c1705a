"""How Stripe words the lines of an invoice."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from billing.sandbox.engine.money import plain
from billing.sandbox.engine.pricing import Charge
from billing.sandbox.store import Row

TIMES = "\N{MULTIPLICATION SIGN}"
SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}
WITHOUT_MINOR_UNITS = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()
)


def money(amount: Decimal, currency: str) -> str:
    """An amount of minor units for people: 9900 US cents are $99.00."""
    exact = amount if currency in WITHOUT_MINOR_UNITS else amount.scaleb(-2)
    places = 0 if currency in WITHOUT_MINOR_UNITS else 2
    fraction = plain(exact).partition(".")[2]
    number = f"{exact:.{max(places, len(fraction))}f}"
    sign = SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency.upper()}"


def priced(name: str, price: Row, charge: Charge) -> str:
    """How many of what at which price, as in Stripe's own lines."""
    each = money(Decimal(charge.unit_amount_decimal or 0), price["currency"])
    terms = f"at {each} / {_interval(price)}" if price["recurring"] else f"at {each}"
    label = f"{charge.label} " if charge.label else ""
    return f"{plain(charge.quantity)} {TIMES} {name} ({label}{terms})"


def unused(name: str, quantity: Decimal, at: int) -> str:
    """The wording of a credit for the time that is left."""
    return f"Unused time on {_counted(name, quantity)} after {_day(at)}"


def remaining(name: str, quantity: Decimal, at: int) -> str:
    """The wording of a charge for the time that is left."""
    return f"Remaining time on {_counted(name, quantity)} after {_day(at)}"


def _counted(name: str, quantity: Decimal) -> str:
    return name if quantity == 1 else f"{plain(quantity)} {TIMES} {name}"


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%d %b %Y}"


def _interval(price: Row) -> str:
    recurring = price["recurring"]
    count = recurring["interval_count"]
    return str(recurring["interval"]) if count == 1 else f"every {count} {recurring['interval']}s"
