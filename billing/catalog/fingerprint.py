"""A short text that is the same for the same terms, and for no others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from .terms import VersionTerms


def fingerprint_of(terms: VersionTerms) -> str:
    """
    Return the SHA-256 of the terms, written down in one way: equal terms, equal text.

    Every field of the terms is in it, whatever fields there will be.
    """
    canonical = json.dumps(_written(terms), sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _written(value: Any) -> Any:
    """A value as JSON can say it; a quantity without idle zeros, which say nothing."""
    if is_dataclass(value):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_written(item) for item in value]
    return value
