"""Payment intents.

Stripe's documentation: "How PaymentIntents work".
"""

from __future__ import annotations

from typing import Any, Final

from billing.sandbox.call import Call, Tools, id_of
from billing.sandbox.engine import payment
from billing.sandbox.engine.intents import (
    FINAL,
    cancel_intent,
    confirm,
    failure,
    open_intent,
    wrong_state,
)
from billing.sandbox.engine.people import payer
from billing.sandbox.engine.rows import not_implemented, private, refuse_others, time_of
from billing.sandbox.engine.rows import update as update_row
from billing.sandbox.engine.setup import set_up
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged
from billing.sandbox.resources.test_cards import keep, named_method
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

KIND: Final = "payment_intent"
ADDRESS: Final = "/v1/payment_intents/{intent}"
PLAIN: Final = frozenset(
    "description metadata receipt_email setup_future_usage shipping statement_descriptor"
    " statement_descriptor_suffix".split()
)
KNOWN: Final = PLAIN | frozenset(
    "amount automatic_payment_methods confirm currency customer off_session payment_method"
    " payment_method_types return_url confirmation_method capture_method".split()
)
CONFIRMING: Final = frozenset("off_session payment_method return_url use_stripe_sdk".split())
SMALLEST: Final = 1


@operation("POST", "/v1/payment_intents")
def create(call: Call) -> Row:
    params = call.params
    refuse_others(params, known=KNOWN)
    _check(params)
    customer = payer(call.tools, params["customer"])["id"] if "customer" in params else None
    at = time_of(call.tools, customer)
    intent = open_intent(
        call.tools,
        amount=params["amount"],
        currency=params["currency"].lower(),
        customer=customer,
        at=at,
        **{name: value for name, value in params.items() if name in PLAIN and value != ""},
    )
    if "payment_method" in params:
        _choose(call.tools, intent, params["payment_method"])
        update_row(call.tools, intent, "payment_intent.created")
    return _confirm(call, intent) if params.get("confirm") else intent


@operation("GET", "/v1/payment_intents")
def index(call: Call) -> Row:
    equals = {"customer": call.params["customer"]} if "customer" in call.params else {}
    return listed(call, call.store.list(KIND, **equals))


@operation("GET", ADDRESS)
def retrieve(call: Call) -> Row:
    return _get(call)


@operation("POST", ADDRESS)
def update(call: Call) -> Row:
    intent = _get(call)
    refuse_others(call.params, known=PLAIN | {"payment_method", "amount"})
    if intent["status"] in FINAL and call.params.keys() - {"metadata", "description", "expand"}:
        raise wrong_state(intent, "update")
    if "payment_method" in call.params:
        _choose(call.tools, intent, call.params["payment_method"])
    rest = {name: value for name, value in call.params.items() if name != "payment_method"}
    return call.store.save(merged(intent, rest))


@operation("POST", f"{ADDRESS}/confirm")
def confirm_intent(call: Call) -> Row:
    refuse_others(call.params, known=CONFIRMING)
    intent = _get(call)
    if "payment_method" in call.params:
        _choose(call.tools, intent, call.params["payment_method"])
    return _confirm(call, intent)


@operation("POST", f"{ADDRESS}/cancel")
def cancel(call: Call) -> Row:
    intent = _get(call)
    if private(intent).get("invoice"):
        raise invalid(
            "You cannot cancel a PaymentIntent that pays an invoice; void the invoice instead."
        )
    return cancel_intent(
        call.tools,
        intent,
        reason=call.params.get("cancellation_reason"),
        at=time_of(call.tools, intent),
    )


def authenticate(tools: Tools, intent: Row, *, at: int) -> Row:
    """The holder has identified himself: what waited for that goes on."""
    if intent["status"] != "requires_action":
        raise wrong_state(intent, "authenticate")
    method = tools.store.get("payment_method", id_of(intent["payment_method"]))
    return _attempt(tools, intent, method, at=at, off_session=False, authenticated=True)


def _get(call: Call) -> Row:
    return call.store.get(KIND, call.ids["intent"])


def _check(params: dict[str, Any]) -> None:
    if params["amount"] < SMALLEST:
        raise invalid("Invalid positive integer", param="amount")
    if params.get("payment_method_types", ["card"]) != ["card"]:
        raise not_implemented("payment_method_types")
    for name in ("capture_method", "confirmation_method"):
        if params.get(name, "automatic") not in {"automatic", "automatic_async"}:
            raise not_implemented(name)


def _choose(tools: Tools, intent: Row, name: str) -> None:
    method = named_method(tools, name)
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise invalid("The payment method belongs to another customer.", param="payment_method")
    intent["payment_method"] = method["id"]
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"
    tools.store.save(intent)


def _confirm(call: Call, intent: Row) -> Row:
    if intent["status"] in FINAL:
        raise wrong_state(intent, "confirm")
    if intent["payment_method"] is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    method = call.store.get("payment_method", id_of(intent["payment_method"]))
    intent = _attempt(
        call.tools,
        intent,
        method,
        at=time_of(call.tools, intent),
        off_session=bool(call.params.get("off_session", False)),
    )
    error = failure(intent) if intent["status"] != "requires_action" else None
    if error is not None:
        raise error
    return intent


def _attempt(
    tools: Tools,
    intent: Row,
    method: Row,
    *,
    at: int,
    off_session: bool,
    authenticated: bool = False,
) -> Row:
    intent = confirm(
        tools,
        intent,
        method=method,
        at=at,
        off_session=off_session,
        authenticated=authenticated,
    )
    if intent["status"] == "succeeded":
        _keep_for_later(tools, intent, method)
    invoice = private(intent).get("invoice")
    if invoice is not None:
        bill = tools.store.get("invoice", invoice)
        bill["attempt_count"] += 1
        bill["attempted"] = True
        payment.after_attempt(tools, bill, intent, at=at)
    return tools.store.get(KIND, intent["id"])


def _keep_for_later(tools: Tools, intent: Row, method: Row) -> None:
    """``setup_future_usage`` attaches the card to the customer, ready to be charged later."""
    if intent.get("setup_future_usage") and intent["customer"]:
        set_up(tools, keep(tools, method, tools.store.get("customer", intent["customer"])))
