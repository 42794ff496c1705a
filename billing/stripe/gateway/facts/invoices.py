"""What Stripe says of an invoice, as values of ours. Amounts are in minor units."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Self

from .json_values import (
    Json,
    decimal,
    id_of,
    instant,
    labels,
    part,
    rows,
    sure_instant,
    text,
    total,
)

# Of an attempt that found nothing to charge Stripe tells no error, only what it waits for.
NO_METHOD: Final = "There is no payment method on file."
_WITHOUT_METHOD: Final = "requires_payment_method"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """
    One line. `item_id` is the invoice item behind it, else the item of the subscription;
    `unit_price` is in minor units, as Stripe has it, and need not be whole.
    """

    id: str
    description: str
    amount: int
    quantity: Decimal | None
    unit_price: Decimal | None
    starts_at: datetime
    ends_at: datetime
    is_proration: bool
    price_id: str
    item_id: str
    metadata: dict[str, str]

    @classmethod
    def read(cls, line: Json) -> Self:
        of_item = part(line, "parent", "invoice_item_details")
        of_subscription = part(line, "parent", "subscription_item_details")
        pricing = part(line, "pricing")
        quantity = line.get("quantity_decimal")
        return cls(
            id=line["id"],
            description=text(line.get("description")),
            amount=line["amount"],
            quantity=decimal(line.get("quantity") if quantity is None else quantity),
            unit_price=decimal(pricing.get("unit_amount_decimal")),
            starts_at=sure_instant(line["period"]["start"]),
            ends_at=sure_instant(line["period"]["end"]),
            is_proration=bool(of_item.get("proration") or of_subscription.get("proration")),
            price_id=id_of(part(pricing, "price_details").get("price")),
            item_id=text(
                of_item.get("invoice_item")
                or of_subscription.get("invoice_item")
                or of_subscription.get("subscription_item")
            ),
            metadata=labels(line),
        )


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """
    An invoice. A preview has an id of its own that nothing can be asked of, and no status.

    `metadata` is its own; what its subscription carries is `subscription_metadata`. `credit` came
    off it from the customer's balance when it became final; below zero, what it adds to or gives
    to the balance.
    `last_error` says why it was not paid or not finalized, as far as Stripe told, and
    `payment_intent_ids` by which payments it was tried to pay it.
    """

    id: str
    customer_id: str
    subscription_id: str
    number: str
    status: str
    billing_reason: str
    currency: str
    subtotal: int
    discount: int
    tax: int
    total: int
    credit: int
    amount_due: int
    amount_paid: int
    amount_remaining: int
    created_at: datetime
    period_starts_at: datetime
    period_ends_at: datetime
    finalized_at: datetime | None
    paid_at: datetime | None
    attempt_count: int
    next_attempt_at: datetime | None
    auto_advance: bool
    hosted_url: str
    pdf_url: str
    last_error: str
    payment_intent_ids: tuple[str, ...]
    lines: tuple[LineFacts, ...]
    metadata: dict[str, str]
    subscription_metadata: dict[str, str]
    test_clock_id: str

    @classmethod
    def read(cls, invoice: Json) -> Self:
        parent = part(invoice, "parent", "subscription_details")
        moments = part(invoice, "status_transitions")
        return cls(
            id=text(invoice.get("id")),
            customer_id=id_of(invoice["customer"]),
            subscription_id=id_of(parent.get("subscription")),
            number=text(invoice.get("number")),
            status=text(invoice.get("status")),
            billing_reason=text(invoice.get("billing_reason")),
            currency=invoice["currency"].upper(),
            subtotal=invoice["subtotal"],
            discount=total(invoice.get("total_discount_amounts") or ()),
            tax=total(invoice.get("total_taxes") or ()),
            total=invoice["total"],
            credit=_credit(invoice),
            amount_due=invoice["amount_due"],
            amount_paid=invoice["amount_paid"],
            amount_remaining=invoice["amount_remaining"],
            created_at=sure_instant(invoice["created"]),
            period_starts_at=sure_instant(invoice["period_start"]),
            period_ends_at=sure_instant(invoice["period_end"]),
            finalized_at=instant(moments.get("finalized_at")),
            paid_at=instant(moments.get("paid_at")),
            attempt_count=invoice["attempt_count"],
            next_attempt_at=instant(invoice.get("next_payment_attempt")),
            auto_advance=bool(invoice.get("auto_advance")),
            hosted_url=text(invoice.get("hosted_invoice_url")),
            pdf_url=text(invoice.get("invoice_pdf")),
            last_error=_last_error(invoice),
            payment_intent_ids=tuple(_payment_intent_ids(invoice)),
            lines=tuple(LineFacts.read(line) for line in rows(invoice, "lines")),
            metadata=labels(invoice),
            subscription_metadata=labels(parent),
            test_clock_id=id_of(invoice.get("test_clock")),
        )


def _credit(invoice: Json) -> int:
    ending = invoice.get("ending_balance")
    return 0 if ending is None else int(ending - invoice["starting_balance"])


def _payment_intent_ids(invoice: Json) -> Iterator[str]:
    for payment in rows(invoice, "payments"):
        intent = part(payment, "payment").get("payment_intent")
        if intent:
            yield id_of(intent)


def _last_error(invoice: Json) -> str:
    unfinalized = part(invoice, "last_finalization_error").get("message")
    if unfinalized:
        return text(unfinalized)
    for payment in reversed(rows(invoice, "payments")):
        intent = part(payment, "payment", "payment_intent")
        failure = part(intent, "last_payment_error")
        if failure:
            return text(failure.get("message"))
        if invoice["attempt_count"] and intent.get("status") == _WITHOUT_METHOD:
            return NO_METHOD
    return ""
