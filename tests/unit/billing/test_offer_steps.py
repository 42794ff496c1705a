"""What becomes of an offer next, in every situation that it can be in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from billing.choices import OfferStatus, ScheduledChangeStatus
from billing.repricing.offers.steps import PLANNED_BEFORE, Standing, Step, next_step

MOVES = datetime(2026, 7, 10, 8, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
EARLY = MOVES - PLANNED_BEFORE - INSTANT
IN_TIME = MOVES - PLANNED_BEFORE
WAITING, APPLIED, UNDONE = ScheduledChangeStatus
ACCEPTED = Standing(
    status=OfferStatus.ACCEPTED,
    is_running=True,
    must_move=False,
    answer_by=None,
    effective_at=MOVES,
    change=None,
    gave_way=False,
    is_noted=False,
    is_on_plan=True,
    has_ended=False,
    is_going_to_end=False,
    period_ends_at=MOVES,
)
OPEN = replace(ACCEPTED, status=OfferStatus.OPEN)
MUST = replace(OPEN, must_move=True)
PREPARED = replace(OPEN, status=OfferStatus.PREPARED, effective_at=None)


@pytest.mark.parametrize(
    ("standing", "now", "step"),
    [
        (ACCEPTED, EARLY, Step.NOTHING),
        (ACCEPTED, IN_TIME, Step.PLAN),
        (ACCEPTED, MOVES - INSTANT, Step.PLAN),
        (ACCEPTED, MOVES, Step.REDATE),
        (replace(ACCEPTED, period_ends_at=MOVES - timedelta(days=1)), IN_TIME, Step.NOTHING),
        (replace(ACCEPTED, period_ends_at=MOVES + timedelta(days=9)), EARLY, Step.REDATE),
        (replace(ACCEPTED, is_going_to_end=True), IN_TIME, Step.NOTHING),
        (replace(ACCEPTED, change=WAITING), IN_TIME, Step.NOTHING),
        (replace(ACCEPTED, change=APPLIED, is_on_plan=False), MOVES, Step.APPLY),
        (replace(ACCEPTED, change=APPLIED, has_ended=True), MOVES, Step.APPLY),
        (replace(ACCEPTED, change=UNDONE), IN_TIME, Step.TAKE_BACK),
        (replace(ACCEPTED, change=UNDONE, is_going_to_end=True), IN_TIME, Step.UNLINK),
        (replace(ACCEPTED, change=UNDONE, gave_way=True), IN_TIME, Step.UNLINK),
        (replace(ACCEPTED, must_move=True, change=UNDONE), IN_TIME, Step.UNLINK),
        (replace(ACCEPTED, is_on_plan=False), EARLY, Step.LAPSE),
        (replace(ACCEPTED, has_ended=True), EARLY, Step.LAPSE),
        (replace(ACCEPTED, is_running=False), IN_TIME, Step.PLAN),
        (OPEN, IN_TIME, Step.NOTHING),
        (OPEN, MOVES, Step.NOTHING),
        (replace(OPEN, answer_by=MOVES), MOVES - INSTANT, Step.NOTHING),
        (replace(OPEN, answer_by=MOVES), MOVES, Step.LAPSE),
        (replace(OPEN, is_running=False), EARLY, Step.LAPSE),
        (MUST, EARLY, Step.NOTHING),
        (MUST, IN_TIME, Step.PLAN),
        (replace(MUST, answer_by=EARLY), IN_TIME, Step.PLAN),
        (replace(MUST, is_running=False, change=WAITING), IN_TIME, Step.LAPSE),
        (PREPARED, MOVES, Step.NOTHING),
        (replace(PREPARED, has_ended=True), EARLY, Step.LAPSE),
        (replace(PREPARED, is_running=False), EARLY, Step.LAPSE),
    ],
)
def test_what_is_next(standing: Standing, now: datetime, step: Step) -> None:
    assert next_step(standing, now=now) is step


@pytest.mark.parametrize("status", list(OfferStatus)[3:])
def test_what_is_over_only_undoes_a_change_that_still_waits(status: OfferStatus) -> None:
    over = replace(ACCEPTED, status=status)
    waits = replace(over, change=WAITING)
    undoes = Step.NOTHING if status == OfferStatus.APPLIED else Step.UNDO
    assert next_step(waits, now=IN_TIME) is undoes
    for change in (None, UNDONE):
        assert next_step(replace(over, change=change), now=IN_TIME) is Step.NOTHING


@pytest.mark.parametrize("status", list(OfferStatus)[3:])
def test_a_change_that_happened_although_the_offer_was_over_is_owned_up_to_once(
    status: OfferStatus,
) -> None:
    moved = replace(ACCEPTED, status=status, change=APPLIED)
    owns_up = Step.NOTHING if status == OfferStatus.APPLIED else Step.OWN_UP
    assert next_step(moved, now=MOVES) is owns_up
    assert next_step(replace(moved, is_noted=True), now=MOVES) is Step.NOTHING
