"""Coupons and promotion codes put to use.

Stripe's documentation: "Coupons and promotion codes".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine.calendar import boundary
from billing.sandbox.engine.reductions import Reduction
from billing.sandbox.engine.rows import create, update
from billing.sandbox.errors import invalid, missing
from billing.sandbox.store import Row


@dataclass(frozen=True)
class Target:
    """What a discount is put on; ``at`` is when."""

    customer: str
    at: int
    subscription: str | None = None
    subscription_item: str | None = None
    invoice: str | None = None
    invoice_item: str | None = None


def grant(tools: Tools, given: Any, *, target: Target) -> list[str]:
    """Put coupons, promotion codes or existing discounts on the target; their ids in order.

    Raises ``StripeError`` for a coupon or a code that does not exist or may not be used.
    """
    if not given:
        return []
    return [_grant_one(tools, one, target) for one in given]


def reductions(tools: Tools, ids: Iterable[str], *, at: int) -> list[Reduction]:
    """The discounts that are at work at the moment, in the order in which they are applied."""
    found = [tools.store.find("discount", id) for id in ids]
    return [
        _reduction(tools, discount)
        for discount in found
        if discount is not None and (discount["end"] is None or discount["end"] > at)
    ]


def remove(tools: Tools, ids: Iterable[str], *, at: int) -> None:
    """Take these discounts off whatever they are on."""
    for id in ids:
        discount = tools.store.find("discount", id)
        if discount is not None:
            discount["end"] = at if discount["end"] is None else min(at, discount["end"])
            tools.store.save(discount)
            tools.emit("customer.discount.deleted", discount)


def used_up(tools: Tools, ids: Sequence[str], *, at: int) -> list[str]:
    """Those that will reduce no later invoice: used once, or their months are over."""
    found = [tools.store.get("discount", id) for id in ids]
    return [
        discount["id"]
        for discount in found
        if coupon_of(tools, discount)["duration"] == "once"
        or (discount["end"] is not None and discount["end"] <= at)
    ]


def over(tools: Tools, ids: Sequence[str], *, at: int) -> list[str]:
    """Those whose months are over."""
    found = [tools.store.get("discount", id) for id in ids]
    return [one["id"] for one in found if one["end"] is not None and one["end"] <= at]


def coupon_of(tools: Tools, discount: Row) -> Row:
    """The coupon behind a discount, also when it has been deleted since."""
    kept: Row | None = discount.get("_sandbox", {}).get("coupon")
    return kept or tools.store.get("coupon", id_of(discount["source"]["coupon"]))


def _grant_one(tools: Tools, given: Row, target: Target) -> str:
    if "discount" in given:
        return str(
            tools.store.get("discount", given["discount"], param="discounts", status=400)["id"]
        )
    code = _code(tools, given["promotion_code"], target) if "promotion_code" in given else None
    coupon_id = id_of(code["promotion"]["coupon"]) if code else given.get("coupon", "")
    coupon = tools.store.find("coupon", coupon_id)
    if coupon is None or coupon.get("deleted"):
        raise missing("coupon", coupon_id, param="discounts", status=400)
    _check_coupon(coupon, target.at)
    discount = create(tools, _discount(tools, coupon, code, target), "customer.discount.created")
    _redeem(tools, coupon, code, target.at)
    return str(discount["id"])


def _discount(tools: Tools, coupon: Row, code: Row | None, target: Target) -> Row:
    months = coupon["duration_in_months"] if coupon["duration"] == "repeating" else None
    end = boundary(target.at, interval="month", count=1, step=months) if months else None
    return tools.make(
        "discount",
        "di",
        customer=target.customer,
        end=end,
        invoice=target.invoice,
        invoice_item=target.invoice_item,
        promotion_code=code["id"] if code else None,
        source={"type": "coupon", "coupon": coupon["id"]},
        start=target.at,
        subscription=target.subscription,
        subscription_item=target.subscription_item,
        _sandbox={"coupon": coupon},
    )


def _code(tools: Tools, id: str, target: Target) -> Row:
    code = tools.store.find("promotion_code", id)
    if code is None:
        raise missing("promotion code", id, param="discounts", status=400)
    expires_at, most = code["expires_at"], code["max_redemptions"]
    gone = expires_at is not None and expires_at <= target.at
    spent = most is not None and code["times_redeemed"] >= most
    if not code["active"] or gone or spent:
        raise invalid("This promotion code has expired.", param="discounts", code="coupon_expired")
    if code["customer"] and id_of(code["customer"]) != target.customer:
        raise invalid("This promotion code cannot be redeemed by this customer.", param="discounts")
    if code["restrictions"].get("first_time_transaction") and _has_paid(tools, target.customer):
        raise invalid(
            "This promotion code cannot be redeemed because the associated customer has prior"
            " transactions.",
            param="discounts",
        )
    return code


def _has_paid(tools: Tools, customer: str) -> bool:
    paid = tools.store.list("invoice", customer=customer, status="paid")
    return any(invoice["amount_paid"] for invoice in paid)


def _check_coupon(coupon: Row, at: int) -> None:
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] <= at
    most = coupon["max_redemptions"]
    if late or not coupon["valid"] or (most is not None and coupon["times_redeemed"] >= most):
        raise invalid(f"Coupon expired: {coupon['id']}", param="discounts", code="coupon_expired")


def _redeem(tools: Tools, coupon: Row, code: Row | None, at: int) -> None:
    coupon["times_redeemed"] += 1
    most = coupon["max_redemptions"]
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] <= at
    coupon["valid"] = not late and (most is None or coupon["times_redeemed"] < most)
    update(tools, coupon, "coupon.updated")
    if code is not None:
        code["times_redeemed"] += 1
        update(tools, code, "promotion_code.updated")


def _reduction(tools: Tools, discount: Row) -> Reduction:
    coupon = coupon_of(tools, discount)
    percent = coupon["percent_off"]
    products = (coupon.get("applies_to") or {}).get("products") or ()
    return Reduction(
        discount=discount["id"],
        percent_off=None if percent is None else Decimal(percent),
        amount_off=coupon["amount_off"],
        products=frozenset(products) or None,
    )
