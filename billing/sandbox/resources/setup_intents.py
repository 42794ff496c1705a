"""Setup intents.

Stripe's documentation: "Setup Intents API".
"""

from __future__ import annotations

from typing import Final

from billing.sandbox.call import Call, Tools, id_of
from billing.sandbox.engine.people import payer
from billing.sandbox.engine.rows import not_implemented, refuse_others, time_of
from billing.sandbox.engine.rows import update as update_row
from billing.sandbox.engine.setup import FINAL, confirm_setup, open_setup, setup_refusal
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged
from billing.sandbox.resources.test_cards import named_method
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

KIND: Final = "setup_intent"
ADDRESS: Final = "/v1/setup_intents/{intent}"
PLAIN: Final = frozenset({"description", "metadata", "usage"})
KNOWN: Final = PLAIN | frozenset(
    "automatic_payment_methods confirm customer payment_method payment_method_types"
    " return_url".split()
)


@operation("POST", "/v1/setup_intents")
def create(call: Call) -> Row:
    params = call.params
    refuse_others(params, known=KNOWN)
    if params.get("payment_method_types", ["card"]) != ["card"]:
        raise not_implemented("payment_method_types")
    customer = payer(call.tools, params["customer"])["id"] if "customer" in params else None
    plain = {name: params[name] for name in PLAIN & params.keys() if params[name] != ""}
    at = time_of(call.tools, customer)
    intent = open_setup(call.tools, customer=customer, at=at, **plain)
    if "payment_method" in params:
        _choose(call.tools, intent, params["payment_method"])
    return _confirm(call, intent) if params.get("confirm") else intent


@operation("GET", "/v1/setup_intents")
def index(call: Call) -> Row:
    names = ("customer", "payment_method")
    equals = {name: call.params[name] for name in names if name in call.params}
    return listed(call, call.store.list(KIND, **equals))


@operation("GET", ADDRESS)
def retrieve(call: Call) -> Row:
    return _get(call)


@operation("POST", ADDRESS)
def update(call: Call) -> Row:
    refuse_others(call.params, known=PLAIN | {"payment_method"})
    intent = _get(call)
    if "payment_method" in call.params:
        _choose(call.tools, intent, call.params["payment_method"])
    rest = {name: value for name, value in call.params.items() if name != "payment_method"}
    return call.store.save(merged(intent, rest))


@operation("POST", f"{ADDRESS}/confirm")
def confirm(call: Call) -> Row:
    refuse_others(call.params, known=frozenset({"payment_method", "return_url", "use_stripe_sdk"}))
    intent = _get(call)
    if "payment_method" in call.params:
        _choose(call.tools, intent, call.params["payment_method"])
    return _confirm(call, intent)


@operation("POST", f"{ADDRESS}/cancel")
def cancel(call: Call) -> Row:
    intent = _get(call)
    if intent["status"] in FINAL:
        raise invalid(
            f"You cannot cancel this SetupIntent because it has a status of {intent['status']}.",
            code="setup_intent_unexpected_state",
        )
    intent["status"] = "canceled"
    intent["cancellation_reason"] = call.params.get("cancellation_reason")
    return update_row(call.tools, intent, "setup_intent.canceled")


def succeed(tools: Tools, intent: Row) -> Row:
    """The holder has identified himself: the setup that waited for that succeeds."""
    method = tools.store.get("payment_method", id_of(intent["payment_method"]))
    return confirm_setup(tools, intent, method=method, authenticated=True)


def _get(call: Call) -> Row:
    return call.store.get(KIND, call.ids["intent"])


def _choose(tools: Tools, intent: Row, name: str) -> None:
    method = named_method(tools, name)
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise invalid("The payment method belongs to another customer.", param="payment_method")
    intent["payment_method"] = method["id"]
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"
    tools.store.save(intent)


def _confirm(call: Call, intent: Row) -> Row:
    if intent["payment_method"] is None:
        raise invalid(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
        )
    method = call.store.get("payment_method", id_of(intent["payment_method"]))
    intent = confirm_setup(call.tools, intent, method=method)
    error = setup_refusal(intent)
    if error is not None:
        raise error
    return intent
