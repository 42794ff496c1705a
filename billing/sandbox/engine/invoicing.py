"""Invoices from draft to their end.

Stripe's documentation: "Status transitions and finalization".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine import discounts, standing
from billing.sandbox.engine.calendar import DAY, HOUR
from billing.sandbox.engine.intents import FINAL, cancel_intent, open_intent
from billing.sandbox.engine.items import pending_for
from billing.sandbox.engine.lines import line_of_item
from billing.sandbox.engine.metered import count_again
from billing.sandbox.engine.people import adopt_currency, payer, shift_balance
from billing.sandbox.engine.rows import private, update
from billing.sandbox.engine.totals import due_after_balance, lines_of, recount
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row

GRACE = HOUR
LONGEST_GRACE = 72 * HOUR
DAYS_UNTIL_DUE = 30


def draft(
    tools: Tools,
    *,
    customer: str,
    currency: str,
    reason: str,
    at: int,
    lines: Sequence[Row] = (),
    **values: Any,
) -> Row:
    """A new draft with these lines, told of as ``invoice.created``.

    ``values`` are fields of the invoice as they are.
    """
    who = payer(tools, customer)
    adopt_currency(tools, who, currency)
    invoice = tools.make(
        "invoice",
        "in",
        **{
            **_said_of_customer(who),
            "auto_advance": True,
            "automatic_tax": automatic_tax(enabled=False),
            "automatically_finalizes_at": at + GRACE,
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "created": at,
            "currency": currency,
            "customer": customer,
            "discounts": [],
            "issuer": {"type": "self"},
            "metadata": {},
            "period_start": at,
            "period_end": at,
            "status": "draft",
            "test_clock": tools.clock_of(customer),
            **values,
        },
    )
    private(invoice)["lines"] = list(lines)
    recount(tools, invoice, at=at)
    tools.store.save(invoice)
    private(invoice)["created_event"] = tools.emit("invoice.created", invoice)["id"]
    return tools.store.save(invoice)


def subscription_draft(
    tools: Tools,
    subscription: Row,
    *,
    reason: str,
    at: int,
    lines: Sequence[Row] = (),
    **values: Any,
) -> Row:
    """A draft of a subscription: its lines, and below them what has been waiting to be billed."""
    customer = id_of(subscription["customer"])
    waiting = pending_for(
        tools,
        customer=customer,
        currency=subscription["currency"],
        subscription=subscription["id"],
    )
    taken = [line_of_item(tools, item) for item in waiting]
    invoice = draft(
        tools,
        customer=customer,
        currency=subscription["currency"],
        reason=reason,
        at=at,
        lines=[*taken, *lines],
        **{
            "automatic_tax": automatic_tax(enabled=subscription["automatic_tax"]["enabled"]),
            "collection_method": subscription["collection_method"],
            "discounts": list(subscription["discounts"]),
            "parent": parent_of(subscription),
            **values,
        },
    )
    private(invoice)["days_until_due"] = subscription["days_until_due"]
    tools.store.save(invoice)
    _take(tools, invoice, waiting, taken)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def take_pending(tools: Tools, invoice: Row, waiting: Sequence[Row], *, at: int) -> Row:
    """Put pending invoice items on a draft, below what is there."""
    taken = [line_of_item(tools, item) for item in waiting]
    lines_of(invoice).extend(taken)
    recount(tools, invoice, at=at)
    _take(tools, invoice, waiting, taken)
    return update(tools, invoice, "invoice.updated")


def finalize(tools: Tools, invoice: Row, *, at: int) -> Row:
    """Turn a draft into a bill: numbered, unchangeable, and paid at once if nothing is due.

    Raises ``StripeError`` if it is no draft.
    """
    require_draft(invoice, "finalized")
    count_again(tools, invoice)
    recount(tools, invoice, at=at)
    _apply_balance(tools, invoice, at=at)
    address = f"{tools.url}/i/{invoice['id']}"
    invoice.update(
        attempted=False,
        automatically_finalizes_at=None,
        due_date=invoice["due_date"] or _due_date(invoice, at),
        effective_at=invoice["effective_at"] or at,
        hosted_invoice_url=address,
        invoice_pdf=f"{address}/pdf",
        number=invoice["number"] or _number(tools, invoice),
        status="open",
    )
    invoice["status_transitions"]["finalized_at"] = at
    if invoice["amount_due"]:
        _ask_for_payment(tools, invoice, at=at)
    _forget_spent_discounts(tools, invoice, at=at)
    update(tools, invoice, "invoice.finalized")
    return invoice if invoice["amount_due"] else mark_paid(tools, invoice, at=at)


def mark_paid(tools: Tools, invoice: Row, *, at: int, amount: int = 0) -> Row:
    """The invoice is settled, by this much money. Whatever waited for it goes on."""
    invoice.update(
        amount_paid=amount,
        amount_remaining=0,
        attempted=True,
        auto_advance=False,
        next_payment_attempt=None,
        status="paid",
    )
    invoice["status_transitions"]["paid_at"] = at
    update(tools, invoice, "invoice.updated")
    tools.emit("invoice.paid", invoice)
    tools.emit("invoice.payment_succeeded", invoice)
    standing.paid(tools, invoice, at=at)
    return invoice


def void(tools: Tools, invoice: Row, *, at: int) -> Row:
    """Take back an open invoice as if it had never been. Raises ``StripeError`` otherwise."""
    require_open(invoice, "voided", also="uncollectible")
    void_payment(tools, invoice, at=at)
    _return_balance(tools, invoice, at=at)
    invoice.update(status="void", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = at
    update(tools, invoice, "invoice.voided")
    standing.voided(tools, invoice, at=at)
    return invoice


def mark_uncollectible(tools: Tools, invoice: Row, *, at: int) -> Row:
    """Write an open invoice off. It can still be paid."""
    require_open(invoice, "marked as uncollectible")
    invoice.update(status="uncollectible", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["marked_uncollectible_at"] = at
    update(tools, invoice, "invoice.marked_uncollectible")
    standing.written_off(tools, invoice, at=at)
    return invoice


def delete_draft(tools: Tools, invoice: Row) -> Row:
    """Only a draft of no subscription may be deleted; its items wait again."""
    require_draft(invoice, "deleted")
    if invoice["parent"] is not None:
        raise invalid("You can't delete invoices created by subscriptions.")
    for item in tools.store.list("invoiceitem", invoice=invoice["id"]):
        item["invoice"] = None
        tools.store.save(item)
    tools.store.delete(invoice)
    tools.emit("invoice.deleted", invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


def intent_of(tools: Tools, invoice: Row) -> Row | None:
    """The payment that was asked for when the invoice was finalized, if any was."""
    payment = default_payment(tools, invoice)
    return (
        tools.store.get("payment_intent", payment["payment"]["payment_intent"]) if payment else None
    )


def default_payment(tools: Tools, invoice: Row) -> Row | None:
    payments = tools.store.list("invoice_payment", invoice=invoice["id"])
    return next((payment for payment in payments if payment["is_default"]), None)


def automatic_tax(*, enabled: bool) -> Row:
    """Tax is passed through: where it is switched on it is complete, and nothing."""
    return {
        "disabled_reason": None,
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": None,
        "status": "complete" if enabled else None,
    }


def require_draft(invoice: Row, what: str) -> None:
    if invoice["status"] != "draft":
        raise StripeError(
            400,
            "invalid_request_error",
            f"This invoice is not a draft anymore and can't be {what}.",
            code="invoice_not_editable",
        )


def require_open(invoice: Row, what: str, *, also: str | None = None) -> None:
    if invoice["status"] not in {"open", also}:
        raise invalid(
            f"This invoice is {invoice['status']} and can't be {what}: only an open one can."
        )


def subscription_of(invoice: Row) -> str | None:
    details = (invoice["parent"] or {}).get("subscription_details")
    return id_of(details["subscription"]) if details else None


def _said_of_customer(customer: Row) -> Row:
    return {
        "customer_address": customer.get("address"),
        "customer_email": customer.get("email"),
        "customer_name": customer.get("name"),
        "customer_phone": customer.get("phone"),
        "customer_shipping": customer.get("shipping"),
        "customer_tax_exempt": customer.get("tax_exempt") or "none",
        "account_country": "US",
        "account_name": "Sandbox",
    }


def parent_of(subscription: Row) -> Row:
    """Where the invoices of a subscription come from."""
    return {
        "type": "subscription_details",
        "quote_details": None,
        "subscription_details": {
            "metadata": dict(subscription["metadata"]),
            "subscription": subscription["id"],
        },
    }


def _take(tools: Tools, invoice: Row, waiting: Sequence[Row], taken: Sequence[Row]) -> None:
    for item, line in zip(waiting, taken, strict=True):
        item["invoice"] = invoice["id"]
        private(item)["line"] = line["id"]
        tools.store.save(item)


def _number(tools: Tools, invoice: Row) -> str:
    """Stripe's documentation, "Invoice numbering": the customer's prefix, then a sequence."""
    customer = tools.store.get("customer", invoice["customer"])
    prefix = customer.get("invoice_prefix") or customer["id"][-8:].upper()
    sequence = customer.get("next_invoice_sequence") or 1
    customer["invoice_prefix"], customer["next_invoice_sequence"] = prefix, sequence + 1
    tools.store.save(customer)
    return f"{prefix}-{sequence:04}"


def _due_date(invoice: Row, at: int) -> int | None:
    if invoice["collection_method"] != "send_invoice":
        return None
    days = private(invoice).get("days_until_due")
    return at + (DAYS_UNTIL_DUE if days is None else days) * DAY


def _apply_balance(tools: Tools, invoice: Row, *, at: int) -> None:
    before = invoice["starting_balance"]
    due = due_after_balance(invoice["total"], before, invoice["currency"])
    invoice["ending_balance"] = due.ending_balance
    if due.ending_balance != before:
        shift_balance(
            tools,
            invoice["customer"],
            due.ending_balance - before,
            kind="invoice_too_small" if due.too_small else "applied_to_invoice",
            at=at,
            currency=invoice["currency"],
            invoice=invoice["id"],
        )


def _return_balance(tools: Tools, invoice: Row, *, at: int) -> None:
    used = invoice["ending_balance"] - invoice["starting_balance"]
    if used:
        shift_balance(
            tools,
            invoice["customer"],
            -used,
            kind="unapplied_from_invoice",
            at=at,
            currency=invoice["currency"],
            invoice=invoice["id"],
        )


def _ask_for_payment(tools: Tools, invoice: Row, *, at: int) -> None:
    intent = open_intent(
        tools,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        at=at,
        description=f"Invoice {invoice['number']}",
        _sandbox={"invoice": invoice["id"]},
    )
    tools.store.save(
        tools.make(
            "invoice_payment",
            "inpay",
            amount_requested=invoice["amount_due"],
            created=at,
            currency=invoice["currency"],
            invoice=invoice["id"],
            is_default=True,
            payment={"type": "payment_intent", "payment_intent": intent["id"]},
            status="open",
        )
    )
    private(invoice)["client_secret"] = intent["client_secret"]


def void_payment(tools: Tools, invoice: Row, *, at: int) -> None:
    """Nobody is asked for this money any more."""
    payment = default_payment(tools, invoice)
    if payment is None:
        return
    intent = tools.store.get("payment_intent", payment["payment"]["payment_intent"])
    if intent["status"] not in FINAL:
        cancel_intent(tools, intent, reason="void_invoice", at=at)
    payment["status"] = "canceled"
    payment["status_transitions"]["canceled_at"] = at
    tools.store.save(payment)


def _forget_spent_discounts(tools: Tools, invoice: Row, *, at: int) -> None:
    """What reduces no later invoice leaves the subscription once it has reduced this one."""
    name = subscription_of(invoice)
    subscription = tools.store.find("subscription", name) if name else None
    if subscription is None:
        return
    worked = [one["discount"] for one in invoice["total_discount_amounts"] if one["amount"]]
    spent = discounts.used_up(tools, worked, at=at)
    if not spent:
        return
    discounts.remove(tools, spent, at=at)
    subscription["discounts"] = [id for id in subscription["discounts"] if id not in spent]
    for item in subscription["items"]["data"]:
        item["discounts"] = [id for id in item["discounts"] if id not in spent]
    standing.keep(tools, subscription)
