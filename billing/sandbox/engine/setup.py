"""Setup intents: a payment method kept for later, with its holder's consent.

Stripe's documentation: "Setup Intents API".
"""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Tools, new_id
from billing.sandbox.engine import standing
from billing.sandbox.engine.cards import asks_for_holder, card_of
from billing.sandbox.engine.rows import create, private, update
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row

FINAL = frozenset({"succeeded", "canceled"})


def open_setup(
    tools: Tools,
    *,
    customer: str | None,
    at: int,
    for_subscription: str | None = None,
    **values: Any,
) -> Row:
    """A consent that waits for a payment method."""
    intent = tools.make(
        "setup_intent",
        "seti",
        created=at,
        customer=customer,
        metadata={},
        payment_method_types=["card"],
        status="requires_payment_method",
        usage="off_session",
    )
    intent.update(values)
    intent["client_secret"] = new_id(f"{intent['id']}_secret")
    private(intent)["subscription"] = for_subscription
    return create(tools, intent, "setup_intent.created")


def confirm_setup(tools: Tools, intent: Row, *, method: Row, authenticated: bool = False) -> Row:
    """Keep the payment method for later; the intent's status tells whether that worked.

    The payment method is attached to the intent's customer. Nothing is raised for a decline.
    """
    if intent["status"] in FINAL:
        raise invalid(
            f"You cannot confirm this SetupIntent because it has a status of {intent['status']}.",
            code="setup_intent_unexpected_state",
        )
    card = card_of(method)
    if card.declined is not None and card.declined_when_kept:
        return _refuse(tools, intent, method)
    if asks_for_holder(method) and not authenticated:
        intent.update(
            next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
            payment_method=method["id"],
            status="requires_action",
        )
        return update(tools, intent, "setup_intent.requires_action")
    return _succeed(tools, intent, method)


def set_up(tools: Tools, method: Row) -> Row:
    """The holder has agreed to later charges of this payment method."""
    private(method)["set_up"] = True
    return tools.store.save(method)


def setup_refusal(intent: Row) -> StripeError | None:
    """The answer for a setup that was declined, if it was."""
    error = intent.get("last_setup_error")
    if error is None:
        return None
    return StripeError(
        402,
        error["type"],
        error["message"],
        code=error["code"],
        decline_code=error["decline_code"],
        effect_kept=True,
    )


def _refuse(tools: Tools, intent: Row, method: Row) -> Row:
    declined = card_of(method).declined
    if declined is not None:
        intent["last_setup_error"] = {
            "type": "card_error",
            "code": declined.code,
            "decline_code": declined.decline_code,
            "message": declined.message,
            "payment_method": method,
        }
    intent.update(payment_method=None, status="requires_payment_method")
    return update(tools, intent, "setup_intent.setup_failed")


def _succeed(tools: Tools, intent: Row, method: Row) -> Row:
    if method["customer"] is None and intent["customer"]:
        method["customer"] = intent["customer"]
        update(tools, method, "payment_method.attached")
    set_up(tools, method)
    intent.update(
        last_setup_error=None,
        next_action=None,
        payment_method=method["id"],
        status="succeeded",
    )
    update(tools, intent, "setup_intent.succeeded")
    _settle_subscription(tools, intent)
    return intent


def _settle_subscription(tools: Tools, intent: Row) -> None:
    """The subscription that asked for it has what it needs; it keeps the method if told to."""
    name = private(intent).get("subscription")
    subscription = tools.store.find("subscription", name) if name else None
    if subscription is None:
        return
    subscription["pending_setup_intent"] = None
    if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription":
        subscription["default_payment_method"] = intent["payment_method"]
    standing.keep(tools, subscription)
