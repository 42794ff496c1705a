"""Take the steps that bring an agreement level. The caller holds the organization's lock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accounts.audit.actor import Actor
from accounts.memberships.queries import count_members
from accounts.models import Organization

from ...agreements.beginning import Deal, begin_agreement
from ...agreements.changes import change_plan_at_once
from ...agreements.notice import resume, schedule_end
from ...agreements.operations import cancel_agreement
from ...agreements.payments import mark_paid, mark_past_due
from ...agreements.scheduling import schedule_change, undo_scheduled_change
from ...catalog.queries import get_plan_version_terms
from ...choices import Collection
from ...models import Agreement, PlanVersion
from .standing import Sold
from .steps import (
    Begin,
    Change,
    End,
    FallDue,
    GiveNotice,
    Resume,
    Schedule,
    SettleUp,
    Step,
    Unschedule,
)

STRIPE: Final = Actor("Stripe")


@dataclass(frozen=True, slots=True)
class Situation:
    """Whose agreement takes a step, in which currency, and when."""

    organization: Organization
    currency: str
    now: datetime


def begin(step: Begin, situation: Situation) -> Agreement:
    """Begin an agreement. Raises what `begin_agreement` raises."""
    deal = Deal(
        version=_version(step.sold),
        interval=step.sold.interval,
        currency=situation.currency,
        seats=_seats(step.sold, situation, agreement=None),
        started_at=step.started_at,
        anchor_at=step.anchor_at,
        trial_ends_at=step.trial_ends_at,
        collection=Collection.STRIPE,
    )
    return begin_agreement(
        organization=situation.organization, deal=deal, actor=STRIPE, now=situation.now
    )


def take(step: Step, agreement: Agreement, situation: Situation) -> None:
    """Let an agreement take a step. Raises what the operations of agreements raise."""
    _TAKERS[type(step)](step, agreement, situation)


def _change(step: Change, agreement: Agreement, situation: Situation) -> None:
    change_plan_at_once(
        agreement=agreement,
        version=_version(step.sold),
        interval=step.sold.interval,
        seats=_seats(step.sold, situation, agreement=agreement),
        actor=STRIPE,
        now=situation.now,
    )


def _schedule(step: Schedule, agreement: Agreement, situation: Situation) -> None:
    sold = step.planned.sold
    schedule_change(
        agreement=agreement,
        to_version=_version(sold),
        interval=sold.interval,
        seats=_seats(sold, situation, agreement=agreement),
        effective_at=step.planned.effective_at,
        actor=STRIPE,
        now=situation.now,
    )


def _unschedule(step: Unschedule, agreement: Agreement, situation: Situation) -> None:
    undo_scheduled_change(agreement=agreement, actor=STRIPE, now=situation.now)


def _give_notice(step: GiveNotice, agreement: Agreement, situation: Situation) -> None:
    schedule_end(
        agreement=agreement,
        cancel_at=step.notice.cancel_at,
        reason=step.notice.reason,
        feedback=step.notice.feedback,
        actor=STRIPE,
        now=situation.now,
    )


def _resume(step: Resume, agreement: Agreement, situation: Situation) -> None:
    resume(agreement=agreement, actor=STRIPE, now=situation.now)


def _fall_due(step: FallDue, agreement: Agreement, situation: Situation) -> None:
    mark_past_due(agreement=agreement, actor=STRIPE, now=situation.now)


def _settle_up(step: SettleUp, agreement: Agreement, situation: Situation) -> None:
    mark_paid(agreement=agreement, actor=STRIPE, now=situation.now)


def _end(step: End, agreement: Agreement, situation: Situation) -> None:
    cancel_agreement(
        agreement=agreement,
        ended_at=step.at,
        feedback=step.feedback,
        actor=STRIPE,
        reason="",
        now=max(situation.now, step.at),
    )


_TAKERS: Final[dict[type[Step], Callable[[Any, Agreement, Situation], None]]] = {
    Change: _change,
    Schedule: _schedule,
    Unschedule: _unschedule,
    GiveNotice: _give_notice,
    Resume: _resume,
    FallDue: _fall_due,
    SettleUp: _settle_up,
    End: _end,
}


def _seats(sold: Sold, situation: Situation, *, agreement: Agreement | None) -> int:
    """Those that are paid for; else those of before, or that the plan has."""
    if sold.seats is not None:
        return sold.seats
    if agreement is not None and agreement.plan_version_id == sold.version_id:
        return agreement.seats
    included = get_plan_version_terms(plan_version_id=sold.version_id).included_seats
    return included or max(1, count_members(organization=situation.organization))


def _version(sold: Sold) -> PlanVersion:
    return PlanVersion.objects.select_related("plan").get(pk=sold.version_id)
