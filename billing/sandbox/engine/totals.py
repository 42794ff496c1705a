"""What an invoice comes to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from billing.sandbox.call import Tools
from billing.sandbox.engine.discounts import reductions
from billing.sandbox.engine.lines import net_amount
from billing.sandbox.engine.reductions import Line, apply
from billing.sandbox.engine.rows import private
from billing.sandbox.listing import DEFAULT_LIMIT
from billing.sandbox.store import Row

# Stripe's documentation, "Supported currencies": no charge may be smaller than this.
SMALLEST_CHARGE = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "chf": 50}


@dataclass(frozen=True)
class Due:
    """What is to be collected once the customer's balance has had its part."""

    amount: int
    ending_balance: int
    too_small: bool = False


def lines_of(invoice: Row) -> list[Row]:
    """All lines of an invoice, in Stripe's order; the invoice itself shows the first ten."""
    lines: list[Row] = private(invoice).setdefault("lines", [])
    return lines


def recount(tools: Tools, invoice: Row, *, at: int) -> Row:
    """Bring all amounts of a draft level with its lines, its discounts and the balance."""
    lines = lines_of(invoice)
    _discount(tools, invoice, lines, at=at)
    subtotal = sum(line["amount"] for line in lines)
    total = sum(net_amount(line) for line in lines)
    customer = tools.store.get("customer", invoice["customer"])
    balance = customer.get("balance") or 0
    due = due_after_balance(total, balance, invoice["currency"])
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal,
        total=total,
        total_excluding_tax=total,
        total_taxes=[],
        starting_balance=balance,
        amount_due=due.amount,
        amount_remaining=due.amount,
    )
    show_lines(invoice)
    return invoice


def show_lines(invoice: Row) -> None:
    """The first page of the lines, as every invoice carries it."""
    lines = lines_of(invoice)
    for line in lines:
        line["invoice"] = invoice["id"]
    invoice["lines"] = {
        "object": "list",
        "data": lines[:DEFAULT_LIMIT],
        "has_more": len(lines) > DEFAULT_LIMIT,
        "url": f"/v1/invoices/{invoice['id']}/lines",
    }


def due_after_balance(total: int, balance: int, currency: str) -> Due:
    """Stripe's documentation, "Customer credit balance".

    A credit pays first, a debt is added; what is below zero becomes credit, and what is too small
    to charge waits on the balance for the next invoice.
    """
    owed = total + balance
    if owed <= 0:
        return Due(0, owed)
    if owed < SMALLEST_CHARGE.get(currency, 0):
        return Due(0, owed, too_small=True)
    return Due(owed, 0)


def _discount(tools: Tools, invoice: Row, lines: list[Row], *, at: int) -> None:
    own = {id for line in lines for id in line["discounts"]}
    taken = apply(
        [_seen(line) for line in lines],
        of_lines=reductions(tools, sorted(own), at=at),
        of_invoice=reductions(tools, invoice["discounts"], at=at),
    )
    totals: Counter[str] = Counter()
    for line, amounts in zip(lines, taken, strict=True):
        line["discount_amounts"] = [
            {"amount": amount, "discount": id} for id, amount in amounts.items()
        ]
        totals.update(amounts)
    invoice["total_discount_amounts"] = [
        {"amount": amount, "discount": id} for id, amount in totals.items()
    ]


def _seen(line: Row) -> Line:
    details = (line["pricing"] or {}).get("price_details") or {}
    return Line(
        amount=line["amount"],
        product=details.get("product"),
        discountable=line["discountable"],
        own=tuple(line["discounts"]),
    )
