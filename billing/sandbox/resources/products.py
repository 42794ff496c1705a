"""Products: what is sold."""

from __future__ import annotations

from billing.sandbox.call import Call, Tools
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.catalog import create_price, new_product
from billing.sandbox.resources.merging import deleted, merged
from billing.sandbox.routing import operation
from billing.sandbox.store import Row


@operation("POST", "/v1/products")
def create(call: Call) -> Row:
    """With an id of the caller's choice if he has one; it must be new."""
    params = {**call.params}
    price = params.pop("default_price_data", None)
    product = call.tools.emit_created(new_product(call.tools, params), "product.created")
    if price is None:
        return product
    made = create_price(call.tools, {**price, "product": product["id"]})
    return call.store.save({**product, "default_price": made["id"]})


@operation("GET", "/v1/products/{id}")
def retrieve(call: Call) -> Row:
    return call.store.get("product", call.ids["id"])


@operation("POST", "/v1/products/{id}")
def update(call: Call) -> Row:
    before = call.store.get("product", call.ids["id"])
    given = {**call.params}
    for name in ("images", "marketing_features"):
        if given.get(name) == "":
            given[name] = []
    if "default_price" in given:
        _check_default_price(call.tools, before, given["default_price"])
    after = merged(before, given)
    after["updated"] = int(call.tools.now.timestamp())
    return call.tools.emit_changed(before, after, "product.updated")


@operation("DELETE", "/v1/products/{id}")
def delete(call: Call) -> Row:
    """A product that has prices stays: others may be paying them."""
    product = call.store.get("product", call.ids["id"])
    if call.store.list("price", product=product["id"]):
        raise invalid(
            "This product cannot be deleted because it has one or more user-created prices."
        )
    call.store.delete(product)
    call.tools.emit("product.deleted", product)
    return deleted(product)


@operation("GET", "/v1/products")
def index(call: Call) -> Row:
    equals = {
        name: call.params[name] for name in ("active", "shippable", "url") if name in call.params
    }
    products = call.store.list("product", **equals)
    ids = call.params.get("ids")
    return listed(call, [row for row in products if ids is None or row["id"] in ids])


@operation("GET", "/v1/products/{product}/features")
def index_of_features(call: Call) -> Row:
    """None: Stripe's entitlements are not implemented, so that no feature can be attached."""
    call.store.get("product", call.ids["product"])
    return listed(call, [])


def _check_default_price(tools: Tools, product: Row, price_id: str) -> None:
    price = tools.store.get("price", price_id, param="default_price", status=400)
    if price["product"] != product["id"]:
        raise invalid("The price specified does not belong to this product.", param="default_price")
