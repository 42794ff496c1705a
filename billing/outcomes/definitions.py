"""Staff define which outcomes there are."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from accounts.names import clean_name
from config.kernel.errors import Invalid

from ..catalog.codes import CodeTaken, check_code
from ..models import OutcomeDefinition
from ..models.outcome import LONGEST_CONFIRMATION_DAYS


@dataclass(frozen=True, slots=True)
class OutcomeDetails:
    """What staff may say of a kind of outcome, now and later."""

    name: str
    description: str = ""
    confirmation_days: int = 0

    def cleaned(self) -> "OutcomeDetails":
        """The same as it is stored. Raises `Invalid`."""
        if not 0 <= self.confirmation_days <= LONGEST_CONFIRMATION_DAYS:
            raise Invalid(
                _("The window has 0 to %(most)s days.") % {"most": LONGEST_CONFIRMATION_DAYS}
            )
        return OutcomeDetails(
            name=clean_name(self.name, what=_("The name"), longest=80),
            description=clean_name(
                self.description, what=_("The description"), longest=200, may_be_empty=True
            ),
            confirmation_days=self.confirmation_days,
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
    cleaned = asdict(details.cleaned())
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
        changes={name: [None, value] for name, value in cleaned.items()},
        now=now,
    )
    return definition


@transaction.atomic
def change_definition(
    *, definition: OutcomeDefinition, details: OutcomeDetails, actor: Actor, now: datetime
) -> OutcomeDefinition:
    """
    Change what is said of a kind of outcome; the window only of what is reported from now on.

    Writes nothing if nothing is different. Raises `Invalid`.
    """
    current = OutcomeDefinition.objects.select_for_update().get(pk=definition.pk)
    after = asdict(details.cleaned())
    changes = differences({name: getattr(current, name) for name in after}, after)
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
