"""Collecting what an invoice asks for.

Stripe's documentation: "How subscriptions work", "Automatic collection".
"""

from __future__ import annotations

from billing.sandbox.call import Tools
from billing.sandbox.engine import dunning, standing
from billing.sandbox.engine.intents import FINAL, confirm, failure
from billing.sandbox.engine.invoicing import (
    default_payment,
    finalize,
    intent_of,
    mark_paid,
    require_open,
    subscription_of,
)
from billing.sandbox.engine.people import method_to_charge, own_method
from billing.sandbox.engine.rows import update
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row


def collect(
    tools: Tools,
    invoice: Row,
    *,
    at: int,
    method: str | None = None,
    authenticated: bool = False,
) -> Row:
    """Try to collect an open invoice; it is paid afterwards, or says when it is tried again.

    Nothing is raised for a decline, or where there is nothing to charge; ``refusal`` tells of
    it. Raises ``StripeError`` if ``method`` is none of the customer's. ``authenticated`` says
    that the holder of the card has just identified himself to his bank.
    """
    intent = intent_of(tools, invoice)
    if intent is None:
        return mark_paid(tools, invoice, at=at)
    chosen = _chosen(tools, invoice, method)
    invoice["attempt_count"] += 1
    invoice["attempted"] = True
    if chosen is None:
        return _failed(tools, invoice, at=at)
    confirm(tools, intent, method=chosen, at=at, authenticated=authenticated)
    return after_attempt(tools, invoice, intent, at=at)


def after_attempt(tools: Tools, invoice: Row, intent: Row, *, at: int) -> Row:
    """What an attempt to pay means for the invoice that asked for it."""
    if intent["status"] == "succeeded":
        return _received(tools, invoice, intent, at=at)
    return _failed(tools, invoice, at=at, action=intent["status"] == "requires_action")


def pay_invoice(
    tools: Tools,
    invoice: Row,
    payment_method: str | None = None,
    *,
    at: int,
    authenticated: bool = False,
) -> Row:
    """Pay an invoice now, a draft being finalized first; returns it paid.

    Raises ``StripeError`` if it cannot be paid, and for a decline (402, the attempt is kept).
    """
    if invoice["status"] == "draft":
        invoice = finalize(tools, invoice, at=at)
        if invoice["status"] == "paid":
            return invoice
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    require_open(invoice, "paid", also="uncollectible")
    if payment_method is None and method_for(tools, invoice) is None:
        raise no_method()
    invoice = collect(tools, invoice, at=at, method=payment_method, authenticated=authenticated)
    error = refusal(tools, invoice)
    if error is not None:
        raise error
    return invoice


def pay_elsewhere(tools: Tools, invoice: Row, *, at: int) -> Row:
    """The money came another way (``paid_out_of_band``): settled without a charge."""
    if invoice["status"] == "draft":
        invoice = finalize(tools, invoice, at=at)
    if invoice["status"] == "paid":
        return invoice
    require_open(invoice, "paid", also="uncollectible")
    intent = intent_of(tools, invoice)
    if intent is not None and intent["status"] not in FINAL:
        intent["status"], intent["canceled_at"] = "canceled", at
        update(tools, intent, "payment_intent.canceled")
    _settle_payment(tools, invoice, status="canceled", at=at)
    return mark_paid(tools, invoice, at=at, amount=invoice["amount_due"])


def refusal(tools: Tools, invoice: Row) -> StripeError | None:
    """The answer for an invoice whose collection failed, if it did."""
    if invoice["status"] == "paid":
        return None
    intent = intent_of(tools, invoice)
    return failure(intent) if intent else None


def method_for(tools: Tools, invoice: Row) -> str | None:
    """The payment method that would be charged for this invoice, if there is one."""
    name = subscription_of(invoice)
    return method_to_charge(
        tools,
        customer=tools.store.get("customer", invoice["customer"]),
        subscription=tools.store.find("subscription", name) if name else None,
        invoice=invoice,
    )


def no_method() -> StripeError:
    return invalid(
        "This customer has no attached payment source or default payment method. Please consider"
        " adding a default payment method.",
        code="resource_missing",
    )


def _chosen(tools: Tools, invoice: Row, method: str | None) -> Row | None:
    """The payment method that is named, else the default one while it is still the customer's."""
    if method is not None:
        return own_method(tools, method, customer=invoice["customer"], param="payment_method")
    default = method_for(tools, invoice)
    found = tools.store.find("payment_method", default) if default else None
    return found if found and found["customer"] == invoice["customer"] else None


def _received(tools: Tools, invoice: Row, intent: Row, *, at: int) -> Row:
    payment = _settle_payment(tools, invoice, status="paid", at=at)
    _save_method(tools, invoice, intent)
    paid = mark_paid(tools, invoice, at=at, amount=invoice["amount_due"])
    if payment is not None:
        tools.emit("invoice_payment.paid", payment)
    return paid


def _settle_payment(tools: Tools, invoice: Row, *, status: str, at: int) -> Row | None:
    payment = default_payment(tools, invoice)
    if payment is None:
        return None
    payment["status"] = status
    payment["status_transitions"][f"{status}_at"] = at
    if status == "paid":
        payment["amount_paid"] = payment["amount_requested"]
    return tools.store.save(payment)


def _save_method(tools: Tools, invoice: Row, intent: Row) -> None:
    """``save_default_payment_method=on_subscription``: what has paid once pays again."""
    name = subscription_of(invoice)
    subscription = tools.store.find("subscription", name) if name else None
    settings = (subscription or {}).get("payment_settings") or {}
    if subscription and settings.get("save_default_payment_method") == "on_subscription":
        subscription["default_payment_method"] = intent["payment_method"]
        standing.keep(tools, subscription)


def _failed(tools: Tools, invoice: Row, *, at: int, action: bool = False) -> Row:
    dunning.plan_retry(tools, invoice, at=at)
    update(tools, invoice, "invoice.updated")
    if action:
        tools.emit("invoice.payment_action_required", invoice)
    tools.emit("invoice.payment_failed", invoice)
    standing.unpaid(tools, invoice, at=at)
    dunning.give_up_if_last(tools, invoice, at=at)
    return tools.store.get("invoice", invoice["id"])
