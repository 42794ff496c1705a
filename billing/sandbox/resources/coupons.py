"""Coupons: what is taken off, and for how long."""

from __future__ import annotations

import secrets
import string
from decimal import Decimal
from typing import Any

from billing.sandbox.call import Call, Tools
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.amounts import checked_currency
from billing.sandbox.resources.merging import deleted, merged, one_of, refuse
from billing.sandbox.routing import includable, operation
from billing.sandbox.store import Row

CODE_LETTERS = string.ascii_uppercase + string.digits


@operation("POST", "/v1/coupons")
def create(call: Call) -> Row:
    params = {**call.params}
    refuse(params, "currency_options")
    id = params.pop("id", None) or new_code()
    if call.store.find("coupon", id) is not None:
        raise invalid("Coupon already exists.", param="id", code="resource_already_exists")
    _check_taken_off(params)
    duration = params.setdefault("duration", "once")
    if (duration == "repeating") != ("duration_in_months" in params):
        raise invalid(
            "duration_in_months goes with duration=repeating, and only with it.",
            param="duration_in_months",
        )
    products = params.pop("applies_to", {}).get("products")
    coupon = call.tools.make("coupon", "", id=id, metadata={}, valid=True)
    if products is not None:
        for product in products:
            call.store.get("product", product, param="applies_to[products]", status=400)
        coupon["_sandbox"] = {"products": products}
    return call.tools.emit_created(merged(coupon, params), "coupon.created")


@operation("GET", "/v1/coupons/{coupon}")
def retrieve(call: Call) -> Row:
    return as_it_stands(call.tools, call.store.get("coupon", call.ids["coupon"]))


@operation("POST", "/v1/coupons/{coupon}")
def update(call: Call) -> Row:
    """Name and metadata only: what a coupon gives is settled when it is made."""
    refuse(call.params, "currency_options")
    before = call.store.get("coupon", call.ids["coupon"])
    return call.tools.emit_changed(before, merged(before, call.params), "coupon.updated")


@operation("DELETE", "/v1/coupons/{coupon}")
def delete(call: Call) -> Row:
    """Whoever has it keeps it; nobody can redeem it any more."""
    coupon = call.store.get("coupon", call.ids["coupon"])
    call.store.delete(coupon)
    call.tools.emit("coupon.deleted", {**coupon, "valid": False})
    return deleted(coupon)


@operation("GET", "/v1/coupons")
def index(call: Call) -> Row:
    return listed(call, [as_it_stands(call.tools, row) for row in call.store.list("coupon")])


@includable("coupon", "applies_to")
def applies_to(tools: Tools, coupon: Row) -> Any:
    """Left out of a coupon unless asked for, and of one for every product."""
    products = coupon.get("_sandbox", {}).get("products")
    return None if products is None else {"products": products}


def as_it_stands(tools: Tools, coupon: Row) -> Row:
    """The coupon with ``valid`` as it is now: in time, and redeemed less often than allowed."""
    in_time = coupon["redeem_by"] is None or tools.now.timestamp() < coupon["redeem_by"]
    most = coupon["max_redemptions"]
    return {**coupon, "valid": in_time and (most is None or coupon["times_redeemed"] < most)}


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(8))


def _check_taken_off(params: dict[str, Any]) -> None:
    """A percentage, or an amount in a currency. Raises ``StripeError``."""
    if one_of(params, "percent_off", "amount_off") == "percent_off":
        if not 0 < params["percent_off"] <= Decimal(100):
            raise invalid("percent_off must be above 0 and at most 100.", param="percent_off")
        return
    if params["amount_off"] < 1:
        raise invalid("Invalid positive integer", param="amount_off")
    if "currency" not in params:
        raise invalid(
            "Missing required param: currency.", param="currency", code="parameter_missing"
        )
    params["currency"] = checked_currency(params["currency"])
