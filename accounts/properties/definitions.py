"""The company defines which properties its organizations have."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from config.kernel.constraints import CODE_PATTERN
from config.kernel.errors import DomainError, Invalid

from ..audit.actor import Actor
from ..audit.operations import differences, record
from ..choices import PropertyType
from ..models import PropertyDefinition
from ..names import clean_name

_KEY: Final = re.compile(CODE_PATTERN)


class PropertyKeyTaken(DomainError):
    """Another property has this key."""

    code = "property_key_taken"
    title = "The key is taken"


class PropertyInUse(DomainError):
    """Organizations have something there."""

    code = "property_in_use"
    title = "The property is in use"


@dataclass(frozen=True, slots=True)
class PropertyDetails:
    """What may be said of a property, now and later."""

    name: str
    description: str = ""
    category: str = ""
    is_public: bool = False

    def cleaned(self) -> "PropertyDetails":
        """The same as it is stored. Raises `Invalid`."""
        return PropertyDetails(
            name=clean_name(self.name, what=_("The name"), longest=80),
            description=clean_name(
                self.description, what=_("The description"), longest=200, may_be_empty=True
            ),
            category=clean_name(
                self.category, what=_("The category"), longest=40, may_be_empty=True
            ),
            is_public=self.is_public,
        )


@transaction.atomic
def define_property(
    *, key: str, type: str, details: PropertyDetails, actor: Actor, now: datetime
) -> PropertyDefinition:
    """
    Store a new property. Its key and its type stay for good.

    Raises `Invalid` and `PropertyKeyTaken`.
    """
    if _KEY.fullmatch(key) is None:
        raise Invalid(
            _(
                "A key has at most 63 small letters, digits and underscores, and starts with "
                "a letter."
            )
        )
    if type not in PropertyType.values:
        raise Invalid(f"The type is one of {', '.join(PropertyType.values)}.")
    cleaned = asdict(details.cleaned())
    definition = PropertyDefinition(key=key, type=type, **cleaned)
    try:
        with transaction.atomic():
            definition.save(force_insert=True)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise PropertyKeyTaken(_("There is a property “%(key)s”.") % {"key": key}) from error
    after = {"type": type} | cleaned
    record(
        actor=actor,
        action="property.created",
        target=key,
        changes={name: [None, value] for name, value in after.items()},
        now=now,
    )
    return definition


@transaction.atomic
def change_property(
    *, definition: PropertyDefinition, details: PropertyDetails, actor: Actor, now: datetime
) -> PropertyDefinition:
    """
    Change what is said of a property, and return it as it now is.

    Writes nothing if nothing is different. Raises `Invalid`.
    """
    current = PropertyDefinition.objects.select_for_update().get(pk=definition.pk)
    after = asdict(details.cleaned())
    changes = differences({name: getattr(current, name) for name in after}, after)
    if not changes:
        return current
    for name, value in after.items():
        setattr(current, name, value)
    current.save(update_fields=list(after))
    record(actor=actor, action="property.updated", target=current.key, changes=changes, now=now)
    return current


@transaction.atomic
def remove_property(*, definition: PropertyDefinition, actor: Actor, now: datetime) -> None:
    """Take a property away that no organization uses. Raises `PropertyInUse`."""
    current = PropertyDefinition.objects.select_for_update().get(pk=definition.pk)
    used_by = current.values.count()
    if used_by:
        raise PropertyInUse(
            _("“%(key)s” is set for %(used_by)s organizations: empty it there first.")
            % {"key": current.key, "used_by": used_by},
            organizations=used_by,
        )
    current.delete()
    record(actor=actor, action="property.removed", target=definition.key, now=now)
