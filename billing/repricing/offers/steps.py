"""What becomes of an offer next: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from ...choices import OfferStatus, ScheduledChangeStatus

# A change is planned so long before it takes effect. Until then customers change seats and plans
# as they like, which a change that waits would be in the way of.
PLANNED_BEFORE: Final = timedelta(days=3)
# So long a call to Stripe may be under way that nobody has heard of again.
UNDER_WAY_FOR: Final = timedelta(minutes=15)
_UNFINISHED: Final = frozenset({OfferStatus.PREPARED, OfferStatus.OPEN, OfferStatus.ACCEPTED})


class Step(StrEnum):
    """What is to be done about an offer."""

    NOTHING = auto()
    LAPSE = auto()
    """
    The agreement has ended or is on another plan, or nobody has answered in time, or before the
    campaign was closed.
    """
    APPLY = auto()
    """The agreement has moved."""
    TAKE_BACK = auto()
    """The customer has undone the change, and with it the answer."""
    UNLINK = auto()
    """The change was undone for another reason: it is planned again when its time comes."""
    REDATE = auto()
    """The date has passed, or is no renewal any more."""
    PLAN = auto()
    """The last period before the move is about to end: the change is planned."""
    UNDO = auto()
    """The offer is over, and its change must not happen."""
    OWN_UP = auto()
    """The offer is over, and its change has happened all the same: Stripe was away too long."""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    An offer, whether its campaign runs, and its agreement as it is now. `change` is the status of
    its change, if any; `gave_way` says that it was undone for other seats on the plan of before.
    `is_noted` says that staff know of what went wrong.
    """

    status: OfferStatus
    is_running: bool
    must_move: bool
    answer_by: datetime | None
    effective_at: datetime | None
    change: ScheduledChangeStatus | None
    gave_way: bool
    is_noted: bool
    is_on_plan: bool
    has_ended: bool
    is_going_to_end: bool
    period_ends_at: datetime


def next_step(standing: Standing, *, now: datetime) -> Step:
    """Return what is to be done about an offer at an instant."""
    if standing.status not in _UNFINISHED:
        return Step.NOTHING if standing.status == OfferStatus.APPLIED else _once_over(standing)
    if standing.change == ScheduledChangeStatus.APPLIED:
        return Step.APPLY
    is_wanted = standing.status == OfferStatus.ACCEPTED or _is_chosen(standing)
    is_too_late = not standing.is_running and not is_wanted
    if standing.has_ended or not standing.is_on_plan or is_too_late:
        return Step.LAPSE
    if standing.change == ScheduledChangeStatus.UNDONE:
        is_by_wish = standing.status == OfferStatus.ACCEPTED and not standing.must_move
        is_undone = not standing.gave_way and not standing.is_going_to_end
        return Step.TAKE_BACK if is_by_wish and is_undone else Step.UNLINK
    if standing.change == ScheduledChangeStatus.WAITING or standing.status == OfferStatus.PREPARED:
        return Step.NOTHING
    if not (standing.status == OfferStatus.ACCEPTED or standing.must_move):
        is_late = standing.answer_by is not None and standing.answer_by <= now
        return Step.LAPSE if is_late else Step.NOTHING
    return _on_its_way(standing, now=now)


def _once_over(standing: Standing) -> Step:
    """The next step of an offer that moves nobody any more."""
    if standing.change == ScheduledChangeStatus.WAITING:
        return Step.UNDO
    has_moved = standing.change == ScheduledChangeStatus.APPLIED and not standing.is_noted
    return Step.OWN_UP if has_moved else Step.NOTHING


def _is_chosen(standing: Standing) -> bool:
    """Whether the customer has planned the change itself: for nobody silent we plan one."""
    return standing.change == ScheduledChangeStatus.WAITING and not standing.must_move


def _on_its_way(standing: Standing, *, now: datetime) -> Step:
    """The next step of an offer that leads to a move which is not planned yet."""
    assert standing.effective_at is not None, standing
    if standing.is_going_to_end:
        return Step.NOTHING
    if standing.effective_at <= now or standing.effective_at < standing.period_ends_at:
        return Step.REDATE
    is_last_period = standing.effective_at == standing.period_ends_at
    if is_last_period and standing.effective_at - PLANNED_BEFORE <= now:
        return Step.PLAN
    return Step.NOTHING
