"""Changes that take effect when the period that is paid for ends."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from config.kernel.errors import Invalid

from ..events import EventType
from ..models import Agreement, PlanVersion, ScheduledChange
from .errors import AgreementEnding, NothingChanges, NothingScheduled
from .locking import lock_open_agreement
from .moving import Target, target_of
from .noting import note
from .periods import usage_month_at
from .waiting import find_waiting_change, is_same_change, plan_change_of, undo_change


@transaction.atomic
def schedule_change(
    *,
    agreement: Agreement,
    to_version: PlanVersion,
    interval: str,
    seats: int,
    effective_at: datetime,
    actor: Actor,
    now: datetime,
) -> ScheduledChange:
    """
    Let an agreement move to a plan version, interval and number of seats at a later instant.

    It happens at exactly that instant, whenever it is noticed. Another interval moves the anchor
    to it. It takes the place of a change that waits already; the same change again is the one
    that waits. Who may do so, and on which plans, is the caller's to check.

    Raises `PriceNotOffered`, `NothingChanges`, `AgreementEnding` if it ends by then, `Invalid` for
    an instant that has passed or, for another interval, that is not the end of a month of usage,
    `AgreementEnded` and `OrganizationClosed`.
    """
    stored = lock_open_agreement(agreement, at=now)
    target = target_of(stored, version=to_version, interval=interval, seats=seats)
    _check_target(stored, target)
    _check_instant(stored, effective_at, moves_anchor=interval != stored.interval, now=now)
    change = ScheduledChange(
        organization_id=stored.organization_id,
        agreement=stored,
        to_version=to_version,
        interval=interval,
        seats=seats,
        effective_at=effective_at,
        requested_at=now,
    )
    waiting = find_waiting_change(stored)
    if waiting is not None:
        if is_same_change(waiting, change):
            return waiting
        undo_change(stored, waiting, actor=actor, now=now)
    change.save(force_insert=True)
    note(
        stored,
        EventType.PLAN_CHANGE_SCHEDULED,
        deed="agreement.change_scheduled",
        actor=actor,
        changes={"change": [None, change.public_id]},
        data=plan_change_of(stored, change),
        now=now,
    )
    return change


@transaction.atomic
def undo_scheduled_change(*, agreement: Agreement, actor: Actor, now: datetime) -> Agreement:
    """
    Let the change that waits never take effect, and return the agreement.

    Raises `NothingScheduled`, also once it has taken effect, `AgreementEnded` and
    `OrganizationClosed`.
    """
    stored = lock_open_agreement(agreement, at=now)
    waiting = find_waiting_change(stored)
    if waiting is None:
        raise NothingScheduled(_("There is no change to undo."))
    undo_change(stored, waiting, actor=actor, now=now)
    return stored


def _check_target(agreement: Agreement, target: Target) -> None:
    if target == Target.of(agreement):
        raise NothingChanges(
            _("The agreement is on %(plan)s already.") % {"plan": target.version.plan.name}
        )


def _check_instant(
    agreement: Agreement, effective_at: datetime, *, moves_anchor: bool, now: datetime
) -> None:
    if effective_at <= now:
        raise Invalid(_("A change is scheduled for later."))
    if agreement.cancel_at is not None and agreement.cancel_at <= effective_at:
        raise AgreementEnding(
            _("The agreement ends before the change would take effect."),
            ends_at=agreement.cancel_at.isoformat(),
        )
    month = usage_month_at(
        started_at=agreement.started_at, anchor_at=agreement.anchor_at, at=effective_at
    )
    if moves_anchor and month.starts_at != effective_at:
        raise Invalid(_("Another interval begins when a month of usage ends."))
