"""Time passing: what is due, in the order in which it is due.

Stripe's documentation: "Test clocks". Whoever has a test clock lives by it, everybody else by
real time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from billing.sandbox.call import Tools
from billing.sandbox.engine import billing_day
from billing.sandbox.engine.calendar import moment
from billing.sandbox.engine.rows import private, update
from billing.sandbox.routing import work
from billing.sandbox.store import Row

CLOCK = "test_helpers.test_clock"
Rows = Callable[[Tools], Iterator[Row]]
DueAt = Callable[[Tools, Row], int | None]
Act = Callable[[Tools, Row, int], None]


@dataclass(frozen=True)
class Duty:
    """Something that time brings about. Of two at one moment the one named first goes first."""

    rows: Rows
    due_at: DueAt
    act: Act


@dataclass(frozen=True)
class Task:
    """One thing that is due."""

    at: int
    rank: int
    row: Row
    act: Act


DUTIES: tuple[Duty, ...] = tuple(Duty(*parts) for parts in billing_day.DUTIES)


@work
def take_step(tools: Tools) -> bool:
    """Do the one next thing that is due on any clock; whether there was one."""
    for clock in tools.store.list(CLOCK, status="advancing"):
        if _advance(tools, clock):
            return True
    now = moment(tools.now)
    task = _next(tools, _follows_real_time(tools), until=now)
    if task is None:
        return False
    task.act(tools, task.row, now)
    return True


def next_due(tools: Tools, clock: str) -> int | None:
    """When something happens next by itself on this clock, if anything ever does."""
    task = _next(tools, {clock}, until=sys.maxsize)
    return task.at if task else None


def _advance(tools: Tools, clock: Row) -> bool:
    """Move an advancing clock on to the next thing that happens, or to where it is to stop."""
    target = clock["status_details"]["advancing"]["target_frozen_time"]
    task = _next(tools, {clock["id"]}, until=target)
    if task is None:
        clock.update(frozen_time=target, status="ready", status_details={})
        update(tools, clock, "test_helpers.test_clock.ready")
        return True
    clock["frozen_time"] = max(clock["frozen_time"], task.at)
    tools.store.save(clock)
    task.act(tools, task.row, clock["frozen_time"])
    return True


def _next(tools: Tools, clocks: set[str | None], *, until: int) -> Task | None:
    found = _tasks(tools, clocks, until=until)
    return min(found, key=lambda task: (task.at, task.rank), default=None)


def _tasks(tools: Tools, clocks: set[str | None], *, until: int) -> Iterator[Task]:
    for rank, duty in enumerate(DUTIES):
        for row in duty.rows(tools):
            if row["test_clock"] in clocks:
                at = duty.due_at(tools, row)
                if at is not None and at <= until:
                    yield Task(at, rank, row, duty.act)


def _follows_real_time(tools: Tools) -> set[str | None]:
    """No clock at all, and the clocks that have been told to follow real time again."""
    following = [clock for clock in tools.store.list(CLOCK) if private(clock).get("following")]
    return {None, *(clock["id"] for clock in following)}
