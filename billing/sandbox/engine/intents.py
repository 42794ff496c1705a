"""Payment intents and the charges that they make.

Stripe's documentation: "How PaymentIntents work", "Testing".
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from billing.sandbox.call import Tools, new_id
from billing.sandbox.engine.cards import (
    AUTHENTICATION,
    Decline,
    asks_for_holder,
    card_of,
)
from billing.sandbox.engine.money import half_up
from billing.sandbox.engine.rows import create, update
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row
from billing.sandbox.validation import without_private

FINAL = frozenset({"succeeded", "canceled"})


def open_intent(
    tools: Tools, *, amount: int, currency: str, customer: str | None, at: int, **values: Any
) -> Row:
    """A payment that waits for a means of payment."""
    intent = tools.make(
        "payment_intent",
        "pi",
        amount=amount,
        capture_method="automatic",
        confirmation_method="automatic",
        created=at,
        currency=currency,
        customer=customer,
        metadata={},
        payment_method_types=["card"],
        status="requires_payment_method",
        amount_capturable=0,
        amount_received=0,
    )
    intent.update(values)
    intent["client_secret"] = new_id(f"{intent['id']}_secret")
    return create(tools, intent, "payment_intent.created")


def confirm(
    tools: Tools,
    intent: Row,
    *,
    method: Row,
    at: int,
    off_session: bool = False,
    authenticated: bool = False,
) -> Row:
    """Try to take the money; the intent's status tells what came of it.

    Nothing is raised for a decline: ``failure`` tells of it. ``authenticated`` says that the
    holder has just identified himself to his bank.
    """
    if asks_for_holder(method) and not authenticated:
        if off_session:
            return _decline(tools, intent, method=method, decline=AUTHENTICATION, at=at)
        return _ask_for_holder(tools, intent, method=method)
    declined = card_of(method).declined
    if declined is not None:
        return _decline(tools, intent, method=method, decline=declined, at=at)
    charge = _charge(tools, intent, method=method, at=at, declined=None)
    intent.update(
        amount_received=intent["amount"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        payment_method=method["id"],
        status="succeeded",
    )
    tools.emit("charge.succeeded", charge)
    return update(tools, intent, "payment_intent.succeeded")


def cancel_intent(tools: Tools, intent: Row, *, reason: str | None, at: int) -> Row:
    """Raises ``StripeError`` if it has succeeded or was canceled before."""
    if intent["status"] in FINAL:
        raise wrong_state(intent, "cancel")
    intent.update(status="canceled", canceled_at=at, cancellation_reason=reason, next_action=None)
    return update(tools, intent, "payment_intent.canceled")


def failure(intent: Row) -> StripeError | None:
    """The answer that a caller gets for an intent that did not succeed, if it did not."""
    if intent["status"] == "succeeded":
        return None
    error = intent.get("last_payment_error")
    if error is None:
        return StripeError(
            402,
            "card_error",
            "This payment requires additional user action before it can be completed"
            " successfully. Payment can be completed using the PaymentIntent associated with it.",
            code="invoice_payment_intent_requires_action",
            effect_kept=True,
            payment_intent=without_private(intent),
        )
    return StripeError(
        402,
        error["type"],
        error["message"],
        code=error.get("code"),
        decline_code=error.get("decline_code"),
        charge=error.get("charge"),
        effect_kept=True,
        payment_intent=without_private(intent),
    )


def wrong_state(intent: Row, verb: str) -> StripeError:
    return invalid(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )


def _ask_for_holder(tools: Tools, intent: Row, *, method: Row) -> Row:
    intent.update(
        last_payment_error=None,
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
        payment_method=method["id"],
        status="requires_action",
    )
    return update(tools, intent, "payment_intent.requires_action")


def _decline(tools: Tools, intent: Row, *, method: Row, decline: Decline, at: int) -> Row:
    charge = _charge(tools, intent, method=method, at=at, declined=decline)
    intent.update(
        last_payment_error={
            "type": "card_error",
            "charge": charge["id"],
            "code": decline.code,
            "decline_code": decline.decline_code,
            "message": decline.message,
            "payment_method": method,
        },
        latest_charge=charge["id"],
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
    )
    tools.emit("charge.failed", charge)
    return update(tools, intent, "payment_intent.payment_failed")


def _charge(tools: Tools, intent: Row, *, method: Row, at: int, declined: Decline | None) -> Row:
    paid = declined is None
    charge = tools.make(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=intent["amount"] if paid else 0,
        billing_details=method["billing_details"],
        captured=paid,
        created=at,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent.get("description"),
        failure_code=declined.code if declined else None,
        failure_message=declined.message if declined else None,
        fraud_details={},
        metadata=dict(intent.get("metadata") or {}),
        outcome=_outcome(declined),
        paid=paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card", "card": _card_details(method)},
        status="succeeded" if paid else "failed",
    )
    if paid:
        charge["balance_transaction"] = _book(tools, charge, amount=charge["amount"])["id"]
    return tools.store.save(charge)


def book_refund(tools: Tools, refund: Row) -> Row:
    """The account's own view of a refund: money that leaves."""
    return _book(tools, refund, amount=-refund["amount"])


def _book(tools: Tools, source: Row, *, amount: int) -> Row:
    """The account's own view: Stripe keeps 2.9 % and 30 of a charge, and nothing of a refund."""
    fee = half_up(Fraction(amount * 29, 1000)) + 30 if amount > 0 else 0
    return tools.store.save(
        tools.make(
            "balance_transaction",
            "txn",
            amount=amount,
            available_on=source["created"],
            balance_type="payments",
            created=source["created"],
            currency=source["currency"],
            fee=fee,
            net=amount - fee,
            reporting_category=source["object"],
            source=source["id"],
            status="available",
            type=source["object"],
        )
    )


def _outcome(declined: Decline | None) -> Row:
    if declined is None:
        return {
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "network_status": "declined_by_network",
        "reason": declined.decline_code,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def _card_details(method: Row) -> Row:
    shown = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return {name: method["card"].get(name) for name in shown}
