"""Define plans and the groups that they are offered in."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import DomainError, Invalid

from ...choices import Audience, Visibility
from ...models import Plan, PlanGroup, PlanVersion
from ..codes import CodeTaken, check_code


class CodeFixed(DomainError):
    """A published plan keeps its code."""

    code = "code_fixed"
    title = "The code cannot change any more"


@dataclass(frozen=True, slots=True)
class PlanGroupDetails:
    """
    What a plan group is.

    The plans of the default group of an audience are its pricing table; those of other current
    groups are private, and those of legacy groups are honoured but sold to nobody new.
    """

    code: str
    name: str
    audience: str = Audience.ORGANIZATIONS
    visibility: str = Visibility.CURRENT
    is_default: bool = False

    def check(self) -> None:
        """Raise `Invalid` for a combination that no group can have."""
        check_code(self.code)
        if self.audience not in Audience.values or self.visibility not in Visibility.values:
            raise Invalid(_("The audience or the visibility is not one that exists."))
        if self.is_default and self.visibility == Visibility.LEGACY:
            raise Invalid(_("A legacy group is shown to nobody new, so it cannot be the default."))


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """What people read about a plan, and where it is offered. Its terms are in its versions."""

    code: str
    name: str
    group: PlanGroup
    tagline: str = ""
    highlight: str = ""
    position: int = 0
    is_self_serve: bool = True

    def fields(self) -> dict[str, Any]:
        """The fields of the plan's row."""
        return {
            "code": self.code,
            "name": self.name,
            "group": self.group,
            "tagline": self.tagline,
            "highlight": self.highlight,
            "position": self.position,
            "is_self_serve": self.is_self_serve,
        }


@transaction.atomic
def create_plan_group(*, details: PlanGroupDetails, actor: Actor, now: datetime) -> PlanGroup:
    """
    Define a plan group.

    A new default group takes the place of the old one. Raises `Invalid` and `CodeTaken`.
    """
    details.check()
    if PlanGroup.objects.filter(code=details.code).exists():
        raise CodeTaken(_("There is a plan group “%(code)s” already.") % {"code": details.code})
    _make_room_for_default(details, actor=actor, now=now)
    group = PlanGroup.objects.create(**asdict(details))
    record(
        actor=actor,
        action="plan_group.created",
        target=group.code,
        changes={field: [None, value] for field, value in asdict(details).items()},
        now=now,
    )
    return group


@transaction.atomic
def update_plan_group(
    *, group: PlanGroup, details: PlanGroupDetails, actor: Actor, now: datetime
) -> PlanGroup:
    """
    Change a plan group; making it the default takes that from the old one.

    Raises `Invalid` and `CodeTaken`.
    """
    details.check()
    if PlanGroup.objects.filter(code=details.code).exclude(pk=group.pk).exists():
        raise CodeTaken(_("There is a plan group “%(code)s” already.") % {"code": details.code})
    stored = PlanGroup.objects.select_for_update().get(pk=group.pk)
    after = asdict(details)
    changes = differences({field: getattr(stored, field) for field in after}, after)
    if changes:
        _make_room_for_default(details, actor=actor, now=now)
        for field, value in after.items():
            setattr(stored, field, value)
        stored.save(update_fields=list(after))
        record(
            actor=actor, action="plan_group.updated", target=stored.code, changes=changes, now=now
        )
    return stored


def _make_room_for_default(details: PlanGroupDetails, *, actor: Actor, now: datetime) -> None:
    """There is one default group per audience: the one that was steps back."""
    if not details.is_default:
        return
    others = PlanGroup.objects.filter(audience=details.audience, is_default=True)
    for group in others.exclude(code=details.code).select_for_update():
        group.is_default = False
        group.save(update_fields=["is_default"])
        record(
            actor=actor,
            action="plan_group.updated",
            target=group.code,
            changes={"is_default": [True, False]},
            now=now,
        )


@transaction.atomic
def create_plan(*, details: PlanDetails, actor: Actor, now: datetime) -> Plan:
    """
    Define a plan; it is sold once a version of it is published.

    Raises `Invalid` and `CodeTaken`.
    """
    check_code(details.code)
    plan = Plan(**details.fields())
    _store(plan)
    record(
        actor=actor,
        action="plan.created",
        target=plan.public_id,
        changes={field: [None, value] for field, value in _readable(plan).items()},
        now=now,
    )
    return plan


@transaction.atomic
def update_plan(*, plan: Plan, details: PlanDetails, actor: Actor, now: datetime) -> Plan:
    """
    Change what people read about a plan, or move it to another group.

    Those who have the plan keep it: moving it to a legacy group only takes it off the pricing
    table. Raises `Invalid`, `CodeTaken`, and `CodeFixed` once a version is published.
    """
    check_code(details.code)
    stored = Plan.objects.select_for_update(of=["self"]).select_related("group").get(pk=plan.pk)
    if details.code != stored.code and _is_published(stored):
        raise CodeFixed(_("Apps may hold on to the code of a published plan, so it stays."))
    before = _readable(stored)
    for field, value in details.fields().items():
        setattr(stored, field, value)
    changes = differences(before, _readable(stored))
    if changes:
        _store(stored)
        record(
            actor=actor, action="plan.updated", target=stored.public_id, changes=changes, now=now
        )
    return stored


def _is_published(plan: Plan) -> bool:
    return PlanVersion.objects.filter(plan=plan, published_at__isnull=False).exists()


def _store(plan: Plan) -> None:
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        if Plan.objects.filter(code=plan.code).exclude(pk=plan.pk).exists():
            raise CodeTaken(
                _("There is a plan “%(code)s” already.") % {"code": plan.code}
            ) from error
        raise


def _readable(plan: Plan) -> dict[str, Any]:
    return {
        "code": plan.code,
        "name": plan.name,
        "group": plan.group.code,
        "tagline": plan.tagline,
        "highlight": plan.highlight,
        "position": plan.position,
        "is_self_serve": plan.is_self_serve,
    }
