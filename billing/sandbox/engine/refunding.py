"""Giving money back.

Stripe's documentation: "Refund and cancel payments".
"""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine.intents import book_refund
from billing.sandbox.engine.rows import create, update
from billing.sandbox.errors import invalid
from billing.sandbox.store import Row


def refund(tools: Tools, charge: Row, *, amount: int | None, at: int, **values: Any) -> Row:
    """Return a part of a charge, or all that is left of it. Raises ``StripeError``."""
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise invalid("A charge that has not succeeded can't be refunded.", param="charge")
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    wanted = left if amount is None else amount
    if not 0 < wanted <= left:
        raise invalid(
            f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left}), or"
            " not positive.",
            param="amount",
        )
    made = tools.make(
        "refund",
        "re",
        amount=wanted,
        charge=charge["id"],
        created=at,
        currency=charge["currency"],
        metadata=values.pop("metadata", None) or {},
        payment_intent=charge["payment_intent"],
        status="succeeded",
        destination_details={"type": "card"},
        **values,
    )
    made["balance_transaction"] = book_refund(tools, made)["id"]
    charge["amount_refunded"] += wanted
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    create(tools, made, "refund.created")
    update(tools, charge, "charge.refunded")
    return made
