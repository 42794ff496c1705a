"""Payment methods: Stripe's test cards, kept by customers."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Call, Tools
from billing.sandbox.engine.cards import Card, find_card
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged, merged_part, refuse
from billing.sandbox.resources.people import living_customer
from billing.sandbox.resources.test_cards import card_method, card_of_token, keep, named_method
from billing.sandbox.routing import operation
from billing.sandbox.store import Row


@operation("POST", "/v1/payment_methods")
def create(call: Call) -> Row:
    """From a test card's number, or from a token that stands for one."""
    params = {**call.params}
    if params.get("type") != "card" or "card" not in params:
        raise invalid(
            "Only payment methods of the type card are implemented in the sandbox", param="type"
        )
    refuse(params, "customer", "payment_method")
    given = params.pop("card")
    refuse(given, "networks")
    card = _card(given)
    method = card_method(
        call.tools,
        card,
        exp_month=given.get("exp_month"),
        exp_year=given.get("exp_year"),
    )
    details = merged_part(method["billing_details"], params.pop("billing_details", {}))
    return call.store.save(merged(method, {**params, "billing_details": details}))


@operation("GET", "/v1/payment_methods/{payment_method}")
def retrieve(call: Call) -> Row:
    return named_method(call.tools, call.ids["payment_method"], status=404)


@operation("POST", "/v1/payment_methods/{payment_method}")
def update(call: Call) -> Row:
    """What may be put right about a card that a customer keeps."""
    params = {**call.params}
    refuse(params, "payto", "us_bank_account")
    before = call.store.get("payment_method", call.ids["payment_method"])
    if before["customer"] is None:
        raise invalid("You must save this PaymentMethod to a customer before you can update it.")
    details = merged_part(before["billing_details"], params.pop("billing_details", {}))
    card_params = params.pop("card", {})
    refuse(card_params, "networks")
    card = merged_part(before["card"], card_params)
    after = merged(before, {**params, "billing_details": details, "card": card})
    return call.tools.emit_changed(before, after, "payment_method.updated")


@operation("POST", "/v1/payment_methods/{payment_method}/attach")
def attach(call: Call) -> Row:
    """The bank is asked; a card that it refuses is not kept."""
    refuse(call.params, "customer_account")
    if "customer" not in call.params:
        raise invalid(
            "Missing required param: customer.", param="customer", code="parameter_missing"
        )
    customer = living_customer(call.tools, call.params["customer"])
    method = named_method(call.tools, call.ids["payment_method"], status=404)
    return keep(call.tools, method, customer)


@operation("POST", "/v1/payment_methods/{payment_method}/detach")
def detach(call: Call) -> Row:
    """Let go of it for good: a detached card cannot be attached again."""
    before = call.store.get("payment_method", call.ids["payment_method"])
    if before["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible."
        )
    after = {**before, "customer": None}
    after["_sandbox"] = {**before["_sandbox"], "spent": True}
    _forget_default(call.tools, before)
    return call.tools.emit_changed(before, after, "payment_method.detached")


@operation("GET", "/v1/payment_methods")
def index(call: Call) -> Row:
    refuse(call.params, "customer_account")
    equals = {
        name: call.params[name]
        for name in ("customer", "type", "allow_redisplay")
        if name in call.params
    }
    return listed(call, call.store.list("payment_method", **equals))


@operation("GET", "/v1/customers/{customer}/payment_methods")
def index_of_customer(call: Call) -> Row:
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    equals = {
        name: call.params[name] for name in ("type", "allow_redisplay") if name in call.params
    }
    return listed(call, call.store.list("payment_method", customer=customer["id"], **equals))


@operation("GET", "/v1/customers/{customer}/payment_methods/{payment_method}")
def retrieve_of_customer(call: Call) -> Row:
    id = call.ids["payment_method"]
    method = call.store.get("payment_method", id)
    if method["customer"] != call.ids["customer"]:
        raise invalid(
            f"The customer does not have a payment method with the ID {id}.",
            param="payment_method",
        )
    return method


def _forget_default(tools: Tools, method: Row) -> None:
    """Whoever would have been charged with it by default is charged so no more."""
    before = tools.store.get("customer", method["customer"])
    after = {**before, "invoice_settings": {**before["invoice_settings"]}}
    if before["invoice_settings"]["default_payment_method"] == method["id"]:
        after["invoice_settings"]["default_payment_method"] = None
    if before["default_source"] == method["id"]:
        after["default_source"] = None
    tools.emit_changed(before, after, "customer.updated")
    for subscription in tools.store.list("subscription", customer=before["id"]):
        if subscription["default_payment_method"] == method["id"]:
            tools.emit_changed(
                subscription,
                {**subscription, "default_payment_method": None},
                "customer.subscription.updated",
            )


def _card(given: dict[str, Any]) -> Card:
    """The test card of a number, or of a token such as ``tok_visa``."""
    if "token" in given:
        return card_of_token(given["token"], param="card[token]")
    card = find_card(given.get("number", ""))
    if card is None:
        raise _unknown_number()
    return card


def _unknown_number() -> StripeError:
    return StripeError(
        402,
        "card_error",
        "Your card was declined. Your request used a card number that is not one of Stripe's test"
        " cards; the sandbox takes no other.",
        code="card_declined",
        decline_code="test_mode_live_card",
        param="card[number]",
    )
