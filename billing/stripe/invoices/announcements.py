"""What others are told of invoices: each fact once, with the change that it is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.webhooks.outbox import announce

from ...choices import InvoiceStatus
from ...events import EventType
from ...models import Invoice


def announce_news(*, invoice: Invoice, now: datetime) -> None:
    """
    Announce what an invoice has come to, in the caller's transaction.

    What was announced already is not announced again, so this may be asked at any time.
    """
    facts = facts_of(invoice)
    for event, fact in _news(invoice):
        announce(
            organization_id=invoice.organization_id,
            type=event,
            dedupe_key=f"{event}:{fact}",
            data={"invoice": invoice.public_id, **facts},
            now=now,
        )


def facts_of(invoice: Invoice) -> dict[str, Any]:
    """What an invoice says, as webhooks tell it."""
    next_attempt_at = invoice.next_attempt_at
    return {
        "number": invoice.number,
        "status": invoice.status,
        "agreement": None if invoice.agreement is None else invoice.agreement.public_id,
        "currency": invoice.currency,
        "total_minor": invoice.total_minor,
        "amount_due_minor": invoice.amount_due_minor,
        "amount_paid_minor": invoice.amount_paid_minor,
        "amount_remaining_minor": invoice.amount_remaining_minor,
        "attempt_count": invoice.attempt_count,
        "next_attempt_at": None if next_attempt_at is None else next_attempt_at.isoformat(),
        "last_error": invoice.last_error,
    }


def _news(invoice: Invoice) -> Iterator[tuple[EventType, str]]:
    """The events that an invoice has come to, with what each of them is about."""
    if invoice.finalized_at is not None:
        yield EventType.INVOICE_ISSUED, invoice.public_id
    if invoice.status == InvoiceStatus.PAID:
        yield EventType.INVOICE_PAID, invoice.public_id
    if invoice.status == InvoiceStatus.VOID:
        yield EventType.INVOICE_VOIDED, invoice.public_id
    if invoice.status == InvoiceStatus.OPEN and invoice.attempt_count and invoice.last_error:
        yield EventType.INVOICE_PAYMENT_FAILED, f"{invoice.public_id}:{invoice.attempt_count}"
