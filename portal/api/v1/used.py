"""What is used: an action so many times, or so much of a feature."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, NamedTuple, Protocol

from msgspec import Meta

from ..documents import invalid, read, read_given
from ..fields import parse_code, parse_quantity, parse_value

# What the schema says of a value. The values themselves are read by portal.api.fields, which
# checks the same and answers in sentences.
Quantity = Annotated[
    str | int,
    Meta(
        description="A decimal number above zero, at most six decimals, as text or an integer.",
        examples=["12.5", 3],
    ),
]
Value = Annotated[
    str | int,
    Meta(
        description="A decimal number, zero or above, at most six decimals, as text or an integer.",
        examples=["12.5", 3],
    ),
]


class WrittenUse(Protocol):
    """The fields with which every request says what is used."""

    @property
    def action(self) -> str | None: ...
    @property
    def quantity(self) -> str | int | None: ...
    @property
    def feature(self) -> str | None: ...
    @property
    def value(self) -> str | int | None: ...


class Use(NamedTuple):
    """An action or a metered feature, and how much of it."""

    action: str | None
    feature: str | None
    quantity: Decimal


def read_use(
    written: WrittenUse,
    *,
    at: str = "",
    parse_value: Callable[[str | int], Decimal] = parse_value,
) -> Use:
    """
    Return what is used; an action happened once unless a quantity is given.

    `at` is the JSON pointer of the item. Raises `InvalidRequest`.
    """
    if (written.action is None) is (written.feature is None):
        raise invalid(at, "action_or_feature", "Name either an action or a feature.")
    if written.action is not None:
        if written.value is not None:
            raise invalid(f"{at}/value", "wrong_field", "An action takes `quantity`.")
        times = 1 if written.quantity is None else written.quantity
        quantity = read(parse_quantity, times, at=f"{at}/quantity")
    else:
        if written.quantity is not None:
            raise invalid(f"{at}/quantity", "wrong_field", "A feature takes `value`.")
        if written.value is None:
            raise invalid(f"{at}/value", "missing", "A feature needs a `value`.")
        quantity = read(parse_value, written.value, at=f"{at}/value")
    return Use(
        action=read_given(parse_code, written.action, at=f"{at}/action"),
        feature=read_given(parse_code, written.feature, at=f"{at}/feature"),
        quantity=quantity,
    )
