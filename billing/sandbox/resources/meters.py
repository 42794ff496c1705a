"""
Billing meters and what was counted on them.

Stripe's documentation: "Meters", "Configure meters" and "List billing meter event summaries".
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

from billing.sandbox.call import Call, Tools, id_of
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.routing import operation
from billing.sandbox.store import Row, Store
from billing.sandbox.usage import WINDOWS, Usage, by_window, misaligned, total

CUSTOMER_KEY, VALUE_KEY = "stripe_customer_id", "value"
EVENT = "billing.meter_event"


@operation("POST", "/v1/billing/meters")
def create(call: Call) -> Row:
    name = call.params["event_name"]
    _refuse_second(call.store, name)
    mapping = call.params.get("customer_mapping") or {
        "type": "by_id",
        "event_payload_key": CUSTOMER_KEY,
    }
    now = int(call.tools.now.timestamp())
    meter = call.tools.make(
        "billing.meter",
        "mtr_test",
        created=now,
        updated=now,
        display_name=call.params["display_name"],
        event_name=name,
        event_time_window=call.params.get("event_time_window"),
        default_aggregation=call.params["default_aggregation"],
        customer_mapping=mapping,
        value_settings=call.params.get("value_settings") or {"event_payload_key": VALUE_KEY},
    )
    return call.store.save(meter)


@operation("GET", "/v1/billing/meters")
def list_meters(call: Call) -> Row:
    status = call.params.get("status")
    meters = call.store.list("billing.meter", **({"status": status} if status else {}))
    return listed(call, meters)


@operation("GET", "/v1/billing/meters/{id}")
def retrieve(call: Call) -> Row:
    return call.store.get("billing.meter", call.ids["id"])


@operation("POST", "/v1/billing/meters/{id}")
def update(call: Call) -> Row:
    """The name that people read is all that may change."""
    meter = call.store.get("billing.meter", call.ids["id"])
    meter["display_name"] = call.params.get("display_name", meter["display_name"])
    return _save(call, meter)


@operation("POST", "/v1/billing/meters/{id}/deactivate")
def deactivate(call: Call) -> Row:
    meter = call.store.get("billing.meter", call.ids["id"])
    if meter["status"] == "inactive":
        raise invalid("This meter is already inactive.", code="archived_meter")
    meter["status"] = "inactive"
    meter["status_transitions"] = {"deactivated_at": int(call.tools.now.timestamp())}
    return _save(call, meter)


@operation("POST", "/v1/billing/meters/{id}/reactivate")
def reactivate(call: Call) -> Row:
    meter = call.store.get("billing.meter", call.ids["id"])
    if meter["status"] == "active":
        raise invalid("This meter is already active.")
    _refuse_second(call.store, meter["event_name"])
    meter["status"] = "active"
    meter["status_transitions"] = {"deactivated_at": None}
    return _save(call, meter)


@operation("GET", "/v1/billing/meters/{id}/event_summaries")
def event_summaries(call: Call) -> Row:
    """One summary of the whole span, or one of each hour or day in which something was counted."""
    meter = call.store.get("billing.meter", call.ids["id"])
    customer = id_of(
        call.store.get("customer", call.params["customer"], param="customer", status=400)
    )
    start, end = call.params["start_time"], call.params["end_time"]
    size = call.params.get("value_grouping_window")
    _check_span(start, end, size)
    events = reported(call.store, meter=meter["id"], customer=customer, start=start, end=end)
    if size is None:
        spans = [(start, end, events)]
    else:
        spans = [(at, at + WINDOWS[size], some) for at, some in by_window(events, size).items()]
    summaries = [_summary(call.tools, meter, customer, *span) for span in spans]
    return listed(call, summaries)


def active_meter(store: Store, event_name: str) -> Row | None:
    """The meter that counts events of this name now."""
    return next(iter(store.list("billing.meter", event_name=event_name, status="active")), None)


def reported(store: Store, *, meter: str, customer: str, start: int, end: int) -> list[Usage]:
    """What was reported for a customer in ``[start, end)``, cancelled events left out."""
    rows = store.list(EVENT, _sandbox__meter=meter, _sandbox__customer=customer)
    return [
        Usage(row["timestamp"], Decimal(row["_sandbox"]["value"]))
        for row in rows
        if start <= row["timestamp"] < end and not row["_sandbox"]["cancelled"]
    ]


def used(store: Store, *, meter: str, customer: str, start: int, end: int) -> Decimal:
    """What a customer used on a meter in ``[start, end)``, by the meter's formula."""
    formula = store.get("billing.meter", meter)["default_aggregation"]["formula"]
    return total(formula, reported(store, meter=meter, customer=customer, start=start, end=end))


def _refuse_second(store: Store, event_name: str) -> None:
    if active_meter(store, event_name):
        raise invalid(
            f"A meter with the event name {event_name} is already active.", param="event_name"
        )


def _save(call: Call, meter: Row) -> Row:
    meter["updated"] = int(call.tools.now.timestamp())
    return call.store.save(meter)


def _check_span(start: int, end: int, size: str | None) -> None:
    wrong = misaligned(start, end, size)
    if wrong:
        raise invalid(f"{wrong} must align with {size or 'minute'} boundaries.", param=wrong)
    if end <= start:
        raise invalid("end_time must be after start_time.", param="end_time")


def _summary(
    tools: Tools, meter: Row, customer: str, start: int, end: int, events: list[Usage]
) -> Row:
    about = f"{meter['id']} {customer} {start} {end}"
    return tools.make(
        "billing.meter_event_summary",
        "mtrusg_test",
        id=f"mtrusg_test_{sha256(about.encode()).hexdigest()[:24]}",
        meter=meter["id"],
        start_time=start,
        end_time=end,
        aggregated_value=total(meter["default_aggregation"]["formula"], events),
    )
