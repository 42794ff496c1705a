"""Promotion codes: the words with which customers redeem a coupon."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Call, Tools
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.coupons import as_it_stands as coupon_as_it_stands
from billing.sandbox.resources.coupons import new_code
from billing.sandbox.resources.merging import merged, refuse
from billing.sandbox.routing import operation
from billing.sandbox.store import Row


@operation("POST", "/v1/promotion_codes")
def create(call: Call) -> Row:
    params = {**call.params}
    refuse(params, "customer_account")
    coupon = _coupon(call.tools, params.pop("promotion"))
    code = params.pop("code", None) or new_code()
    _check_code(call.tools, code)
    if params.get("customer"):
        call.store.get("customer", params["customer"], param="customer", status=400)
    made = call.tools.make(
        "promotion_code",
        "promo",
        active=True,
        code=code,
        metadata={},
        promotion={"type": "coupon", "coupon": coupon["id"]},
        restrictions=_restrictions(params.pop("restrictions", {})),
        times_redeemed=0,
    )
    return call.tools.emit_created(merged(made, params), "promotion_code.created")


@operation("GET", "/v1/promotion_codes/{promotion_code}")
def retrieve(call: Call) -> Row:
    code = call.store.get("promotion_code", call.ids["promotion_code"])
    return as_it_stands(call.tools, code)


@operation("POST", "/v1/promotion_codes/{promotion_code}")
def update(call: Call) -> Row:
    refuse(call.params, "restrictions")
    before = call.store.get("promotion_code", call.ids["promotion_code"])
    if call.params.get("active") and not before["active"]:
        _check_code(call.tools, before["code"])
    return call.tools.emit_changed(before, merged(before, call.params), "promotion_code.updated")


@operation("GET", "/v1/promotion_codes")
def index(call: Call) -> Row:
    params = call.params
    refuse(params, "customer_account")
    equals = {name: params[name] for name in ("customer",) if name in params}
    if "coupon" in params:
        equals["promotion__coupon"] = params["coupon"]
    rows = [as_it_stands(call.tools, row) for row in call.store.list("promotion_code", **equals)]
    active, code = params.get("active"), params.get("code", "").lower()
    wanted = [
        row for row in rows if active in {None, row["active"]} and code in {"", row["code"].lower()}
    ]
    return listed(call, wanted)


def as_it_stands(tools: Tools, code: Row) -> Row:
    """The code with ``active`` as it is now: a code that nobody may use any more is inactive."""
    in_time = code["expires_at"] is None or tools.now.timestamp() < code["expires_at"]
    most = code["max_redemptions"]
    left = most is None or code["times_redeemed"] < most
    coupon = tools.store.find("coupon", code["promotion"]["coupon"])
    valid = coupon is not None and coupon_as_it_stands(tools, coupon)["valid"]
    return {**code, "active": code["active"] and in_time and left and valid}


def _coupon(tools: Tools, promotion: dict[str, Any]) -> Row:
    if "coupon" not in promotion:
        raise invalid(
            "Missing required param: promotion[coupon].",
            param="promotion[coupon]",
            code="parameter_missing",
        )
    coupon = tools.store.get("coupon", promotion["coupon"], param="promotion[coupon]", status=400)
    if not coupon_as_it_stands(tools, coupon)["valid"]:
        raise invalid("The coupon is not valid any more.", param="promotion[coupon]")
    return coupon


def _check_code(tools: Tools, code: str) -> None:
    """Two active codes never share their letters, whatever their case."""
    for other in tools.store.list("promotion_code"):
        taken = as_it_stands(tools, other)["active"]
        if taken and other["code"].lower() == code.lower():
            raise invalid(
                f"An active promotion code with `code: {code}` already exists.", param="code"
            )


def _restrictions(given: dict[str, Any]) -> Row:
    refuse(given, "currency_options")
    if ("minimum_amount" in given) != ("minimum_amount_currency" in given):
        raise invalid(
            "minimum_amount and minimum_amount_currency belong together.",
            param="restrictions[minimum_amount]",
        )
    nothing = {"first_time_transaction": False, "minimum_amount": None}
    return {**nothing, "minimum_amount_currency": None, **given}
