"""
Finding again what a call has made or changed, when its idempotency key is no longer known.

Where Stripe takes metadata, the object carries the public id of the intent.
"""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from ...models import StripeIntent
from ..gateway.client import ask, ask_for_all
from ..gateway.errors import ObjectMissing
from ..gateway.facts import Json
from ..gateway.reading import list_objects_of_intent

LABEL: Final = "intent"
BALANCE_ENTRY: Final = "customers.balance_transactions.create"
# Clocks differ a little.
LEEWAY = timedelta(minutes=10)

CREATIONS: Final = {
    "checkout.sessions.create": "checkout.sessions.list",
    "credit_notes.create": "credit_notes.list",
    "customers.create": "customers.list",
    "invoice_items.create": "invoice_items.list",
    "invoices.create": "invoices.list",
    "payment_intents.create": "payment_intents.list",
    "prices.create": "prices.list",
    "products.create": "products.list",
    "refunds.create": "refunds.list",
    "setup_intents.create": "setup_intents.list",
    "subscriptions.create": "subscriptions.list",
}
CHANGES: Final = {
    "customers.update": "customers.retrieve",
    "invoice_items.update": "invoice_items.retrieve",
    "invoices.update": "invoices.retrieve",
    "payment_intents.update": "payment_intents.retrieve",
    "prices.update": "prices.retrieve",
    "products.update": "products.retrieve",
    "subscription_schedules.update": "subscription_schedules.retrieve",
    "subscriptions.update": "subscriptions.retrieve",
}
# Stripe remembers no keys of these: made again, they find nothing.
DELETIONS: Final = {
    "customers.tax_ids.delete": "customers.tax_ids.retrieve",
    "invoices.delete": "invoices.retrieve",
    "subscriptions.cancel": "subscriptions.retrieve",
}
_CANCELED: Final = "canceled"


def labelled(intent: StripeIntent) -> dict[str, Any]:
    """
    The parameters to send: with the intent's id where it is found again by it.

    They are in the same order whenever they are sent, before they were stored and after.
    """
    params: dict[str, Any] = dict(intent.params)
    if intent.operation in (*CREATIONS, *CHANGES, BALANCE_ENTRY):
        params["metadata"] = {**params.get("metadata", {}), LABEL: intent.public_id}
    in_order: dict[str, Any] = json.loads(json.dumps(params, sort_keys=True))
    return in_order


def find_effect(intent: StripeIntent) -> Json | None:
    """
    The object that the call has made, changed or ended; None if there is none.

    None too where it cannot be found again: releasing, paying or finalizing something is done
    or not done by the state of the object, which its owner looks at.
    """
    if intent.operation in CREATIONS:
        found = list_objects_of_intent(
            CREATIONS[intent.operation], intent.public_id, _where_to_look(intent)
        )
        return next(found, None)
    if intent.operation in CHANGES:
        return _changed_object(intent)
    if intent.operation in DELETIONS:
        return _what_is_gone(intent)
    if intent.operation == BALANCE_ENTRY:
        entries = ask_for_all("customers.balance_transactions.list", target=intent.object_id)
        return next((each for each in entries if _is_of(each, intent)), None)
    if intent.operation == "customers.tax_ids.create":
        return _tax_id_there(intent)
    return None


def _changed_object(intent: StripeIntent) -> Json | None:
    try:
        changed = ask(CHANGES[intent.operation], target=intent.object_id)
    except ObjectMissing:
        return None
    return changed if _is_of(changed, intent) else None


def _what_is_gone(intent: StripeIntent) -> Json | None:
    """What a deletion leaves: a subscription that is canceled, or nothing at all."""
    try:
        told = ask(DELETIONS[intent.operation], target=intent.object_id)
    except ObjectMissing:
        return {"id": intent.object_id.split("/")[-1], "deleted": True}
    return told if told.get("status") == _CANCELED else None


def _is_of(told: Json, intent: StripeIntent) -> bool:
    return (told.get("metadata") or {}).get(LABEL) == intent.public_id


def _tax_id_there(intent: StripeIntent) -> Json | None:
    """Tax ids carry no label: the same one of the same customer is what was to be made."""
    wanted = (intent.params["type"], intent.params["value"])
    found = ask_for_all("customers.tax_ids.list", target=intent.object_id)
    return next((each for each in found if (each["type"], each["value"]) == wanted), None)


def _where_to_look(intent: StripeIntent) -> dict[str, Any]:
    everything = {"status": "all"} if intent.operation == "subscriptions.create" else {}
    customer = intent.params.get("customer")
    if customer:
        # What belongs to a customer of a test clock is created in that clock's time.
        return {"customer": customer, **everything}
    since: datetime = intent.requested_at - LEEWAY
    return {"created": {"gte": int(since.timestamp())}, **everything}
