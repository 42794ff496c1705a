"""Our events in Kinde's words: which of its names an event goes by, and what it then tells."""

from datetime import UTC, datetime
from typing import Any, Final

NAMES: Final = [
    "customer.agreement_cancelled",
    "customer.agreement_created",
    "customer.invoice_overdue",
    "customer.meter_usage_updated",
    "customer.payment_failed",
    "customer.payment_succeeded",
    "customer.plan_assigned",
    "customer.plan_changed",
    "customer.plan_created",
]
_NAMES_OF: Final = {
    "invoice.paid": ["customer.payment_succeeded"],
    "invoice.payment_failed": ["customer.payment_failed"],
    "plan.published": ["customer.plan_created"],
    "subscription.canceled": ["customer.agreement_cancelled"],
    "subscription.created": ["customer.agreement_created", "customer.plan_assigned"],
    "subscription.payment_overdue": ["customer.invoice_overdue"],
    "subscription.updated": ["customer.plan_changed"],
    "usage.updated": ["customer.meter_usage_updated"],
}


_OF_AN_AGREEMENT: Final = frozenset(
    name
    for type_, names in _NAMES_OF.items()
    if type_.startswith("subscription.")
    for name in names
)
_A_MOVE: Final = frozenset({"plan", "plan_version", "interval"})


def list_names(*, type: str, data: dict[str, Any]) -> list[str]:
    """Return what Kinde calls an event; nothing for one that it has no word for."""
    if type == "subscription.updated" and not _A_MOVE & {*data.get("previous_attributes", {})}:
        return []
    return _NAMES_OF.get(type, [])


def customer_id(*, organization_code: str) -> str:
    """The id of an organization as Kinde's billing customer."""
    return "customer_" + organization_code.partition("_")[2]


def message_id(*, event_id: str, name: str) -> str:
    """The id of an event under one of its names, by which a receiver knows it again."""
    return f"{event_id}_{name.rpartition('.')[2]}"


def describe(
    *, name: str, message_id: str, data: dict[str, Any], occurred_at: datetime
) -> dict[str, Any]:
    """Return what Kinde's webhooks say, for a token; the same at every attempt."""
    moment = occurred_at.astimezone(UTC).isoformat(timespec="milliseconds")
    timestamp = moment.replace("+00:00", "Z")
    return {
        "type": name,
        "event_id": message_id,
        "event_timestamp": timestamp,
        "source": "api",
        "timestamp": timestamp,
        "data": {**data, **_customer(data), **_agreement(name, data)},
    }


def _customer(data: dict[str, Any]) -> dict[str, Any]:
    organization = data.get("organization")
    if organization is None:
        return {}
    customer = customer_id(organization_code=organization["id"])
    return {
        "customer_id": customer,
        "customer": {"id": customer},
        "org_code": organization["id"],
    }


def _agreement(name: str, data: dict[str, Any]) -> dict[str, Any]:
    if name not in _OF_AN_AGREEMENT:
        return {}
    return {
        "agreement_id": data.get("id"),
        "plan": {"code": data.get("plan"), "key": data.get("plan"), "name": data.get("plan_name")},
    }
