"""Who buys: what was typed into the page, and what becomes of the customer."""

from __future__ import annotations

from dataclasses import dataclass

from billing.sandbox.call import Call, Tools
from billing.sandbox.engine.cards import Card
from billing.sandbox.engine.rows import update
from billing.sandbox.resources import customers, tax_ids
from billing.sandbox.resources.test_cards import card_method, keep
from billing.sandbox.store import Row


@dataclass(frozen=True)
class Buyer:
    """What somebody typed into the page. Of a card only what a test number stands for is kept."""

    email: str = ""
    name: str = ""
    country: str = ""
    postal_code: str = ""
    tax_id_type: str = ""
    tax_id: str = ""
    card: Card | None = None
    exp_month: int | None = None
    exp_year: int | None = None
    # A payment method that is there already, if he does not type a card in.
    method: str | None = None
    # Whether he has just told his bank that it is him.
    confirmed: bool = False

    @property
    def address(self) -> Row | None:
        if not (self.country or self.postal_code):
            return None
        return {
            "city": None,
            "country": self.country or None,
            "line1": None,
            "line2": None,
            "postal_code": self.postal_code or None,
            "state": None,
        }


def customer_for(tools: Tools, session: Row, buyer: Buyer) -> Row:
    """The session's customer brought up to date, or a new one. Raises StripeError."""
    if session["customer"] is None:
        values = {"email": buyer.email, "name": buyer.name, "address": buyer.address}
        given = {name: value for name, value in values.items() if value}
        customer = customers.create(Call(ids={}, params=given, tools=tools, path=""))
    else:
        customer = _updated(tools, session, buyer)
    if buyer.tax_id:
        tax_ids.create_tax_id(tools, customer, {"type": buyer.tax_id_type, "value": buyer.tax_id})
    return customer


def method_for(tools: Tools, buyer: Buyer, card: Card) -> Row:
    """A payment method of the card, of nobody yet. Raises StripeError if it has expired."""
    if buyer.method is not None:
        return tools.store.get("payment_method", buyer.method)
    method = card_method(tools, card, exp_month=buyer.exp_month, exp_year=buyer.exp_year)
    details = {"email": buyer.email or None, "name": buyer.name or None, "address": buyer.address}
    method["billing_details"] = {**method["billing_details"], **details}
    return tools.store.save(method)


def attach(tools: Tools, method: Row, customer: Row) -> Row:
    """The customer keeps the card. Raises StripeError if the bank refuses it."""
    return keep(tools, method, customer)


def _updated(tools: Tools, session: Row, buyer: Buyer) -> Row:
    customer = tools.store.get("customer", session["customer"])
    wanted = session["_sandbox"]["customer_update"]
    if wanted.get("name") == "auto" and buyer.name:
        customer["name"] = buyer.name
    if wanted.get("address") == "auto" and buyer.address:
        customer["address"] = buyer.address
    if not customer["email"] and buyer.email:
        customer["email"] = buyer.email
    return update(tools, customer, "customer.updated")
