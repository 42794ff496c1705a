"""Prices: how much, how often, by which tiers. What was agreed upon never changes."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Call, Tools
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.catalog import claim_lookup_key, create_price
from billing.sandbox.resources.merging import merged, refuse
from billing.sandbox.routing import includable, operation
from billing.sandbox.store import Row

MOST_LOOKUP_KEYS = 10


@operation("POST", "/v1/prices")
def create(call: Call) -> Row:
    return create_price(call.tools, call.params)


@operation("GET", "/v1/prices/{price}")
def retrieve(call: Call) -> Row:
    return call.store.get("price", call.ids["price"])


@operation("POST", "/v1/prices/{price}")
def update(call: Call) -> Row:
    before = call.store.get("price", call.ids["price"])
    given = {**call.params}
    refuse(given, "currency_options")
    if "tax_behavior" in given and before["tax_behavior"] not in {
        "unspecified",
        given["tax_behavior"],
    }:
        raise invalid("The tax behavior cannot be changed once it is set.", param="tax_behavior")
    claim_lookup_key(call.tools, given, for_price=before["id"])
    return call.tools.emit_changed(before, merged(before, given), "price.updated")


@operation("GET", "/v1/prices")
def index(call: Call) -> Row:
    params = call.params
    equals: dict[str, Any] = {
        name: params[name] for name in ("active", "currency", "product", "type") if name in params
    }
    equals |= {f"recurring__{name}": value for name, value in params.get("recurring", {}).items()}
    keys = params.get("lookup_keys")
    if keys is not None and len(keys) > MOST_LOOKUP_KEYS:
        raise invalid(f"Up to {MOST_LOOKUP_KEYS} lookup_keys are allowed.", param="lookup_keys")
    rows = call.store.list("price", **equals)
    return listed(call, [row for row in rows if keys is None or row["lookup_key"] in keys])


@includable("price", "tiers")
def tiers(tools: Tools, price: Row) -> Any:
    """Left out of a price unless asked for ("Expanding responses")."""
    return price.get("_sandbox", {}).get("tiers")


@includable("price", "currency_options")
def currency_options(tools: Tools, price: Row) -> Any:
    """Left out unless asked for. There is one, its own: a price has one currency here."""
    names = ("custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal")
    return {price["currency"]: {name: price[name] for name in names}}
