"""What an app sends as evidence: any JSON object that is small, and reads the same everywhere."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ..fields import LARGEST_INTEGER, InvalidField

LARGEST_EVIDENCE: Final = 8 * 1024


def read_evidence(written: dict[str, Any]) -> dict[str, Any]:
    """Return the evidence as it is stored. Raises `InvalidField`."""
    for value in _values(written):
        if isinstance(value, int | float) and abs(value) > LARGEST_INTEGER:
            raise InvalidField("invalid_evidence", "Send numbers beyond 2^53 as text.")
    if len(msgspec.json.encode(written)) > LARGEST_EVIDENCE:
        raise InvalidField(
            "invalid_evidence", f"The evidence has at most {LARGEST_EVIDENCE:,} bytes."
        )
    return written


def _values(value: Any) -> Iterator[Any]:
    """Everything in a document that holds nothing else."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value
