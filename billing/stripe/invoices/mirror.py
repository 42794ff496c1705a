"""
Our copy of Stripe's invoices.

It is replaced whole, with its lines, by what Stripe just said. An invoice only ever moves
forward, so what was asked earlier and comes later changes nothing.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.organizations.locking import lock_organization
from config.kernel.money import minor_digits
from config.kernel.quantities import EXACT

from ...choices import InvoiceStatus
from ...models import (
    Agreement,
    Invoice,
    InvoiceLine,
    Settlement,
    SettlementCharge,
    StripeCustomer,
    StripeSubscription,
)
from ..gateway.facts import InvoiceFacts, LineFacts
from .announcements import announce_news
from .charges import follow_charges

# What marks a line as the charge of a settlement, and an invoice of ours as an agreement's.
SETTLEMENT = "settlement"
AGREEMENT = "agreement"

_ORDER = {
    InvoiceStatus.DRAFT: 0,
    InvoiceStatus.OPEN: 1,
    InvoiceStatus.UNCOLLECTIBLE: 2,
    InvoiceStatus.PAID: 3,
    InvoiceStatus.VOID: 3,
}


@transaction.atomic
def mirror_invoice(invoice: InvoiceFacts, *, now: datetime) -> Invoice | None:
    """
    Bring our copy of an invoice level, follow the charges on it, and announce what is new.

    Returns the copy; None for an invoice of somebody who is no customer of ours. Doing it again
    changes nothing. Takes the organization's lock.
    """
    customer = StripeCustomer.objects.filter(stripe_id=invoice.customer_id).first()
    if customer is None:
        return None
    lock_organization(organization_id=customer.organization_id)
    before = Invoice.objects.filter(stripe_id=invoice.id).first()
    if before is not None and _is_behind(invoice, before):
        return before
    copy, _ = Invoice.objects.update_or_create(
        stripe_id=invoice.id,
        defaults={
            "organization_id": customer.organization_id,
            "agreement": _agreement_of(invoice, organization_id=customer.organization_id),
            "last_error": _last_error(invoice, before),
            "synced_at": now,
            **_columns(invoice),
        },
    )
    lines = _replace_lines(copy, invoice)
    follow_charges(invoice, organization_id=copy.organization_id, lines=lines, now=now)
    announce_news(invoice=copy, now=now)
    return copy


def forget_draft(*, invoice_id: str) -> None:
    """Drop our copy of a draft that is gone at Stripe."""
    Invoice.objects.filter(stripe_id=invoice_id, status=InvoiceStatus.DRAFT).delete()


def _is_behind(invoice: InvoiceFacts, copy: Invoice) -> bool:
    """Whether the copy is from a later moment than what was asked."""
    asked = (_ORDER[InvoiceStatus(invoice.status)], invoice.attempt_count, invoice.amount_paid)
    known = (_ORDER[InvoiceStatus(copy.status)], copy.attempt_count, copy.amount_paid_minor)
    return asked < known


def _agreement_of(invoice: InvoiceFacts, *, organization_id: int) -> Agreement | None:
    """The agreement whose subscription it is of, or that we made it for."""
    if invoice.subscription_id:
        known = StripeSubscription.objects.filter(
            stripe_id=invoice.subscription_id, organization_id=organization_id
        ).select_related("agreement")
        subscription = known.first()
        return None if subscription is None else subscription.agreement
    return Agreement.objects.filter(
        organization_id=organization_id, public_id=invoice.metadata.get(AGREEMENT, "")
    ).first()


def _last_error(invoice: InvoiceFacts, before: Invoice | None) -> str:
    """Not every answer tells why an attempt failed; what is known of the same one is kept."""
    if invoice.last_error or before is None:
        return invoice.last_error[:500]
    is_same_attempt = before.attempt_count == invoice.attempt_count
    is_owed = invoice.status in (InvoiceStatus.DRAFT, InvoiceStatus.OPEN)
    return before.last_error if is_same_attempt and is_owed else ""


def _columns(invoice: InvoiceFacts) -> dict[str, object]:
    return {
        "number": invoice.number,
        "status": invoice.status,
        "billing_reason": invoice.billing_reason,
        "currency": invoice.currency,
        "subtotal_minor": invoice.subtotal,
        "discount_minor": invoice.discount,
        "tax_minor": invoice.tax,
        "total_minor": invoice.total,
        "credit_minor": invoice.credit,
        "amount_due_minor": invoice.amount_due,
        "amount_paid_minor": invoice.amount_paid,
        "amount_remaining_minor": invoice.amount_remaining,
        "issued_at": invoice.finalized_at or invoice.created_at,
        "finalized_at": invoice.finalized_at,
        "paid_at": invoice.paid_at,
        "attempt_count": invoice.attempt_count,
        "next_attempt_at": invoice.next_attempt_at,
        "hosted_url": invoice.hosted_url,
        "pdf_url": invoice.pdf_url,
    }


def _replace_lines(copy: Invoice, invoice: InvoiceFacts) -> list[InvoiceLine]:
    settlements = _settlements_of(invoice.lines, organization_id=copy.organization_id)
    copy.lines.all().delete()
    return InvoiceLine.objects.bulk_create(
        InvoiceLine(
            organization_id=copy.organization_id,
            invoice=copy,
            settlement=settlements.get(line.id),
            stripe_id=line.id,
            position=position,
            description=line.description[:1000],
            quantity=line.quantity,
            unit_price=_in_major_units(line.unit_price, currency=invoice.currency),
            amount_minor=line.amount,
            is_proration=line.is_proration,
            starts_at=line.starts_at,
            ends_at=line.ends_at,
        )
        for position, line in enumerate(invoice.lines)
    )


def _settlements_of(lines: tuple[LineFacts, ...], *, organization_id: int) -> dict[str, Settlement]:
    """The organization's settlements that the lines charge for, by the id of the line."""
    named = [line.metadata.get(SETTLEMENT, "") for line in lines]
    of_organization = Settlement.objects.filter(organization_id=organization_id)
    by_name = {found.public_id: found for found in of_organization.filter(public_id__in=named)}
    items = [line.item_id for line in lines if line.item_id]
    placed = SettlementCharge.objects.filter(organization_id=organization_id, item_id__in=items)
    by_item = {charge.item_id: charge.settlement for charge in placed.select_related("settlement")}
    found = {
        line.id: by_name.get(line.metadata.get(SETTLEMENT, "")) or by_item.get(line.item_id)
        for line in lines
    }
    return {line_id: settlement for line_id, settlement in found.items() if settlement is not None}


def _in_major_units(price: Decimal | None, *, currency: str) -> Decimal | None:
    return None if price is None else price.scaleb(-minor_digits(currency), context=EXACT)
