"""Staff define which outcomes there are."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from accounts.names import clean_name
from config.kernel.errors import Invalid
from metering.models import Meter
from metering.operations.reversals import REVERSIBLE

from ..catalog.codes import CodeTaken, check_code
from ..models import OutcomeDefinition
from ..models.outcome import (
    LONGEST_CONFIRMATION_DAYS,
    LONGEST_CONFIRMATION_HOURS,
    LONGEST_REVERSAL_DAYS,
)


@dataclass(frozen=True, slots=True)
class OutcomeDetails:
    """
    What staff may say of a kind of outcome, now and later.

    It is confirmed after so many days and hours, and may be reversed for `reversal_days` after
    that (None: at any time). With a `meter`, each one confirmed is charged as one of its units.
    """

    name: str
    description: str = ""
    confirmation_days: int = 0
    confirmation_hours: int = 0
    reversal_days: int | None = None
    meter: Meter | None = None

    def cleaned(self) -> "OutcomeDetails":
        """The same as it is stored. Raises `Invalid`."""
        days, hours = self.confirmation_days, self.confirmation_hours
        if days < 0 or hours < 0 or 24 * days + hours > LONGEST_CONFIRMATION_HOURS:
            raise Invalid(
                _("The window has 0 to %(most)s days.") % {"most": LONGEST_CONFIRMATION_DAYS}
            )
        if self.reversal_days is not None and not 1 <= self.reversal_days <= LONGEST_REVERSAL_DAYS:
            raise Invalid(
                _("It may be reversed for 1 to %(most)s days, or at any time.")
                % {"most": LONGEST_REVERSAL_DAYS}
            )
        _check_meter(self.meter)
        return OutcomeDetails(
            name=clean_name(self.name, what=_("The name"), longest=80),
            description=clean_name(
                self.description, what=_("The description"), longest=200, may_be_empty=True
            ),
            confirmation_days=days,
            confirmation_hours=hours,
            reversal_days=self.reversal_days,
            meter=self.meter,
        )

    def as_values(self) -> dict[str, Any]:
        """The values of the definition's fields."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _check_meter(meter: Meter | None) -> None:
    """An outcome that is reversed has to come off the meter again, one by one."""
    if meter is not None and meter.aggregation not in REVERSIBLE:
        raise Invalid(
            _("%(meter)s is not a sum or a count: what is reversed could not be taken off it.")
            % {"meter": meter.name}
        )


@transaction.atomic
def define_outcome(
    *, code: str, details: OutcomeDetails, actor: Actor, now: datetime
) -> OutcomeDefinition:
    """
    Store a new kind of outcome. Its code stays for good.

    Raises `Invalid` and `CodeTaken`.
    """
    check_code(code)
    cleaned = details.cleaned().as_values()
    definition = OutcomeDefinition(code=code, **cleaned)
    try:
        with transaction.atomic():
            definition.save(force_insert=True)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise CodeTaken(_("There is an outcome “%(code)s”.") % {"code": code}) from error
    record(
        actor=actor,
        action="outcome_definition.created",
        target=code,
        changes={name: [None, value] for name, value in _in_words(cleaned).items()},
        now=now,
    )
    return definition


@transaction.atomic
def change_definition(
    *, definition: OutcomeDefinition, details: OutcomeDetails, actor: Actor, now: datetime
) -> OutcomeDefinition:
    """
    Change what is said of a kind of outcome; its window, its meter and how long it may be reversed
    only of what is reported from now on.

    Writes nothing if nothing is different. Raises `Invalid`.
    """
    current = OutcomeDefinition.objects.select_for_update().get(pk=definition.pk)
    after = details.cleaned().as_values()
    before = {name: getattr(current, name) for name in after}
    changes = differences(_in_words(before), _in_words(after))
    if not changes:
        return current
    for name, value in after.items():
        setattr(current, name, value)
    current.save(update_fields=list(after))
    record(
        actor=actor,
        action="outcome_definition.updated",
        target=current.code,
        changes=changes,
        now=now,
    )
    return current


def _in_words(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the audit log keeps them."""
    meter = values["meter"]
    return values | {"meter": None if meter is None else meter.code}
