"""Reads of properties and their definitions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.kernel.errors import NotFound

from ..models import Organization, PropertyDefinition, PropertyValue
from .values import Value, value_of


class PropertyNotFound(NotFound):
    """There is no such property, or the caller may not know of it."""

    code = "property_not_found"
    title = "No such property"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an organization and what it is; None: it is not set."""

    key: str
    name: str
    description: str
    type: str
    category: str
    is_public: bool
    value: Value | None
    changed_at: datetime | None


def list_definitions(*, public_only: bool) -> list[PropertyDefinition]:
    """Return the definitions by category and key; without those that organizations may not see."""
    definitions = PropertyDefinition.objects.order_by("category", "key")
    return list(definitions.filter(is_public=True) if public_only else definitions)


def get_definition(*, key: str) -> PropertyDefinition:
    """Return a definition. Raises `PropertyNotFound`."""
    return get_definitions(keys=[key])[key]


def get_definitions(*, keys: Collection[str]) -> dict[str, PropertyDefinition]:
    """Return definitions by their keys. Raises `PropertyNotFound` if one does not exist."""
    found = {row.key: row for row in PropertyDefinition.objects.filter(key__in=keys)}
    for key in keys:
        if key not in found:
            raise PropertyNotFound(f"There is no property “{key[:80]}”.", key=key[:80])
    return found


def list_properties(*, organization: Organization, public_only: bool) -> list[Property]:
    """
    Return every property with what the organization has there, by category and key.

    With `public_only`, what the organization itself may see.
    """
    stored = stored_values(organization=organization)
    return [
        describe(definition, stored.get(definition.pk))
        for definition in list_definitions(public_only=public_only)
    ]


def stored_values(*, organization: Organization) -> Mapping[int, PropertyValue]:
    """Return what is stored for an organization, by the key of its definition."""
    rows = PropertyValue.objects.owned_by(organization)
    return {row.definition_id: row for row in rows}


def describe(definition: PropertyDefinition, stored: PropertyValue | None) -> Property:
    """Return a property with what is stored."""
    return Property(
        key=definition.key,
        name=definition.name,
        description=definition.description,
        type=definition.type,
        category=definition.category,
        is_public=definition.is_public,
        value=None if stored is None else value_of(stored),
        changed_at=None if stored is None else stored.changed_at,
    )
