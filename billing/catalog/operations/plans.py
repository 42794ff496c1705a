"""Define plans and the groups that they are offered in."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import DomainError, Invalid
from config.kernel.periods import boundary

from ...choices import Audience, Visibility
from ...models import Agreement, Plan, PlanGroup, PlanVersion
from ..codes import CodeTaken, check_code

SHORTEST_GRANDFATHERED_MONTHS = 12
LONGEST_GRANDFATHERED_MONTHS = 18


class CodeFixed(DomainError):
    """A published plan keeps its code."""

    code = "code_fixed"
    title = "The code cannot change any more"


@dataclass(frozen=True, slots=True)
class PlanGroupDetails:
    """
    What a plan group is.

    The plans of the default group of an audience are its pricing table; those of other current
    groups are private, and those of legacy groups are honoured but sold to nobody new. A group
    that is for new customers only is not shown to those who have a plan of another one.
    `grandfathered_until` is the first day on which those who have a legacy plan may be moved.
    """

    code: str
    name: str
    audience: str = Audience.ORGANIZATIONS
    visibility: str = Visibility.CURRENT
    is_default: bool = False
    for_new_customers_only: bool = False
    grandfathered_until: date | None = None

    def check(self) -> None:
        """Raise `Invalid` for a combination that no group can have."""
        check_code(self.code)
        if self.audience not in Audience.values or self.visibility not in Visibility.values:
            raise Invalid(_("The audience or the visibility is not one that exists."))
        if self.is_default and self.visibility == Visibility.LEGACY:
            raise Invalid(
                _("A legacy group is shown to nobody new, so it cannot be the default."),
                field="is_default",
            )
        if self.for_new_customers_only and self.visibility == Visibility.LEGACY:
            raise Invalid(
                _("A legacy group is for nobody new, so not for new customers only."),
                field="for_new_customers_only",
            )
        if self.grandfathered_until is not None and self.visibility != Visibility.LEGACY:
            raise Invalid(
                _("Only a legacy group has a day until which its customers stay."),
                field="grandfathered_until",
            )


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

    A new default group takes the place of the old one. One that is legacy from the start is so
    since today. Raises `Invalid` and `CodeTaken`.
    """
    details.check()
    legacy_since = _legacy_since(details, before=None, now=now)
    check_grandfathering(details.grandfathered_until, since=legacy_since, today=now.date())
    if PlanGroup.objects.filter(code=details.code).exists():
        raise CodeTaken(_("There is a plan group “%(code)s” already.") % {"code": details.code})
    _make_room_for_default(details, actor=actor, now=now)
    group = PlanGroup.objects.create(**asdict(details), legacy_since=legacy_since)
    record(
        actor=actor,
        action="plan_group.created",
        target=group.code,
        changes={field: [None, _written(value)] for field, value in asdict(details).items()},
        now=now,
    )
    return group


@transaction.atomic
def update_plan_group(
    *, group: PlanGroup, details: PlanGroupDetails, actor: Actor, now: datetime
) -> PlanGroup:
    """
    Change a plan group; making it the default takes that from the old one.

    A group that becomes legacy is so since today; one that is on sale again is not. Once customers
    have its plans, the day until which they stay may be put off, never brought forward: they were
    told of it. Raises `Invalid` and `CodeTaken`.
    """
    details.check()
    if PlanGroup.objects.filter(code=details.code).exclude(pk=group.pk).exists():
        raise CodeTaken(_("There is a plan group “%(code)s” already.") % {"code": details.code})
    stored = PlanGroup.objects.select_for_update().get(pk=group.pk)
    legacy_since = _legacy_since(details, before=stored, now=now)
    after = {**asdict(details), "legacy_since": legacy_since}
    before = {field: getattr(stored, field) for field in after}
    changes = differences(_all_written(before), _all_written(after))
    if details.grandfathered_until != stored.grandfathered_until:
        _check_promise(stored, details)
        check_grandfathering(details.grandfathered_until, since=legacy_since, today=now.date())
    if changes:
        _make_room_for_default(details, actor=actor, now=now)
        for field, value in after.items():
            setattr(stored, field, value)
        stored.save(update_fields=list(after))
        record(
            actor=actor, action="plan_group.updated", target=stored.code, changes=changes, now=now
        )
    return stored


def check_grandfathering(until: date | None, *, since: date | None, today: date) -> None:
    """
    Raise `Invalid` unless customers of a legacy group may be told that day: not before a year
    since it became one, and at most eighteen months ahead of that or of today.
    """
    if until is None or since is None:
        return
    earliest = _months_after(since, SHORTEST_GRANDFATHERED_MONTHS)
    latest = _months_after(max(since, today), LONGEST_GRANDFATHERED_MONTHS)
    if not earliest <= until <= latest:
        raise Invalid(
            _("Customers of a legacy plan stay until a day from %(earliest)s to %(latest)s.")
            % {"earliest": date_format(earliest), "latest": date_format(latest)},
            field="grandfathered_until",
        )


def _months_after(day: date, months: int) -> date:
    return boundary(datetime(day.year, day.month, day.day, tzinfo=UTC), months=months).date()


def _check_promise(stored: PlanGroup, details: PlanGroupDetails) -> None:
    told, until = stored.grandfathered_until, details.grandfathered_until
    if told is None or details.visibility != Visibility.LEGACY or (until or date.min) >= told:
        return
    if Agreement.objects.live().filter(plan_version__plan__group=stored).exists():
        raise Invalid(
            _("Customers were told that they stay until %(day)s. The day can only be put off.")
            % {"day": date_format(told)}
        )


def _legacy_since(
    details: PlanGroupDetails, *, before: PlanGroup | None, now: datetime
) -> date | None:
    if details.visibility != Visibility.LEGACY:
        return None
    known = None if before is None else before.legacy_since
    return known or now.astimezone(UTC).date()


def _all_written(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _written(value) for name, value in facts.items()}


def _written(value: Any) -> Any:
    """A day as the audit log keeps it."""
    return value.isoformat() if isinstance(value, date) else value


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
