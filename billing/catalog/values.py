"""The values of flags."""

from decimal import Decimal
from numbers import Real
from typing import Any, assert_never

from ..choices import ValueType


def fits(value: Any, *, value_type: str) -> bool:
    """Whether a JSON value, which is not null, is of the type."""
    kind = ValueType(value_type)
    match kind:
        case ValueType.BOOLEAN:
            return isinstance(value, bool)
        case ValueType.STRING:
            return isinstance(value, str)
        case ValueType.NUMBER:
            return isinstance(value, Real | Decimal) and not isinstance(value, bool)
        case ValueType.JSON:
            return value is not None
        case _:
            assert_never(kind)
