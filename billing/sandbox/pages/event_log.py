"""The event log: what was announced, to whom it was delivered, and sending it again."""

from __future__ import annotations

from billing.sandbox import delivery
from billing.sandbox.call import Visit
from billing.sandbox.pages.answers import Page, Redirect, page, said
from billing.sandbox.pages.html import Content, Markup, join, tag
from billing.sandbox.pages.layout import (
    badge,
    button,
    card,
    facts,
    field,
    form,
    operator_links,
    table,
)
from billing.sandbox.pages.wording import moment
from billing.sandbox.store import Row, Store
from billing.sandbox.wire import write_json

SHOWN = 50
_KINDS = {"arrived": "good", "waiting": "warn", "given up": "bad", "dropped": "bad"}


@page("GET", "/events")
def event_log(visit: Visit) -> Page:
    """The latest events, those of one type if it is named."""
    wanted = visit.query.get("type", "").strip()
    events = [row for row in visit.tools.store.list("event") if row["type"].startswith(wanted)]
    rows = [_row(visit.tools.store, event) for event in events[:SHOWN]]
    search = tag(
        "form",
        field("Type begins with", "type", value=wanted),
        tag("button", "Show", type="submit"),
        class_="row",
        action="/events",
    )
    shown = f"The latest {len(rows)} of {len(events)} events"
    heads = ["When", "Type", "About", "Deliveries"]
    body = join(
        operator_links("/events"),
        tag("h1", "Events"),
        search,
        table(heads, rows, caption=shown) if rows else tag("p", "No events yet.", class_="note"),
    )
    return Page("Events", body, is_wide=True)


@page("GET", "/events/{event}")
def one_event(visit: Visit) -> Page:
    """An event's deliveries with their attempts, and its payload."""
    event = visit.tools.store.get("event", visit.ids["event"])
    deliveries = delivery.log(visit.tools.store, event=event["id"])
    rows = [_delivery(visit.tools.store, one) for one in deliveries]
    resend = form(
        f"/events/{event['id']}/resend", button("Send again to every endpoint", kind="main")
    )
    about = facts(
        [("Event", event["id"]), ("When", moment(event["created"])), ("About", _about(event))]
    )
    body = join(
        operator_links("/events"),
        tag("h1", event["type"]),
        about,
        card(
            "Deliveries",
            table(["Endpoint", "State", "Attempts"], rows, caption="Newest first")
            if rows
            else tag("p", "No endpoint wanted this event.", class_="note"),
            resend,
        ),
        card("Payload", tag("pre", write_json(event, indent=2), tabindex=0, aria_label="Payload")),
    )
    return Page(event["type"], body, is_wide=True)


@page("POST", "/events/{event}/resend")
def resend(visit: Visit) -> Redirect:
    """Deliver an event once more, to one endpoint or to all that want its type now."""
    event = visit.tools.store.get("event", visit.ids["event"])
    delivery.again(visit.tools, event, endpoint=said(visit, "endpoint") or None)
    return Redirect(f"/events/{event['id']}")


def _row(store: Store, event: Row) -> list[Content]:
    states = sorted({one["state"] for one in delivery.log(store, event=event["id"])})
    return [
        moment(event["created"]),
        tag("a", event["type"], href=f"/events/{event['id']}"),
        tag("code", _about(event)),
        join(*[badge(state, _KINDS[state]) for state in states]) if states else "none",
    ]


def _about(event: Row) -> str:
    return str(event["data"]["object"].get("id", event["data"]["object"]["object"]))


def _delivery(store: Store, one: Row) -> list[Content]:
    endpoint = store.find("webhook_endpoint", one["endpoint"])
    tried: list[Markup] = [
        tag("li", f"{moment(attempt['at'])}: {attempt['outcome']}") for attempt in one["log"]
    ]
    return [
        endpoint["url"] if endpoint else f"{one['endpoint']} (deleted)",
        badge(one["state"], _KINDS[one["state"]]),
        tag("ul", tried, class_="plain") if tried else "none yet",
    ]
