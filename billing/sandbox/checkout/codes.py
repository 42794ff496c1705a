"""
Promotion codes and coupons at the till.

Stripe's documentation: "Coupons and promotion codes".
"""

from __future__ import annotations

from billing.sandbox.call import Tools
from billing.sandbox.checkout.rules import Params
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.resources.coupons import as_it_stands as coupon_now
from billing.sandbox.resources.promotion_codes import as_it_stands as code_now
from billing.sandbox.store import Row, Store


def given_coupon(tools: Tools, discount: Params, *, customer: str | None) -> Row:
    """The coupon that a discount names itself or by a promotion code. Raises StripeError."""
    if "promotion_code" in discount:
        name = discount["promotion_code"]
        code = tools.store.get("promotion_code", name, param="discounts", status=400)
        return _checked_code(tools, code, customer=customer)
    coupon = tools.store.get("coupon", discount["coupon"], param="discounts", status=400)
    return _checked_coupon(tools, coupon)


def typed_code(tools: Tools, text: str, *, customer: str | None, subtotal: int) -> Row:
    """The active promotion code that somebody typed, in any case. Raises StripeError."""
    for code in tools.store.list("promotion_code", active=True):
        if code["code"].casefold() == text.casefold():
            _checked_code(tools, code, customer=customer)
            _check_minimum(code, subtotal)
            return code
    raise _invalid_code()


def coupon_of(store: Store, code: Row) -> Row:
    """The coupon behind a promotion code."""
    return store.get("coupon", code["promotion"]["coupon"])


def _checked_code(tools: Tools, code: Row, *, customer: str | None) -> Row:
    is_of_another = code["customer"] is not None and code["customer"] != customer
    if is_of_another or not code_now(tools, code)["active"]:
        raise _invalid_code()
    if code["restrictions"]["first_time_transaction"] and _has_paid(tools.store, customer):
        raise invalid(
            "This promotion code is for customers who have not paid anything yet.",
            param="discounts",
        )
    return _checked_coupon(tools, coupon_of(tools.store, code))


def _checked_coupon(tools: Tools, coupon: Row) -> Row:
    if not coupon_now(tools, coupon)["valid"]:
        raise invalid(f"Coupon expired: {coupon['id']}", param="discounts", code="coupon_expired")
    return coupon


def _check_minimum(code: Row, subtotal: int) -> None:
    minimum = code["restrictions"]["minimum_amount"]
    if minimum is not None and subtotal < minimum:
        raise invalid("This order is too small for the promotion code.", param="discounts")


def _has_paid(store: Store, customer: str | None) -> bool:
    return customer is not None and bool(store.list("charge", customer=customer, paid=True))


def _invalid_code() -> StripeError:
    return invalid("This promotion code is invalid.", param="discounts")
