"""Set and count up what organizations have in the company's own fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..audit.actor import Actor
from ..audit.operations import record
from ..models import Organization, PropertyDefinition, PropertyValue
from ..models.property import LARGEST_NUMBER
from ..organizations.locking import lock_organization
from .queries import Property, describe, get_definition, get_definitions, stored_values
from .values import (
    NUMBERS,
    Column,
    InvalidProperty,
    Written,
    read_number,
    read_value,
    value_of,
    write_value,
)


class NotACounter(InvalidProperty):
    """Only numbers can be counted up."""

    code = "not_a_counter"
    title = "Only numbers can be counted up"


@transaction.atomic
def set_properties(
    *,
    organization: Organization,
    values: Mapping[str, Written | None],
    actor: Actor,
    now: datetime,
) -> list[Property]:
    """
    Set these properties, all or none, and return them by key. None empties one.

    Writes nothing where nothing is different. Raises `PropertyNotFound` and `InvalidProperty`.
    """
    lock_organization(organization_id=organization.pk)
    definitions = get_definitions(keys=values.keys())
    stored = stored_values(organization=organization)
    changes: dict[str, list[Any]] = {}
    properties = []
    for key in sorted(values):
        definition, written = definitions[key], values[key]
        before = stored.get(definition.pk)
        after = _stored_as(organization, definition, before, written, now=now)
        properties.append(describe(definition, after))
        if after is not before:
            changes[key] = [_words(before), _words(after)]
    _audit(organization, changes, actor=actor, now=now)
    return properties


@transaction.atomic
def increment_property(
    *, organization: Organization, key: str, by: Written, actor: Actor, now: datetime
) -> Property:
    """
    Add to a number, which is 0 where nothing is set, and return the property as it then is.

    However many add at once, nothing is lost. Raises `PropertyNotFound`, `NotACounter`, and
    `InvalidProperty` for what is no number, or would take the property beyond its range.
    """
    lock_organization(organization_id=organization.pk)
    definition = get_definition(key=key)
    if definition.type not in NUMBERS:
        raise NotACounter(key, _("is no number."))
    step = read_number(by, type=definition.type, key=key)
    before = stored_values(organization=organization).get(definition.pk)
    number = step if before is None or before.number is None else before.number + step
    if abs(number) >= LARGEST_NUMBER:
        raise InvalidProperty(key, _("would have more than twelve digits."))
    after = _store(organization, definition, before, Column("number", number), now=now)
    _audit(organization, {key: [_words(before), _words(after)]}, actor=actor, now=now)
    return describe(definition, after)


def _stored_as(
    organization: Organization,
    definition: PropertyDefinition,
    before: PropertyValue | None,
    written: Written | None,
    *,
    now: datetime,
) -> PropertyValue | None:
    """Store what was written, and return the row; the same one if nothing is different."""
    if written is None:
        if before is not None:
            before.delete()
        return None
    column = read_value(written, type=definition.type, key=definition.key)
    if before is not None and value_of(before) == column.value:
        return before
    return _store(organization, definition, before, column, now=now)


def _store(
    organization: Organization,
    definition: PropertyDefinition,
    before: PropertyValue | None,
    column: Column,
    *,
    now: datetime,
) -> PropertyValue:
    after = PropertyValue(
        pk=None if before is None else before.pk,
        organization=organization,
        definition=definition,
        type=definition.type,
        changed_at=now,
        **{column.name: column.value},
    )
    if before is None:
        after.save(force_insert=True)
    else:
        after.save(force_update=True, update_fields=[column.name, "changed_at"])
    return after


def _words(stored: PropertyValue | None) -> Written | None:
    return None if stored is None else write_value(value_of(stored), type=stored.type)


def _audit(
    organization: Organization, changes: dict[str, list[Any]], *, actor: Actor, now: datetime
) -> None:
    if changes:
        record(
            actor=actor,
            action="organization.properties_changed",
            target=organization.public_id,
            organization=organization,
            changes=changes,
            now=now,
        )
