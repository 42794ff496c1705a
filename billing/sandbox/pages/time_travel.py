"""
Time travel: every test clock, who lives by it, and letting its time pass.

Stripe's documentation: "Test clocks". That a clock may follow real time again is the sandbox's own.
"""

from __future__ import annotations

from typing import Final

from billing.sandbox.call import Answer, Call, Tools, Visit
from billing.sandbox.engine.calendar import DAY, HOUR, boundary
from billing.sandbox.engine.calendar import moment as seconds
from billing.sandbox.engine.clocks import CLOCK, next_due
from billing.sandbox.engine.rows import private
from billing.sandbox.errors import invalid
from billing.sandbox.pages.answers import Page, Redirect, Reply, page, said
from billing.sandbox.pages.controls import as_json
from billing.sandbox.pages.html import Content, Markup, join, tag
from billing.sandbox.pages.layout import badge, button, card, facts, form, notice, operator_links
from billing.sandbox.pages.wording import moment, plain
from billing.sandbox.resources import test_clocks
from billing.sandbox.routing import page as knob
from billing.sandbox.store import Row
from billing.sandbox.validation import without_private

STEPS: Final = {
    "event": "To the next event",
    "hour": "One hour",
    "day": "One day",
    "month": "One month",
    "now": "Towards the present",
}


@page("GET", "/time")
def clocks(visit: Visit) -> Page:
    """Every test clock."""
    tools = visit.tools
    cards = [_clock(tools, clock) for clock in tools.store.list(CLOCK)]
    nothing = tag(
        "p", "There is no test clock. Whoever has none lives in real time.", class_="note"
    )
    body = join(
        operator_links("/time"),
        tag("h1", "Time"),
        tag("p", f"Real time is {moment(seconds(tools.now))}.", class_="note"),
        cards or nothing,
    )
    return Page("Time", body, is_wide=True)


@page("POST", "/time/{clock}")
def travel(visit: Visit) -> Reply:
    """Let a clock's time pass, follow real time or stand still again."""
    tools = visit.tools
    clock = tools.store.get(CLOCK, visit.ids["clock"])
    wanted = said(visit, "do")
    if wanted == "follow":
        follow(tools, clock)
    elif wanted == "freeze":
        freeze(tools, clock)
    else:
        params = {"frozen_time": _target(tools, clock, wanted)}
        ids = {"test_clock": clock["id"]}
        test_clocks.advance(Call(path="", ids=ids, params=params, tools=tools))
    return Redirect("/time")


@knob("POST", "/_sandbox/clocks/{clock}/follow")
def follow_knob(visit: Visit) -> Answer:
    clock = visit.tools.store.get(CLOCK, visit.ids["clock"])
    return as_json(without_private(follow(visit.tools, clock)))


def follow(tools: Tools, clock: Row) -> Row:
    """From now on the clock shows real time. Raises StripeError unless it shows the present."""
    if not _may_follow(tools, clock):
        raise invalid("A clock can follow real time once it has reached the present.")
    private(clock)["following"] = True
    return tools.store.save(clock)


def freeze(tools: Tools, clock: Row) -> Row:
    """The clock stands still at the moment that it shows."""
    if private(clock).pop("following", False):
        clock["frozen_time"] = seconds(tools.now)
    return tools.store.save(clock)


def _may_follow(tools: Tools, clock: Row) -> bool:
    now, shown = seconds(tools.now), int(clock["frozen_time"])
    return clock["status"] == "ready" and now - HOUR <= shown <= now


def _target(tools: Tools, clock: Row, wanted: str) -> int:
    at = int(clock["frozen_time"])
    if wanted == "event":
        due = next_due(tools, clock["id"])
        if due is None:
            raise invalid("Nothing is going to happen on this clock by itself.")
        return max(due, at + 1)
    targets = {
        "hour": at + HOUR,
        "day": at + DAY,
        "month": boundary(at, interval="month", count=1, step=1),
        "now": min(seconds(tools.now), test_clocks.furthest(tools, clock)),
    }
    if wanted not in targets:
        raise invalid(f"There is no step {wanted!r}.", param="do")
    return targets[wanted]


def _clock(tools: Tools, clock: Row) -> Markup:
    following = bool(private(clock).get("following"))
    due = next_due(tools, clock["id"])
    shown = seconds(tools.now) if following else clock["frozen_time"]
    rows: list[tuple[str, Content]] = [
        ("Shows", moment(shown)),
        ("Next event", moment(due) if due else "None"),
        ("Customers", _customers(tools, clock) or "None"),
    ]
    return card(
        clock["name"] or clock["id"],
        tag("p", badge("Follows real time" if following else plain(clock["status"]))),
        facts(rows),
        _controls(tools, clock, following=following, due=due),
    )


def _customers(tools: Tools, clock: Row) -> Content:
    found = tools.store.list("customer", test_clock=clock["id"])
    rows = [tag("li", _customer(tools, one)) for one in found]
    return tag("ul", rows, class_="plain") if rows else None


def _customer(tools: Tools, customer: Row) -> str:
    name = customer.get("name") or customer.get("email") or customer["id"]
    states = [
        plain(one["status"]) for one in tools.store.list("subscription", customer=customer["id"])
    ]
    return f"{name}: {', '.join(states)}" if states else str(name)


def _controls(tools: Tools, clock: Row, *, following: bool, due: int | None) -> Markup:
    action = f"/time/{clock['id']}"
    if clock["status"] != "ready":
        again = tag("a", "Look again", href="/time", class_="button")
        return join(notice("Time is passing on this clock."), tag("p", again))
    if following:
        return form(action, button("Stand still", value="freeze"), class_="row")
    possible = {
        "event": due is not None,
        "now": clock["frozen_time"] < seconds(tools.now),
        "follow": _may_follow(tools, clock),
    }
    steps = [
        button(label, value=step, of=clock["name"] or clock["id"])
        for step, label in {**STEPS, "follow": "Follow real time"}.items()
        if possible.get(step, True)
    ]
    note = "At most two billing periods at a time, as with Stripe."
    return join(tag("p", note, class_="note"), form(action, *steps, class_="row"))
