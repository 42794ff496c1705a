"""Step by step until nothing is missing. The caller holds the organization's lock."""

from datetime import datetime
from typing import Final

from django.db import transaction

from config.kernel.errors import DomainError
from config.kernel.periods import INSTANT

from ...agreements.errors import AgreementExists
from ...agreements.operations import bring_current
from ...agreements.queries import find_live_agreement
from ...agreements.waiting import find_waiting_change
from ...choices import AgreementStatus, EndReason
from ...models import Agreement, StripeSubscription
from .decisions import decide
from .differences import Obstacle, Obstacles, obstacles_between
from .standing import Agreed, Notice, Planned, Sold, Told
from .steps import Begin, ComeTo, Step
from .taking import Situation, begin, take

# A life that nobody has seen takes four: it begins, comes to its time, changes, and ends.
MOST_ROUNDS: Final = 8


def climb(row: StripeSubscription, told: Told, *, currency: str, now: datetime) -> Obstacles:
    """
    Let the agreement of a subscription take every step that it takes to be what Stripe tells, and
    return what is in the way.

    An agreement that begins is noted in the row. A step that our books refuse is the last one.
    What was over before another agreement made room for it never begins.
    """
    moment = now if told.over_at is None else min(now, told.over_at - INSTANT)
    for _ in range(MOST_ROUNDS):
        bring_current(organization=row.organization, now=moment)
        agreed = standing_of(row.agreement)
        steps = decide(agreed, told, now=moment)
        if not steps:
            return {kind: (ours, theirs) for kind, ours, theirs in obstacles_between(agreed, told)}
        for step in steps:
            moment = max(moment, step.at) if isinstance(step, ComeTo) else moment
            try:
                with transaction.atomic():
                    _take(step, row, Situation(row.organization, currency, moment))
            except AgreementExists as refusal:
                return {} if told.over_at else _two_at_once(row, refusal, step)
            except DomainError as refusal:
                return {Obstacle.REFUSED: (_words(refusal), repr(step))}
    raise AssertionError(f"{row.stripe_id} is never level with {told}")


def _two_at_once(row: StripeSubscription, refusal: AgreementExists, step: Step) -> Obstacles:
    """Money is collected for two of which one can hold: which one is for staff to decide."""
    live = find_live_agreement(organization=row.organization)
    assert live is not None, row.stripe_id
    what_to_do = (
        f"Stripe charges for {row.stripe_id} while {live.public_id} is live. "
        f"Cancel {live.public_id}, and {row.stripe_id} begins by itself; "
        f"or cancel {row.stripe_id} at Stripe, and refund what it has charged."
    )
    return {Obstacle.REFUSED: (f"{_words(refusal)} {what_to_do}", repr(step))}


def _words(refusal: DomainError) -> str:
    return f"{refusal.code}: {refusal.detail}"


def _take(step: Step, row: StripeSubscription, situation: Situation) -> None:
    if isinstance(step, Begin):
        row.agreement = begin(step, situation)
    elif isinstance(step, ComeTo):
        bring_current(organization=situation.organization, now=situation.now)
    else:
        assert row.agreement is not None, row.stripe_id
        take(step, row.agreement, situation)


def standing_of(agreement: Agreement | None) -> Agreed | None:
    """What an agreement says now, in the words in which it is compared."""
    if agreement is None:
        return None
    agreement.refresh_from_db()
    change = find_waiting_change(agreement)
    return Agreed(
        status=AgreementStatus(agreement.status),
        sold=Sold(agreement.plan_version_id, agreement.interval, agreement.seats),
        period_starts_at=agreement.current_period_start,
        trial_ends_at=agreement.trial_ends_at,
        planned=None
        if change is None
        else Planned(
            Sold(change.to_version_id, change.interval, change.seats), change.effective_at
        ),
        notice=None
        if agreement.cancel_at is None
        else Notice(
            agreement.cancel_at, EndReason(agreement.end_reason), agreement.cancel_feedback
        ),
        ended_at=agreement.ended_at,
    )
