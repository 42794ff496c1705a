"""How events write values: as the answers of the API do."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from config.kernel.quantities import EXACT


def instant(moment: datetime | None) -> str | None:
    """An instant in RFC 3339, in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def quantity(value: Decimal | None) -> str | None:
    """A decimal number in full, without an exponent and without zeros at its end."""
    return None if value is None else f"{value.normalize(context=EXACT):f}"


def amount(minor: int, currency: str) -> dict[str, Any]:
    """An amount of money: whole minor units beside their currency."""
    return {"amount_minor": minor, "currency": currency}
