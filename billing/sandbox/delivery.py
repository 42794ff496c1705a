"""Deliveries: an event on its way to a webhook endpoint, tried until it arrives or is given up."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.store import Row, Store
from billing.sandbox.wire import write_json

Send = Callable[[str, Mapping[str, str], bytes], int]

# Seconds until the next attempt; there is no attempt after the last one.
PAUSES = (5, 30, 120, 600, 3600, 3 * 3600, 12 * 3600)


@dataclass(frozen=True)
class Letter:
    """One attempt, ready to be sent."""

    delivery: int
    url: str
    headers: Mapping[str, str]
    body: bytes


def schedule(tools: Tools, event: Row) -> int:
    """Note a delivery for every endpoint that wants this event; returns how many want it."""
    wanting = [
        endpoint
        for endpoint in reversed(tools.store.list("webhook_endpoint", status="enabled"))
        if {"*", event["type"]} & set(endpoint["enabled_events"])
    ]
    for endpoint in wanting:
        if tools.faults.strikes("drop"):
            _note(tools, event, endpoint, state="dropped")
            continue
        wait = tools.faults.knobs.delay_seconds if tools.faults.strikes("delay") else 0
        for _ in range(2 if tools.faults.strikes("duplicate") else 1):
            _note(tools, event, endpoint, wait=wait)
    return len(wanting)


def again(tools: Tools, event: Row, *, endpoint: str | None = None) -> None:
    """Deliver an event once more: to this endpoint, or to every one that wants its type now."""
    for one in tools.store.list("webhook_endpoint", status="enabled"):
        wants = bool({"*", event["type"]} & set(one["enabled_events"]))
        if one["id"] == endpoint or (endpoint is None and wants):
            _note(tools, event, one)


def due(tools: Tools) -> list[Letter]:
    """What is to be sent now, in the order of the events unless chance has it otherwise."""
    found = tools.store.connection.execute(
        "SELECT id, event, endpoint FROM deliveries WHERE state = 'waiting' AND due_at <= ?"
        " ORDER BY id",
        (int(tools.now.timestamp()),),
    ).fetchall()
    letters = [letter for row in found if (letter := _written(tools, *row)) is not None]
    for position in range(1, len(letters)):
        if tools.faults.strikes("reorder"):
            letters[position - 1 : position + 1] = letters[position], letters[position - 1]
    return letters


def record(tools: Tools, letter: Letter, outcome: str, *, arrived: bool) -> None:
    """Log an attempt: it arrived, or it is tried again later until there have been enough."""
    connection, now = tools.store.connection, int(tools.now.timestamp())
    noted = connection.execute(
        "SELECT event, attempts FROM deliveries WHERE id = ?", (letter.delivery,)
    ).fetchone()
    if noted is None:
        return  # The sandbox was reset while the letter was on its way.
    event, made = noted
    connection.execute(
        "INSERT INTO attempts (delivery, at, outcome) VALUES (?, ?, ?)",
        (letter.delivery, now, outcome),
    )
    given_up = not arrived and made >= len(PAUSES)
    state = "arrived" if arrived else "given up" if given_up else "waiting"
    pause = PAUSES[made] if state == "waiting" else 0
    connection.execute(
        "UPDATE deliveries SET state = ?, attempts = attempts + 1, due_at = ? WHERE id = ?",
        (state, now + pause, letter.delivery),
    )
    if arrived:
        _one_less_pending(tools.store, event)


def log(store: Store, *, event: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """The latest deliveries, newest first, each with its attempts, oldest first."""
    found = store.connection.execute(
        "SELECT id, event, endpoint, state, attempts, due_at FROM deliveries"
        " WHERE ? IS NULL OR event = ? ORDER BY id DESC LIMIT ?",
        (event, event, limit),
    ).fetchall()
    names = ("id", "event", "endpoint", "state", "attempts", "due_at")
    return [
        {**dict(zip(names, row, strict=True)), "log": _attempts(store, row[0])} for row in found
    ]


def all_arrived(store: Store, event: str) -> bool:
    """Whether every endpoint that wants the event has it; true when none wants it."""
    found = store.connection.execute(
        "SELECT count(*) FROM deliveries WHERE event = ? AND state != 'arrived'", (event,)
    ).fetchone()
    return bool(found[0] == 0)


def signature(secret: str, at: int, body: str) -> str:
    """Stripe's documentation, "Webhook signatures": the scheme v1."""
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def _attempts(store: Store, delivery: int) -> list[dict[str, Any]]:
    found = store.connection.execute(
        "SELECT at, outcome FROM attempts WHERE delivery = ? ORDER BY id", (delivery,)
    )
    return [{"at": at, "outcome": outcome} for at, outcome in found.fetchall()]


def _note(
    tools: Tools, event: Row, endpoint: Row, *, state: str = "waiting", wait: int = 0
) -> None:
    tools.store.connection.execute(
        "INSERT INTO deliveries (event, endpoint, state, due_at) VALUES (?, ?, ?, ?)",
        (event["id"], endpoint["id"], state, int(tools.now.timestamp()) + wait),
    )


def _written(tools: Tools, delivery: int, event_id: str, endpoint_id: str) -> Letter | None:
    """The letter, signed at this moment; none once the endpoint is gone or switched off."""
    endpoint = tools.store.find("webhook_endpoint", endpoint_id)
    event = tools.store.find("event", event_id)
    if endpoint is None or event is None or endpoint["status"] != "enabled":
        tools.store.connection.execute(
            "UPDATE deliveries SET state = 'given up' WHERE id = ?", (delivery,)
        )
        return None
    body = write_json(event, indent=2)
    at = int(tools.now.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (sandbox, not Stripe)",
        "Stripe-Signature": signature(endpoint["_sandbox"]["secret"], at, body),
    }
    return Letter(delivery, endpoint["url"], headers, body.encode())


def _one_less_pending(store: Store, event_id: str) -> None:
    event = store.get("event", event_id)
    event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
    store.save(event)
