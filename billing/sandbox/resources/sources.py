"""
Cards as sources of a customer: the older shape of the same payment methods.

Stripe's documentation: "Cards" in the API reference (deprecated, still answered).
"""

from __future__ import annotations

from typing import Final

from billing.sandbox.call import Call, Tools, new_id
from billing.sandbox.errors import invalid, missing
from billing.sandbox.listing import listed
from billing.sandbox.resources import payment_methods
from billing.sandbox.resources.merging import deleted, merged_metadata, refuse
from billing.sandbox.resources.people import living_customer
from billing.sandbox.resources.test_cards import card_method, card_of_token, keep
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

ADDRESS: Final = "/v1/customers/{customer}/sources"
SHOWN: Final = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
CHANGEABLE: Final = ("exp_month", "exp_year")


@operation("POST", ADDRESS)
def create(call: Call) -> Row:
    refuse(call.params, "alipay_account", "bank_account", "card")
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    if "source" not in call.params:
        raise invalid("Missing required param: source.", param="source", code="parameter_missing")
    card = card_of_token(call.params["source"])
    method = keep(call.tools, card_method(call.tools, card, id=new_id("card")), customer)
    if customer["default_source"] is None:
        after = {**customer, "default_source": method["id"]}
        call.tools.emit_changed(customer, after, "customer.updated")
    return call.tools.emit_created(_card(call.tools, method), "customer.source.created")


@operation("GET", ADDRESS)
def index(call: Call) -> Row:
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    methods = call.store.list("payment_method", customer=customer["id"])
    return listed(call, [_card(call.tools, one) for one in methods if _is_source(one)])


@operation("GET", f"{ADDRESS}/{{id}}")
def retrieve(call: Call) -> Row:
    return _card(call.tools, _source(call))


@operation("POST", f"{ADDRESS}/{{id}}")
def update(call: Call) -> Row:
    given = {name: call.params[name] for name in CHANGEABLE if name in call.params}
    for name in call.params.keys() - {*CHANGEABLE, "metadata", "expand"}:
        refuse(call.params, name)
    method = _source(call)
    before = _card(call.tools, method)
    method["card"] = {**method["card"], **{name: int(value) for name, value in given.items()}}
    method["metadata"] = merged_metadata(method["metadata"], call.params.get("metadata", {}))
    call.store.save(method)
    return call.tools.emit_changed(before, _card(call.tools, method), "customer.source.updated")


@operation("DELETE", f"{ADDRESS}/{{id}}")
def delete(call: Call) -> Row:
    method = _source(call)
    card = _card(call.tools, method)
    ids = {"payment_method": method["id"]}
    payment_methods.detach(Call(path=call.path, ids=ids, params={}, tools=call.tools))
    call.store.delete(card)
    call.tools.emit("customer.source.deleted", card)
    return deleted(card)


def _source(call: Call) -> Row:
    method = call.store.find("payment_method", call.ids["id"])
    if method is None or not _is_source(method) or method["customer"] != call.ids["customer"]:
        raise missing("source", call.ids["id"])
    return method


def _is_source(method: Row) -> bool:
    return str(method["id"]).startswith("card_")


def _card(tools: Tools, method: Row) -> Row:
    shown = {name: method["card"][name] for name in SHOWN}
    shown["brand"] = str(shown["brand"]).capitalize()
    return tools.make(
        "card",
        "card",
        id=method["id"],
        customer=method["customer"],
        cvc_check="pass",
        metadata=method["metadata"],
        **shown,
    )
