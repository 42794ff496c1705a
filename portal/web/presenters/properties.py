"""What the page of properties shows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Organization
from accounts.properties.queries import Property, list_properties

from ...formatting import credits_text, date_text


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property and what it is, in words; an empty text is not set."""

    name: str
    key: str
    description: str
    value: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Category:
    """Properties that belong together."""

    name: str
    properties: tuple[PropertyRow, ...]


@dataclass(frozen=True, slots=True)
class PropertiesPage:
    """Everything that the organization may see, and whom to ask about it."""

    categories: tuple[Category, ...]
    support_email: str


def present_properties(organization: Organization) -> PropertiesPage:
    """Read the public properties of an organization."""
    found = list_properties(organization=organization, public_only=True)
    categories = tuple(
        Category(name, tuple(_row(one) for one in group))
        for name, group in groupby(found, key=lambda one: one.category)
    )
    return PropertiesPage(categories, settings.SUPPORT_EMAIL)


def _row(one: Property) -> PropertyRow:
    return PropertyRow(one.name, one.key, one.description, _words(one), one.changed_at)


def _words(one: Property) -> str:
    value = one.value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return credits_text(value)
    if isinstance(value, date):
        return date_text(value)
    return value or ""
