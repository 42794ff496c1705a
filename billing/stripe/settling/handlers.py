"""What Stripe tells of invoices."""

from datetime import datetime

from ...choices import InvoiceStatus
from ..gateway.errors import ObjectMissing
from ..gateway.reading import retrieve_invoice
from ..inbox import ReceivedEvent, handles
from ..invoices.mirror import forget_draft, mirror_invoice
from .operations import collect_overage


@handles("invoice.*")
def bring_invoice_level(event: ReceivedEvent, now: datetime) -> None:
    """Bring our copy of the invoice level; a new draft is given what belongs on it."""
    try:
        invoice = retrieve_invoice(event.object_id)
    except ObjectMissing:
        forget_draft(invoice_id=event.object_id)
        return
    copy = mirror_invoice(invoice, now=now)
    if copy is None or copy.agreement_id is None:
        return
    if event.type == "invoice.created" and copy.status == InvoiceStatus.DRAFT:
        collect_overage(organization_id=copy.organization_id, now=now)
