"""
Which keys an answer has, at every depth. Values do not matter.

None stands for whatever is no object with known keys: a value, an empty list, a map of words that
people chose.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any, Final

Shape = dict[str, Any] | None

# Maps whose keys are chosen by whoever made the object.
FREE: Final = frozenset({"metadata"})


def shape_of(answer: Any) -> Shape:
    """The shape of an answer; that of a list is all that its members have together."""
    if isinstance(answer, list):
        return reduce(merged, map(shape_of, answer), None)
    if not isinstance(answer, dict) or not answer:
        return None
    if answer.get("object") == "event":
        answer = {**answer, "data": None}
    return {key: None if key in FREE else shape_of(value) for key, value in answer.items()}


def merged(one: Shape, other: Shape) -> Shape:
    """What is in either of them."""
    if one is None or other is None:
        return one or other
    return {key: merged(one.get(key), other.get(key)) for key in one.keys() | other.keys()}


def differences(sandbox: Shape, stripe: Shape, *, at: str = "") -> Iterator[str]:
    """
    Say which keys only one of them has. Below what one of them left empty nothing can be said.
    """
    if sandbox is None or stripe is None:
        return
    for key in sorted(sandbox.keys() | stripe.keys()):
        place = f"{at}.{key}" if at else key
        if key not in stripe:
            yield f"only the sandbox has {place}"
        elif key not in sandbox:
            yield f"only Stripe has {place}"
        else:
            yield from differences(sandbox[key], stripe[key], at=place)
