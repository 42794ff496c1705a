"""Values as they go over the wire: decimals and instants as text, nothing rounded."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

Quantity = Decimal | int | str


def wire_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, without what is None. Raises `TypeError` and `ValueError` for what cannot."""
    return {name: _wire(name, value) for name, value in values.items() if value is not None}


def _wire(name: str, value: Any) -> Any:
    if isinstance(value, float):
        raise TypeError(f"{name}: a float is rounded already; give a Decimal, a text or an int")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name}: an instant needs a time zone")
        return value.isoformat()
    return value
