"""A property of an organization as Kinde has it: all text."""

import json
from typing import Annotated

import msgspec
from msgspec import Meta

from accounts.properties.queries import Property
from accounts.properties.values import write_value


class KindeProperty(msgspec.Struct, frozen=True, kw_only=True):
    """A property of an organization."""

    id: str
    name: str
    description: str
    key: str
    value: Annotated[str | None, Meta(description="As text; null where nothing is set.")]


def describe_property(found: Property) -> KindeProperty:
    """Write a property as Kinde does."""
    return KindeProperty(
        id=f"prop_{found.key}",
        name=found.name,
        description=found.description,
        key=found.key,
        value=_text_of(found),
    )


def _text_of(found: Property) -> str | None:
    if found.value is None:
        return None
    written = write_value(found.value, type=found.type)
    return written if isinstance(written, str) else json.dumps(written)
