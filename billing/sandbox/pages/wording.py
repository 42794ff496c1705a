"""Amounts and moments as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
_WITHOUT_CENTS = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()
)


def money(amount: int, currency: str) -> str:
    """An amount in the smallest unit, as `$1,234.50` or `CHF 1,234.50`."""
    minus, size = ("-" if amount < 0 else ""), abs(amount)
    number = f"{size:,}" if currency in _WITHOUT_CENTS else f"{size // 100:,}.{size % 100:02}"
    sign = _SIGNS.get(currency)
    return f"{minus}{sign}{number}" if sign else f"{currency.upper()} {minus}{number}"


def moment(seconds: int) -> str:
    """A moment with its time of day, as `3 Nov 2026, 05:17 UTC`."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def day(seconds: int) -> str:
    """The day of a moment, as `3 Nov 2026`."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at.day} {at:%b %Y}"


def span(start: int, end: int) -> str:
    """From a day to a day, or that day alone."""
    first, last = day(start), day(end)
    return first if first == last else f"{first} to {last}"


def plain(code: str) -> str:
    """A code as words: `too_expensive` is `Too expensive`."""
    return code.replace("_", " ").capitalize()
