"""What apps are told about invoices."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from billing.invoicing.queries import Dunning, InvoiceEstimate, InvoiceLineView, InvoiceView
from billing.rating.charges import ChargeLine

from ..fields import DecimalText, decimal_text, optional_decimal_text
from .money import Amount, present_money


class PaymentAttempts(msgspec.Struct, frozen=True, kw_only=True):
    """How collecting it went so far."""

    count: int
    last_error: Annotated[str, Meta(description="Why the last attempt failed.")]
    next_at: Annotated[
        datetime | None, Meta(description="When it is tried again; null: not by itself.")
    ]


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as Stripe has it."""

    id: str
    number: str
    status: Annotated[str, Meta(description="`open`, `paid`, `void` or `uncollectible`.")]
    agreement: str | None
    billing_reason: str
    subtotal: Amount
    discount: Amount
    tax: Amount
    total: Amount
    credit: Annotated[
        Amount,
        Meta(description="What came off from the balance; below zero, what was owed from before."),
    ]
    amount_due: Amount
    amount_paid: Amount
    amount_remaining: Amount
    issued_at: datetime
    paid_at: datetime | None
    failed_attempts: Annotated[
        PaymentAttempts | None,
        Meta(description="There while it is to be paid and an attempt to collect it has failed."),
    ]
    hosted_url: Annotated[str | None, Meta(description="Where it can be seen and paid.")]
    pdf_url: str | None


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an invoice."""

    description: str
    quantity: DecimalText | None
    unit_price: Annotated[
        DecimalText | None, Meta(description="In major units; null where it says nothing.")
    ]
    amount: Amount
    is_proration: bool
    starts_at: datetime
    ends_at: datetime
    settlement: Annotated[
        str | None, Meta(description="The settlement of a usage period that it charges for.")
    ]


class InvoiceWithLines(Invoice, frozen=True, kw_only=True):
    """An invoice, line by line."""

    lines: list[InvoiceLine]


class InvoicePage(msgspec.Struct, frozen=True):
    """Invoices, newest first."""

    data: list[Invoice]
    has_more: bool


class UpcomingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an invoice to come."""

    description: str
    quantity: DecimalText
    unit: str
    unit_price: Annotated[
        DecimalText | None, Meta(description="In major units; null where it is not all.")
    ]
    price_words: Annotated[str | None, Meta(description="The price in words, where it is not.")]
    amount: Amount


class UpcomingInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """What the next invoice will be if nothing more is used."""

    due_at: datetime
    collection: Annotated[str, Meta(description="How the money is collected.")]
    lines: list[UpcomingLine]
    total: Amount
    credit: Annotated[
        Amount,
        Meta(description="What comes off from the balance; below zero, what is owed from before."),
    ]
    to_pay: Amount


def present_invoice(view: InvoiceView) -> Invoice:
    """Write an invoice."""
    return Invoice(**_facts(view))


def present_with_lines(view: InvoiceView, lines: Iterable[InvoiceLineView]) -> InvoiceWithLines:
    """Write an invoice with its lines."""
    return InvoiceWithLines(**_facts(view), lines=[_present_line(line) for line in lines])


def present_upcoming(estimate: InvoiceEstimate) -> UpcomingInvoice:
    """Write the next invoice."""
    return UpcomingInvoice(
        due_at=estimate.due_at,
        collection=estimate.collection,
        lines=[_present_charge(line) for line in estimate.lines],
        total=present_money(estimate.total),
        credit=present_money(estimate.credit),
        to_pay=present_money(estimate.to_pay),
    )


def _facts(view: InvoiceView) -> dict[str, Any]:
    amounts = (
        "subtotal",
        "discount",
        "tax",
        "total",
        "credit",
        "amount_due",
        "amount_paid",
        "amount_remaining",
    )
    as_they_are = ("id", "number", "status", "billing_reason", "issued_at", "paid_at")
    return {
        **{name: present_money(getattr(view, name)) for name in amounts},
        **{name: getattr(view, name) for name in as_they_are},
        "agreement": view.agreement_id,
        "failed_attempts": None if view.dunning is None else _present_dunning(view.dunning),
        "hosted_url": view.hosted_url or None,
        "pdf_url": view.pdf_url or None,
    }


def _present_dunning(dunning: Dunning) -> PaymentAttempts:
    return PaymentAttempts(
        count=dunning.attempt_count,
        last_error=dunning.last_error,
        next_at=dunning.next_attempt_at,
    )


def _present_line(line: InvoiceLineView) -> InvoiceLine:
    return InvoiceLine(
        description=line.description,
        quantity=optional_decimal_text(line.quantity),
        unit_price=optional_decimal_text(line.unit_price),
        amount=present_money(line.amount),
        is_proration=line.is_proration,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        settlement=None if line.usage is None else line.usage.settlement_id,
    )


def _present_charge(line: ChargeLine) -> UpcomingLine:
    return UpcomingLine(
        description=line.description,
        quantity=decimal_text(line.quantity),
        unit=line.unit,
        unit_price=optional_decimal_text(line.unit_price),
        price_words=line.price_words or None,
        amount=present_money(line.amount),
    )
