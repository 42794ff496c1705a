"""Invoice items and lines as the API describes them.

Stripe's documentation: "Create an invoice item".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine.basket import asked_price
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.items import make_item
from billing.sandbox.engine.lines import one_off_charge, priced_at, product_name
from billing.sandbox.engine.money import half_up, plain
from billing.sandbox.engine.people import payer
from billing.sandbox.engine.rows import refuse_others, unset
from billing.sandbox.errors import invalid
from billing.sandbox.store import Row

KNOWN = frozenset(
    "amount currency customer description discountable discounts invoice metadata period price"
    " price_data pricing quantity quantity_decimal subscription unit_amount unit_amount_decimal"
    " tax_behavior invoice_item".split()
)


@dataclass(frozen=True)
class Priced:
    """What an item costs and how that came about."""

    amount: int
    quantity: Decimal
    pricing: Row
    currency: str | None
    description: str | None = None


def item_by_params(
    tools: Tools, params: dict[str, Any], *, at: int, param: str = "", invoice: Row | None = None
) -> Row:
    """A new invoice item by the parameters of "Create an invoice item". Raises ``StripeError``."""
    refuse_others(params, known=KNOWN)
    priced = read_price(tools, params, param)
    customer = payer(tools, params.get("customer") or (invoice or {}).get("customer", ""))
    subscription = _subscription(tools, params, customer)
    currency = params.get("currency") or priced.currency or _currency_of(invoice, subscription)
    _check_currency(currency, priced, invoice)
    target = Target(customer=customer["id"], at=at, invoice=invoice["id"] if invoice else None)
    return make_item(
        tools,
        amount=priced.amount,
        at=at,
        currency=str(currency).lower(),
        customer=customer["id"],
        description=params.get("description", priced.description),
        discountable=params.get("discountable", priced.amount >= 0),
        discounts=grant(tools, params.get("discounts"), target=target),
        metadata=unset(params.get("metadata")) or {},
        period=read_period(params, at=at),
        pricing=priced.pricing,
        quantity=priced.quantity,
        subscription=subscription["id"] if subscription else None,
    )


def read_price(tools: Tools, params: dict[str, Any], param: str = "") -> Priced:
    """An amount, a one-time price, or a quantity times a unit amount, rounded half up once."""
    quantity = _quantity(params)
    named = {"price": (params.get("pricing") or {}).get("price", params.get("price"))}
    if named["price"] is not None or "price_data" in params:
        asked = {name: value for name, value in named.items() if value is not None}
        if "price_data" in params:
            asked["price_data"] = params["price_data"]
        price = asked_price(tools, asked, param=param or "pricing", recurring=False)
        charge = one_off_charge(price, quantity)
        return Priced(
            charge.amount,
            quantity,
            priced_at(price, charge.unit_amount_decimal),
            price["currency"],
            product_name(tools, price),
        )
    if "amount" in params:
        if "quantity" in params or "quantity_decimal" in params:
            raise invalid("You may only specify one of amount and quantity.", param="amount")
        return Priced(params["amount"], Decimal(1), priced_at(None, str(params["amount"])), None)
    each = Decimal(params.get("unit_amount_decimal", params.get("unit_amount", 0)))
    if "unit_amount_decimal" not in params and "unit_amount" not in params:
        raise invalid("You must give one of amount, pricing, price_data and unit_amount_decimal.")
    return Priced(half_up(each * quantity), quantity, priced_at(None, plain(each)), None)


def read_period(params: dict[str, Any], *, at: int) -> tuple[int, int]:
    period = params.get("period") or {"start": at, "end": at}
    if period["end"] < period["start"]:
        raise invalid("The end of a period must not lie before its start.", param="period[end]")
    return period["start"], period["end"]


def _quantity(params: dict[str, Any]) -> Decimal:
    if "quantity" in params and "quantity_decimal" in params:
        raise invalid("You may only specify one of quantity and quantity_decimal.")
    quantity = Decimal(params.get("quantity_decimal", params.get("quantity", 1)))
    if quantity < 0:
        raise invalid("This value must be greater than or equal to 0.", param="quantity")
    return quantity


def _subscription(tools: Tools, params: dict[str, Any], customer: Row) -> Row | None:
    if "subscription" not in params:
        return None
    subscription = tools.store.get(
        "subscription", params["subscription"], param="subscription", status=400
    )
    if subscription["customer"] != customer["id"]:
        raise invalid("The subscription belongs to another customer.", param="subscription")
    return subscription


def _currency_of(invoice: Row | None, subscription: Row | None) -> str:
    for owner in (invoice, subscription):
        if owner is not None:
            return str(owner["currency"])
    raise invalid("Missing required param: currency.", param="currency", code="parameter_missing")


def _check_currency(currency: str, priced: Priced, invoice: Row | None) -> None:
    for known in (priced.currency, invoice["currency"] if invoice else None):
        if known is not None and known != currency.lower():
            raise invalid(
                f"The currency must be {known}, like what it is billed with.", param="currency"
            )
