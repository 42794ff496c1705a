"""JSON as it travels and rests; inside, a number with a fraction is a ``Decimal``."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def read_json(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def write_json(value: Any, *, indent: int | None = None) -> str:
    return json.dumps(value, default=_number, indent=indent, ensure_ascii=False)


def _number(value: Any) -> Any:
    """JSON's own number for a decimal: the shortest one that reads back as the same."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in JSON.")
    return int(value) if value == value.to_integral_value() else json.loads(str(value))
