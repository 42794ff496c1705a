"""Writes of pricing tables. Staff act here; each operation is one transaction with its entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import DomainError, Invalid

from ..catalog.codes import CodeTaken, check_code
from ..catalog.operations import DraftChanged, DraftExists
from ..choices import Visibility
from ..models import Plan, PlanGroup, PricingTable, PricingTableCard, PricingTableVersion
from .content import CardContent, TableContent, written
from .origins import clean_origins
from .queries import TableVersionNotFound, content_of
from .review import review_version


class NoDraft(DomainError):
    """There is nothing that could be edited or published."""

    code = "no_draft"
    title = "There is no draft"


class TableNotPublishable(DomainError):
    """Visitors could not be shown this."""

    code = "pricing_table_not_publishable"
    title = "The pricing table cannot be published"


class NothingToShow(DomainError):
    """A table is live once it says something."""

    code = "pricing_table_not_published"
    title = "Nothing of the pricing table is published"


@dataclass(frozen=True, slots=True)
class TableDetails:
    """Which plans a table is made of, and under which key it is found."""

    key: str
    name: str
    plan_group: PlanGroup


@transaction.atomic
def create_pricing_table(*, details: TableDetails, actor: Actor, now: datetime) -> PricingTable:
    """
    Make a table of a plan group: a draft with a card for each of its plans, in their order.

    Raises `Invalid`, also for a legacy group, and `CodeTaken`.
    """
    check_code(details.key)
    if details.plan_group.visibility == Visibility.LEGACY:
        raise Invalid(_("The plans of a legacy group are shown to nobody new."))
    try:
        with transaction.atomic():
            table = PricingTable.objects.create(
                key=details.key,
                name=details.name,
                plan_group=details.plan_group,
                audience=details.plan_group.audience,
            )
    except IntegrityError as error:
        raise CodeTaken(
            _("There is a pricing table “%(key)s” already.") % {"key": details.key}
        ) from error
    _add_version(table, _generated(details.plan_group, now=now))
    changes = {"name": [None, details.name], "plan_group": [None, details.plan_group.code]}
    record(actor=actor, action="pricing_table.created", target=table.key, changes=changes, now=now)
    return table


@transaction.atomic
def update_pricing_table(
    *, table: PricingTable, name: str, frame_ancestors: Sequence[str], actor: Actor, now: datetime
) -> PricingTable:
    """
    Call a table something else, or change which sites may embed it: none named is all of them.

    Raises `Invalid` for what is no site.
    """
    origins = clean_origins(frame_ancestors)
    stored = _lock(table)
    return _change(stored, {"name": name, "frame_ancestors": origins}, actor=actor, now=now)


@transaction.atomic
def start_draft(*, table: PricingTable, actor: Actor, now: datetime) -> PricingTableVersion:
    """Start the next version as a copy of the newest. Raises `DraftExists`."""
    stored = _lock(table)
    newest = _newest(stored)
    if newest.published_at is None:
        raise DraftExists(
            _("%(table)s has a draft already: version %(number)s.")
            % {"table": stored.name, "number": newest.number}
        )
    draft = _add_version(stored, _copy_of(newest))
    _record(draft, "drafted", actor=actor, now=now)
    return draft


@transaction.atomic
def edit_draft(
    *, table: PricingTable, content: TableContent, actor: Actor, now: datetime
) -> PricingTableVersion:
    """
    Replace everything that the draft says.

    Raises `NoDraft`, and `Invalid` for what no table can hold: a text that is too long, a plan
    of another group.
    """
    content.check()
    draft = _get_draft(_lock(table))
    before = content_of(draft)
    _write(draft, content)
    after = content_of(draft)
    if before != after:
        changes = differences(_readable(before), _readable(after))
        _record(draft, "edited", actor=actor, now=now, changes=changes)
    return draft


@transaction.atomic
def discard_draft(*, table: PricingTable, actor: Actor, now: datetime) -> None:
    """
    Throw the draft away. Raises `NoDraft`, also for the only version: without it the table would
    have nothing to start from.
    """
    stored = _lock(table)
    draft = _get_draft(stored)
    if draft.number == 1:
        raise NoDraft(_("The first draft stays: there is nothing before it to go back to."))
    _record(draft, "discarded", actor=actor, now=now)
    draft.delete()


@transaction.atomic
def publish(
    *, table: PricingTable, actor: Actor, now: datetime, reviewed: str = ""
) -> PricingTableVersion:
    """
    Publish the draft; visitors of a live table are shown it at once.

    `reviewed` is the fingerprint of what was read before. Raises `NoDraft`, `DraftChanged` if
    the draft says something else by now, and `TableNotPublishable`.
    """
    draft = _get_draft(_lock(table))
    shown = draft.table.versions.filter(published_at__isnull=False).order_by("-number").first()
    review = review_version(draft=draft, shown=shown, now=now)
    if review.objections:
        raise TableNotPublishable(" ".join(review.objections))
    if reviewed and reviewed != review.fingerprint:
        raise DraftChanged(_("The draft was edited since; read again what would be published."))
    return _publish(draft, actor=actor, now=now)


@transaction.atomic
def restore(
    *, table: PricingTable, number: int, actor: Actor, now: datetime
) -> PricingTableVersion:
    """
    Show again what an earlier version said: it is copied to a new one, which is published.

    A draft stays, as the version after it. Raises `TableVersionNotFound` for a number that is
    not published, and `TableNotPublishable` if its plans are not sold any more.
    """
    stored = _lock(table)
    earlier = stored.versions.filter(number=number, published_at__isnull=False).first()
    if earlier is None:
        raise TableVersionNotFound(f"{stored.name} has no published version {number}.")
    drafted = _take_draft_away(stored)
    restored = _add_version(stored, _copy_of(earlier))
    objections = review_version(draft=restored, shown=earlier, now=now).objections
    if objections:
        raise TableNotPublishable(" ".join(objections))
    _publish(restored, actor=actor, now=now, restored=number)
    if drafted is not None:
        _add_version(stored, drafted)
    return restored


@transaction.atomic
def set_live(*, table: PricingTable, is_live: bool, actor: Actor, now: datetime) -> PricingTable:
    """
    Show a table to visitors, or take it off; a default that is taken off is none any more.

    Raises `NothingToShow` before anything is published.
    """
    stored = _lock(table)
    if is_live and not stored.versions.filter(published_at__isnull=False).exists():
        raise NothingToShow(_("Publish a version of %(table)s first.") % {"table": stored.name})
    after = {"is_live": is_live, "is_default": stored.is_default and is_live}
    return _change(stored, after, actor=actor, now=now)


@transaction.atomic
def make_default(*, table: PricingTable, actor: Actor, now: datetime) -> PricingTable:
    """
    Show a live table wherever none is named; the one that was the default steps back.

    Raises `NothingToShow` for a table that is not live.
    """
    same_audience = PricingTable.objects.filter(audience=table.audience)
    tables = {one.pk: one for one in same_audience.order_by("pk").select_for_update()}
    stored = tables.pop(table.pk)
    if not stored.is_live:
        raise NothingToShow(_("%(table)s is not live.") % {"table": stored.name})
    for other in tables.values():
        _change(other, {"is_default": False}, actor=actor, now=now)
    return _change(stored, {"is_default": True}, actor=actor, now=now)


def _lock(table: PricingTable) -> PricingTable:
    tables = PricingTable.objects.select_related("plan_group").select_for_update(of=["self"])
    return tables.get(pk=table.pk)


def _newest(table: PricingTable) -> PricingTableVersion:
    return table.versions.select_related("table__plan_group").latest("number")


def _add_version(table: PricingTable, content: TableContent) -> PricingTableVersion:
    numbers = table.versions.order_by("-number").values_list("number", flat=True)
    version = PricingTableVersion.objects.create(table=table, number=(numbers.first() or 0) + 1)
    _write(version, content)
    return version


def _take_draft_away(table: PricingTable) -> TableContent | None:
    """Make room for another version, and return what the draft said."""
    newest = _newest(table)
    if newest.published_at is not None:
        return None
    content = _copy_of(newest)
    newest.delete()
    return content


def _copy_of(version: PricingTableVersion) -> TableContent:
    """What a version says of the plans that are in the table's group still."""
    content = content_of(version)
    group_id = version.table.plan_group_id
    codes = set(Plan.objects.filter(group_id=group_id).values_list("code", flat=True))
    return replace(content, cards=tuple(c for c in content.cards if c.plan_code in codes))


def _get_draft(table: PricingTable) -> PricingTableVersion:
    newest = _newest(table)
    if newest.published_at is not None:
        raise NoDraft(_("%(table)s has no draft.") % {"table": table.name})
    return newest


def _change(
    table: PricingTable, after: dict[str, Any], *, actor: Actor, now: datetime
) -> PricingTable:
    changes = differences({field: getattr(table, field) for field in after}, after)
    if changes:
        for field, value in after.items():
            setattr(table, field, value)
        table.save(update_fields=list(after))
        record(
            actor=actor, action="pricing_table.updated", target=table.key, changes=changes, now=now
        )
    return table


def _publish(
    draft: PricingTableVersion, *, actor: Actor, now: datetime, restored: int | None = None
) -> PricingTableVersion:
    draft.published_at, draft.published_by = now, actor.label
    draft.save(update_fields=["published_at", "published_by"])
    changes = {"restored": [None, restored]} if restored is not None else {}
    _record(draft, "published", actor=actor, now=now, changes=changes)
    return draft


def _record(
    version: PricingTableVersion,
    deed: str,
    *,
    actor: Actor,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
    record(
        actor=actor,
        action=f"pricing_table_version.{deed}",
        target=f"{version.table.key} v{version.number}",
        changes=changes,
        now=now,
    )


def _generated(group: PlanGroup, *, now: datetime) -> TableContent:
    """A card for each plan of a group that is sold; what it says is left to the plan."""
    plans = Plan.objects.filter(group=group, versions__published_at__lte=now).distinct()
    return TableContent(
        cards=tuple(
            CardContent(plan.code, is_highlighted=bool(plan.highlight))
            for plan in plans.order_by("position", "code")
        )
    )


def _write(draft: PricingTableVersion, content: TableContent) -> None:
    group = draft.table.plan_group
    plans = {plan.code: plan for plan in Plan.objects.filter(group=group)}
    for card in content.cards:
        if card.plan_code not in plans:
            raise Invalid(
                _("“%(plan)s” is no plan of %(group)s.")
                % {"plan": card.plan_code, "group": group.name}
            )
    draft.texts = written(content.texts)
    draft.save(update_fields=["texts"])
    PricingTableCard.objects.filter(version=draft).delete()
    PricingTableCard.objects.bulk_create(
        PricingTableCard(
            version=draft,
            plan=plans[card.plan_code],
            position=position,
            is_highlighted=card.is_highlighted,
            texts=written(card.texts),
        )
        for position, card in enumerate(content.cards, start=1)
    )


def _readable(content: TableContent) -> dict[str, Any]:
    return {
        "texts": written(content.texts),
        "cards": [
            {"plan": card.plan_code, "is_highlighted": card.is_highlighted}
            | ({"texts": texts} if (texts := written(card.texts)) else {})
            for card in content.cards
        ],
    }
