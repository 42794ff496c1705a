"""Credit notes: a finalized invoice put right.

Stripe's documentation: "Create a credit note". What is still owed is reduced first
(``pre_payment_amount``); the rest is given back as a refund, as credit or outside of Stripe.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine.intents import FINAL
from billing.sandbox.engine.invoicing import intent_of, mark_paid, void_payment
from billing.sandbox.engine.lines import net_amount
from billing.sandbox.engine.money import half_up, plain
from billing.sandbox.engine.people import shift_balance
from billing.sandbox.engine.refunding import refund
from billing.sandbox.engine.rows import create, private, update
from billing.sandbox.engine.totals import lines_of
from billing.sandbox.errors import invalid, missing
from billing.sandbox.listing import DEFAULT_LIMIT, envelope
from billing.sandbox.store import Row


@dataclass(frozen=True)
class Split:
    """Where the amount of a credit note goes."""

    before: int
    after: int
    refunded: int
    credited: int
    elsewhere: int


def credit(tools: Tools, invoice: Row, params: dict[str, Any], *, at: int) -> Row:
    """Issue a credit note by the parameters of "Create a credit note". Raises ``StripeError``."""
    if invoice["status"] not in {"open", "paid", "uncollectible"}:
        raise invalid(
            f"You can only create a credit note on a finalized invoice that is owed or paid; this"
            f" one is {invoice['status']}.",
            param="invoice",
        )
    lines = _lines(tools, invoice, params)
    amount = sum(line["amount"] - line["discount_amount"] for line in lines)
    _check_amount(tools, invoice, amount)
    split = _split(invoice, amount, params)
    note = _note(tools, invoice, lines, split, params, at=at)
    _give_back(tools, invoice, note, split, at=at)
    create(tools, note, "credit_note.created")
    _bring_level(tools, invoice, split, at=at)
    return note


def void_note(tools: Tools, note: Row, *, at: int) -> Row:
    """Take back a note that only reduced what was owed. Raises ``StripeError``."""
    invoice = tools.store.get("invoice", id_of(note["invoice"]))
    if note["status"] == "void" or note["post_payment_amount"] or invoice["status"] != "open":
        raise invalid("Only an issued credit note of an open invoice can be voided.")
    note.update(status="void", voided_at=at)
    update(tools, note, "credit_note.voided")
    invoice["pre_payment_credit_notes_amount"] -= note["pre_payment_amount"]
    _set_due(tools, invoice, invoice["amount_due"] + note["pre_payment_amount"])
    return note


def credited_so_far(invoice: Row) -> int:
    return int(
        invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    )


def _check_amount(tools: Tools, invoice: Row, amount: int) -> None:
    left = invoice["total"] - credited_so_far(invoice)
    if not 0 < amount <= left:
        raise invalid(
            f"The credit note amount ({amount}) must be positive and can be at most the invoice"
            f" total minus the credit notes that there are ({left}).",
            param="amount",
        )


def _split(invoice: Row, amount: int, params: dict[str, Any]) -> Split:
    before = min(amount, invoice["amount_remaining"])
    after = amount - before
    given = {
        name: params.get(name, 0)
        for name in ("refund_amount", "credit_amount", "out_of_band_amount")
    }
    if sum(given.values()) != after:
        raise invalid(
            "The sum of credit amount, refund amount and out of band amount must equal the post"
            f" payment amount ({after}).",
        )
    return Split(
        before=before,
        after=after,
        refunded=given["refund_amount"],
        credited=given["credit_amount"],
        elsewhere=given["out_of_band_amount"],
    )


def _note(
    tools: Tools, invoice: Row, lines: list[Row], split: Split, params: dict[str, Any], *, at: int
) -> Row:
    subtotal = sum(line["amount"] for line in lines)
    discount = sum(line["discount_amount"] for line in lines)
    earlier = len(tools.store.list("credit_note", invoice=invoice["id"]))
    note = tools.make(
        "credit_note",
        "cn",
        amount=subtotal - discount,
        created=at,
        currency=invoice["currency"],
        customer=invoice["customer"],
        discount_amount=discount,
        effective_at=params.get("effective_at", at),
        invoice=invoice["id"],
        memo=params.get("memo"),
        metadata=params.get("metadata") or {},
        number=f"{invoice['number']}-CN-{earlier + 1:02}",
        out_of_band_amount=split.elsewhere or None,
        post_payment_amount=split.after,
        pre_payment_amount=split.before,
        reason=params.get("reason"),
        status="issued",
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal,
        total=subtotal - discount,
        total_excluding_tax=subtotal - discount,
        total_taxes=[],
        type=_kind(split),
    )
    note["pdf"] = f"{tools.url}/i/{invoice['id']}/pdf"
    private(note)["lines"] = lines
    note["lines"] = envelope(
        lines[:DEFAULT_LIMIT],
        url=f"/v1/credit_notes/{note['id']}/lines",
        has_more=len(lines) > DEFAULT_LIMIT,
    )
    return note


def _kind(split: Split) -> str:
    if split.before and split.after:
        return "mixed"
    return "post_payment" if split.after else "pre_payment"


def _give_back(tools: Tools, invoice: Row, note: Row, split: Split, *, at: int) -> None:
    if split.refunded:
        intent = intent_of(tools, invoice)
        if intent is None or intent["latest_charge"] is None:
            raise invalid("There is no payment to refund.", param="refund_amount")
        charge = tools.store.get("charge", id_of(intent["latest_charge"]))
        made = refund(tools, charge, amount=split.refunded, at=at)
        note["refunds"] = [
            {"amount_refunded": split.refunded, "refund": made["id"], "type": "refund"}
        ]
    if split.credited:
        moved = shift_balance(
            tools,
            invoice["customer"],
            -split.credited,
            kind="credit_note",
            at=at,
            currency=invoice["currency"],
            credit_note=note["id"],
            invoice=invoice["id"],
        )
        note["customer_balance_transaction"] = moved["id"]


def _bring_level(tools: Tools, invoice: Row, split: Split, *, at: int) -> None:
    invoice["pre_payment_credit_notes_amount"] += split.before
    invoice["post_payment_credit_notes_amount"] += split.after
    if split.before:
        _set_due(tools, invoice, invoice["amount_due"] - split.before)
    else:
        update(tools, invoice, "invoice.updated")
    if split.before and invoice["amount_remaining"] == 0:
        void_payment(tools, invoice, at=at)
        mark_paid(tools, invoice, at=at)


def _set_due(tools: Tools, invoice: Row, due: int) -> None:
    """What is still asked for, in the payment that asks for it too."""
    invoice["amount_due"] = due
    invoice["amount_remaining"] = due - invoice["amount_paid"]
    intent = intent_of(tools, invoice)
    if intent is not None and intent["status"] not in FINAL and due:
        intent["amount"] = due
        tools.store.save(intent)
    for asked in tools.store.list("invoice_payment", invoice=invoice["id"], status="open"):
        asked["amount_requested"] = due
        tools.store.save(asked)
    update(tools, invoice, "invoice.updated")


def _lines(tools: Tools, invoice: Row, params: dict[str, Any]) -> list[Row]:
    if ("amount" in params) == ("lines" in params):
        raise invalid("One of amount and lines must be given.", param="amount")
    if "amount" in params:
        return [_custom(tools, params["amount"], "Credit")]
    return [_line(tools, invoice, one, f"lines[{n}]") for n, one in enumerate(params["lines"])]


def _line(tools: Tools, invoice: Row, given: Row, param: str) -> Row:
    if given["type"] == "custom_line_item":
        return _custom_by_params(tools, given)
    name = given.get("invoice_line_item", "")
    line = next((one for one in lines_of(invoice) if one["id"] == name), None)
    if line is None:
        raise missing("invoice line item", name, param=f"{param}[invoice_line_item]", status=400)
    net, gross = net_amount(line), line["amount"]
    if "amount" in given:
        wanted = given["amount"]
    elif "quantity" in given and line["quantity"]:
        wanted = half_up(Fraction(gross * given["quantity"], line["quantity"]))
    else:
        wanted = gross
    discount = half_up(Fraction((gross - net) * wanted, gross)) if gross else 0
    return {
        **_empty(tools),
        "amount": wanted,
        "description": line["description"],
        "discount_amount": discount,
        "discount_amounts": [
            {"amount": discount, "discount": one["discount"]}
            for one in (line["discount_amounts"] or [])[:1]
        ],
        "invoice_line_item": name,
        "quantity": given.get("quantity"),
        "type": "invoice_line_item",
    }


def _custom_by_params(tools: Tools, given: Row) -> Row:
    if "amount" in given:
        return _custom(tools, given["amount"], given.get("description"))
    each = Decimal(str(given.get("unit_amount_decimal", given.get("unit_amount", 0))))
    quantity = given.get("quantity", 1)
    line = _custom(tools, half_up(each * quantity), given.get("description"))
    return {**line, "quantity": quantity, "unit_amount_decimal": plain(each)}


def _custom(tools: Tools, amount: int, description: str | None) -> Row:
    return {
        **_empty(tools),
        "amount": amount,
        "description": description,
        "type": "custom_line_item",
    }


def _empty(tools: Tools) -> Row:
    return {**tools.make("credit_note_line_item", "cnli"), "tax_rates": [], "taxes": []}
