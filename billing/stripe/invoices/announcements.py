"""What others are told of invoices: each fact once, with the change that it is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Min

from accounts.webhooks.outbox import announce
from accounts.webhooks.values import amount, instant

from ...choices import InvoiceStatus
from ...events import EventType
from ...models import Invoice

_AMOUNTS: Final = (
    "subtotal",
    "discount",
    "tax",
    "total",
    "credit",
    "amount_due",
    "amount_paid",
    "amount_remaining",
)


def announce_news(*, invoice: Invoice, now: datetime) -> None:
    """
    Announce what an invoice has come to, in the caller's transaction.

    What was announced already is not announced again, so this may be asked at any time.
    """
    data = facts_of(invoice)
    for event, fact in _news(invoice):
        announce(
            organization_id=invoice.organization_id,
            type=event,
            dedupe_key=f"{event}:{fact}",
            data=data,
            now=now,
        )


def facts_of(invoice: Invoice) -> dict[str, Any]:
    """What events say of an invoice, in the names that the API has for it."""
    period = invoice.lines.aggregate(starts_at=Min("starts_at"), ends_at=Max("ends_at"))
    return {
        "id": invoice.public_id,
        "number": invoice.number,
        "status": str(invoice.status),
        "agreement": None if invoice.agreement is None else invoice.agreement.public_id,
        "billing_reason": invoice.billing_reason,
        **{name: _amount(invoice, name) for name in _AMOUNTS},
        "issued_at": instant(invoice.issued_at),
        "paid_at": instant(invoice.paid_at),
        "period_starts_at": instant(period["starts_at"]),
        "period_ends_at": instant(period["ends_at"]),
        "attempt_count": invoice.attempt_count,
        "next_attempt_at": instant(invoice.next_attempt_at),
        "last_error": invoice.last_error,
        "hosted_url": invoice.hosted_url or None,
        "pdf_url": invoice.pdf_url or None,
    }


def _amount(invoice: Invoice, name: str) -> dict[str, Any]:
    return amount(getattr(invoice, f"{name}_minor"), invoice.currency)


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
