"""How products and prices come to be; each may be made along with the other."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Tools, new_id
from billing.sandbox.errors import invalid
from billing.sandbox.resources.amounts import amounts, checked_currency, recurrence, tiered
from billing.sandbox.resources.merging import merged, one_of, refuse
from billing.sandbox.store import Row

SETTLED = {"unit_amount", "unit_amount_decimal", "tiers", "tiers_mode"}


def new_product(tools: Tools, params: dict[str, Any]) -> Row:
    """A product from its parameters, not yet saved. Raises ``StripeError`` if its id is taken."""
    id = params.get("id") or new_id("prod")
    if tools.store.find("product", id) is not None:
        raise invalid("Product already exists.", param="id", code="resource_already_exists")
    if not params["name"]:
        raise invalid("You passed an empty string for 'name'.", param="name")
    made = tools.make("product", "prod", id=id, active=True)
    product = merged({**made, "metadata": {}}, {**params, "id": id})
    product["updated"] = product["created"]
    return product


def create_price(tools: Tools, params: dict[str, Any]) -> Row:
    """A new price by the parameters of "Create a price". Raises ``StripeError``."""
    refuse(params, "currency_options", "custom_unit_amount")
    given = {name: value for name, value in params.items() if name != "expand"}
    currency = checked_currency(given.pop("currency"))
    product = _product(tools, given)
    given.pop("product_data", None)
    recurring = recurrence(tools, given.pop("recurring", None))
    scheme = given.pop("billing_scheme", "per_unit")
    steps = tiered(given) if scheme == "tiered" else None
    made = tools.make(
        "price",
        "price",
        **(amounts(given) if steps is None else {"tiers_mode": given["tiers_mode"]}),
        active=True,
        billing_scheme=scheme,
        currency=currency,
        metadata={},
        product=product,
        recurring=recurring,
        tax_behavior="unspecified",
        type="recurring" if recurring else "one_time",
    )
    if steps is not None:
        made["_sandbox"] = {"tiers": steps}
    claim_lookup_key(tools, given, for_price=made["id"])
    rest = {name: value for name, value in given.items() if name not in SETTLED}
    return tools.emit_created(merged(made, {**rest, "product": product}), "price.created")


def _product(tools: Tools, given: dict[str, Any]) -> str:
    """The product that the price belongs to, made along with it if described instead of named."""
    if one_of(given, "product", "product_data") == "product":
        product = tools.store.get("product", given["product"], param="product", status=400)
    else:
        product = new_product(tools, given["product_data"])
        tools.emit_created(product, "product.created")
    return str(product["id"])


def claim_lookup_key(tools: Tools, given: dict[str, Any], *, for_price: str) -> None:
    """A lookup key names one price; it is moved only if the caller says so."""
    transfer, key = given.pop("transfer_lookup_key", False), given.get("lookup_key")
    holders = tools.store.list("price", lookup_key=key) if key else []
    for holder in holders:
        if holder["id"] == for_price:
            continue
        if not transfer:
            raise invalid(
                f"A price ({holder['id']}) already uses that lookup key.", param="lookup_key"
            )
        tools.emit_changed(holder, {**holder, "lookup_key": None}, "price.updated")
