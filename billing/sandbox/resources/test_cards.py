"""Making payment methods of test cards, and keeping them for a customer."""

from __future__ import annotations

import hashlib

from billing.sandbox.call import Tools, new_id
from billing.sandbox.engine.cards import Card, card_of, check_keeping, find_card
from billing.sandbox.errors import StripeError, invalid, missing
from billing.sandbox.skeleton import shape
from billing.sandbox.store import Row

# A token is an older way to name a test card: tok_visa is the card of pm_card_visa.
TOKEN, NAMED = "tok_", "pm_card_"


def named_method(tools: Tools, id: str, *, param: str = "payment_method", status: int = 400) -> Row:
    """The payment method of this id; a name such as ``pm_card_visa`` makes a new one.

    Raises ``StripeError`` if there is none.
    """
    method = tools.store.find("payment_method", id)
    if method is not None:
        return method
    card = find_card(id) if id.startswith(NAMED) else None
    if card is None:
        raise missing("PaymentMethod", id, param=param, status=status)
    return tools.store.save(card_method(tools, card))


def card_of_token(token: str, *, param: str = "source") -> Card:
    """The test card of ``tok_visa`` and its like. Raises ``StripeError``."""
    card = find_card(NAMED + token.removeprefix(TOKEN)) if token.startswith(TOKEN) else None
    if card is None:
        raise missing("token", token, param=param, status=400)
    return card


def card_method(
    tools: Tools,
    card: Card,
    *,
    exp_month: int | None = None,
    exp_year: int | None = None,
    id: str | None = None,
) -> Row:
    """A payment method of this card, not yet saved. Raises ``StripeError`` if it has expired."""
    month, year = exp_month or 12, exp_year or tools.now.year + 4
    year += 2000 if year < 100 else 0
    if not 1 <= month <= 12:
        raise _wrong("month", "exp_month")
    if not (tools.now.year, tools.now.month) <= (year, month) < (tools.now.year + 50, 1):
        raise _wrong("year", "exp_year")
    details = shape("payment_method_card") | {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "unchecked",
        },
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": "credit",
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
    }
    return tools.make(
        "payment_method",
        "pm",
        id=id or new_id("pm"),
        allow_redisplay="unspecified",
        card=details,
        metadata={},
        type="card",
        _sandbox={"number": card.number},
    )


def keep(tools: Tools, method: Row, customer: Row) -> Row:
    """Attach a payment method to a customer and announce it.

    Raises ``StripeError`` if the bank refuses, or if it is or was somebody's already.
    """
    if method["customer"] == customer["id"]:
        return method
    if method["customer"] is not None:
        raise invalid("The payment method you provided has already been attached to a customer.")
    if method["_sandbox"].get("spent"):
        raise invalid(
            "This PaymentMethod was previously used without being attached to a Customer or was"
            " detached from a Customer, and may not be used again."
        )
    _ask_bank(method)
    checks = {**method["card"]["checks"], "cvc_check": "pass"}
    kept = {**method, "customer": customer["id"], "card": {**method["card"], "checks": checks}}
    tools.store.save(kept)
    tools.emit("payment_method.attached", kept)
    return kept


def _ask_bank(method: Row) -> None:
    """A card that is refused here was never kept, so that there is nothing to leave behind."""
    try:
        check_keeping(card_of(method))
    except StripeError as refused:
        refused.effect_kept = False
        raise


def _wrong(what: str, param: str) -> StripeError:
    return StripeError(
        402,
        "card_error",
        f"Your card's expiration {what} is invalid.",
        code=f"invalid_expiry_{what}",
        param=f"card[{param}]",
    )
