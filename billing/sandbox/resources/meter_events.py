"""
Usage reported to a meter, and taken back.

Stripe's documentation: "Record usage for billing", "Create a billing meter event" and "Create a
billing meter event adjustment".
"""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from billing.sandbox.call import Call, Tools, new_id
from billing.sandbox.errors import invalid
from billing.sandbox.resources.meters import EVENT, active_meter
from billing.sandbox.routing import operation
from billing.sandbox.store import Row, Store
from billing.sandbox.usage import CANCELLABLE_FOR, IDENTIFIER_KEPT_FOR, is_in_time, value_of


@operation("POST", "/v1/billing/meter_events")
def create(call: Call) -> Row:
    name, payload = call.params["event_name"], call.params["payload"]
    meter = _meter(call.store, name)
    customer = _customer(call.store, meter, payload)
    value = _value(meter, payload)
    identifier = call.params.get("identifier") or str(uuid4())
    now = int(call.tools.now_for(customer).timestamp())
    timestamp = call.params.get("timestamp", now)
    if not is_in_time(timestamp, now=now):
        raise invalid(
            "The timestamp must be within the past 35 calendar days or up to 5 minutes in the"
            " future.",
            param="timestamp",
        )
    _refuse_repetition(call.tools, identifier)
    event = call.tools.make(
        EVENT,
        "mtre",
        created=now,
        event_name=name,
        identifier=identifier,
        payload=payload,
        timestamp=timestamp,
    )
    facts = {
        "meter": meter["id"],
        "customer": customer["id"],
        "value": str(value),
        "received_at": int(call.tools.now.timestamp()),
        "cancelled": False,
    }
    call.store.save({**event, "id": new_id("mtre"), "_sandbox": facts})
    return event


@operation("POST", "/v1/billing/meter_event_adjustments")
def adjust(call: Call) -> Row:
    name = call.params["event_name"]
    identifier = call.params.get("cancel", {}).get("identifier")
    if not identifier:
        raise invalid(
            "Missing required param: cancel[identifier].",
            param="cancel[identifier]",
            code="parameter_missing",
        )
    event = next(iter(call.store.list(EVENT, event_name=name, identifier=identifier)), None)
    if event is None:
        raise invalid(f"No event found with identifier {identifier}.", param="cancel[identifier]")
    facts = event["_sandbox"]
    if facts["received_at"] + CANCELLABLE_FOR < int(call.tools.now.timestamp()):
        raise invalid(
            "An event can be cancelled within 24 hours of Stripe receiving it.",
            param="cancel[identifier]",
        )
    if facts["cancelled"]:
        raise invalid(
            f"The event with identifier {identifier} is already cancelled.",
            param="cancel[identifier]",
        )
    call.store.save({**event, "_sandbox": {**facts, "cancelled": True}})
    return call.tools.make(
        "billing.meter_event_adjustment",
        "mtrea",
        event_name=name,
        type="cancel",
        cancel={"identifier": identifier},
        status="complete",
    )


def _meter(store: Store, event_name: str) -> Row:
    meter = active_meter(store, event_name)
    if meter is None:
        raise invalid(
            f"No active meter found with the event name {event_name}.", param="event_name"
        )
    return meter


def _customer(store: Store, meter: Row, payload: Row) -> Row:
    key = meter["customer_mapping"]["event_payload_key"]
    if not payload.get(key):
        raise invalid(f"The payload must contain the key {key}.", param=f"payload[{key}]")
    return store.get("customer", payload[key], param=f"payload[{key}]", status=400)


def _value(meter: Row, payload: Row) -> Decimal:
    key = meter["value_settings"]["event_payload_key"]
    if meter["default_aggregation"]["formula"] == "count" and key not in payload:
        return Decimal(1)
    if key not in payload:
        raise invalid(f"The payload must contain the key {key}.", param=f"payload[{key}]")
    value = value_of(payload[key])
    if value is None:
        raise invalid(f"Invalid value for payload[{key}]: {payload[key]}", param=f"payload[{key}]")
    return value


def _refuse_repetition(tools: Tools, identifier: str) -> None:
    """An identifier is remembered for 24 hours of real time, whatever a test clock says."""
    oldest = int(tools.now.timestamp()) - IDENTIFIER_KEPT_FOR
    for earlier in tools.store.list(EVENT, identifier=identifier):
        if earlier["_sandbox"]["received_at"] > oldest:
            raise invalid(
                f"An event already exists with identifier {identifier}.", param="identifier"
            )
