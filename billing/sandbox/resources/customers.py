"""Customers: who pays."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Call, Tools, new_id
from billing.sandbox.engine.ending import end
from billing.sandbox.engine.standing import ENDED
from billing.sandbox.errors import invalid
from billing.sandbox.listing import envelope, listed
from billing.sandbox.resources.coupons import new_code
from billing.sandbox.resources.merging import deleted, merged, merged_part, refuse
from billing.sandbox.resources.people import living_customer
from billing.sandbox.resources.tax_ids import create_tax_id
from billing.sandbox.resources.test_cards import card_method, card_of_token, keep, named_method
from billing.sandbox.routing import includable, operation
from billing.sandbox.skeleton import shape
from billing.sandbox.store import Row

NOT_IMPLEMENTED = (
    "bank_account", "card", "cash_balance", "default_alipay_account", "default_bank_account",
    "default_card", "next_invoice_sequence",
)  # fmt: skip
# What is not simply written down.
SETTLED = ("invoice_settings", "payment_method", "source", "tax", "tax_id_data")


@operation("POST", "/v1/customers")
def create(call: Call) -> Row:
    """With a test clock, the customer lives in its time for good."""
    params, tools = call.params, call.tools
    refuse(params, *NOT_IMPLEMENTED)
    if "test_clock" in params:
        tools.store.get(
            "test_helpers.test_clock", params["test_clock"], param="test_clock", status=400
        )
    customer = tools.make(
        "customer",
        "cus",
        balance=0,
        delinquent=False,
        invoice_prefix=new_code(),
        invoice_settings=shape("invoice_setting_customer_setting"),
        metadata={},
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
        test_clock=params.get("test_clock"),
    )
    customer = tools.store.save(merged(customer, _written_down(params)))
    customer = _with_means_of_payment(tools, customer, params)
    tools.emit_created(customer, "customer.created")
    for tax_id in params.get("tax_id_data", []):
        create_tax_id(tools, customer, tax_id)
    return customer


@operation("GET", "/v1/customers/{customer}")
def retrieve(call: Call) -> Row:
    """A deleted customer is still answered, as deleted."""
    return call.store.get("customer", call.ids["customer"])


@operation("POST", "/v1/customers/{customer}")
def update(call: Call) -> Row:
    refuse(call.params, *NOT_IMPLEMENTED)
    before = living_customer(call.tools, call.ids["customer"], status=404)
    after = merged(before, _written_down(call.params))
    after = _with_means_of_payment(call.tools, after, call.params)
    return call.tools.emit_changed(before, after, "customer.updated")


@operation("DELETE", "/v1/customers/{customer}")
def delete(call: Call) -> Row:
    """For good, and what the customer had subscribed to ends at once."""
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    _end_subscriptions(call.tools, customer)
    _stop_collecting(call.tools, customer)
    customer = call.store.get("customer", customer["id"])
    gone = call.store.save(deleted(customer))
    call.tools.emit("customer.deleted", customer)
    return gone


@operation("GET", "/v1/customers")
def index(call: Call) -> Row:
    equals = {name: call.params[name] for name in ("email", "test_clock") if name in call.params}
    return listed(call, call.store.list("customer", **equals))


def _end_subscriptions(tools: Tools, customer: Row) -> None:
    now = int(tools.now_for(customer).timestamp())
    for subscription in tools.store.list("subscription", customer=customer["id"]):
        if subscription["status"] not in ENDED:
            end(tools, subscription, at=now)


def _stop_collecting(tools: Tools, customer: Row) -> None:
    """Nobody is there any more to be charged for what was left unpaid."""
    for status in ("draft", "open"):
        for invoice in tools.store.list("invoice", customer=customer["id"], status=status):
            stopped = {**invoice, "auto_advance": False, "next_payment_attempt": None}
            tools.emit_changed(invoice, stopped, "invoice.updated")


def _written_down(params: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in params.items() if name not in SETTLED}
    if params.get("preferred_locales") == "":
        plain["preferred_locales"] = []
    if "address" in plain and plain["address"] != "":
        plain["address"] = merged_part(shape("address"), plain["address"])
    return plain


def _with_means_of_payment(tools: Tools, customer: Row, params: dict[str, Any]) -> Row:
    """The customer with a card kept, and with the one that pays by default."""
    given = {**params.get("invoice_settings", {})}
    if "payment_method" in params:
        method = keep(tools, named_method(tools, params["payment_method"]), customer)
        if given.get("default_payment_method") == params["payment_method"]:
            # A name such as pm_card_visa means the payment method just made of it.
            given["default_payment_method"] = method["id"]
    if "source" in params:
        card = card_of_token(params["source"])
        method = keep(tools, card_method(tools, card, id=new_id("card")), customer)
        customer = {**customer, "default_source": method["id"]}
    if params.get("default_source"):
        _check_own(tools, customer, params["default_source"], "default_source")
    default = given.get("default_payment_method")
    if default:
        _check_own(tools, customer, default, "invoice_settings[default_payment_method]")
    settings = merged_part(customer["invoice_settings"], given)
    return {**customer, "invoice_settings": settings}


def _check_own(tools: Tools, customer: Row, id: str, param: str) -> None:
    method = tools.store.get("payment_method", id, param=param, status=400)
    if method["customer"] != customer["id"]:
        raise invalid(
            f"The customer does not have a payment method with the ID {id}. The payment method"
            " must be attached to the customer.",
            param=param,
        )


@includable("customer", "sources")
def sources(tools: Tools, customer: Row) -> Any:
    """Left out unless asked for. There are none: cards are payment methods here."""
    return envelope([], url=f"/v1/customers/{customer['id']}/sources")
