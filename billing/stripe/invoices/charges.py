"""Which charges of settlements stand on an invoice, and whether it is final."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet

from ...choices import ChargeStatus, InvoiceStatus, OverageCollection
from ...invoicing.charges import mark_invoiced, mark_placed
from ...models import InvoiceLine, SettlementCharge, StripePrice
from ..gateway.facts import InvoiceFacts, LineFacts


def follow_charges(
    invoice: InvoiceFacts, *, organization_id: int, lines: Sequence[InvoiceLine], now: datetime
) -> None:
    """
    Note for each charge on an invoice that it is placed and, with a final invoice, invoiced.

    `lines` are our copies of the invoice's lines, in their order. A line that is on an invoice is
    proof enough that its charge was placed, also where the answer to that call was lost.
    """
    is_final = invoice.status != InvoiceStatus.DRAFT
    for copy, line in zip(lines, invoice.lines, strict=True):
        if copy.settlement is not None:
            mark_placed(
                settlement_id=copy.settlement.public_id,
                item_id=line.item_id,
                invoice_id=invoice.id,
                now=now,
            )
    if is_final:
        charges = list(_charges_by_line(lines, organization_id=organization_id))
        charges += _reported_charges(invoice, organization_id=organization_id)
        mark_invoiced(charges=charges, invoice_id=invoice.id, now=invoice.finalized_at or now)


def _charges_by_line(
    lines: Sequence[InvoiceLine], *, organization_id: int
) -> QuerySet[SettlementCharge]:
    return SettlementCharge.objects.filter(
        organization_id=organization_id,
        settlement_id__in=[line.settlement_id for line in lines if line.settlement_id],
        method=OverageCollection.INVOICE_ITEM,
        status=ChargeStatus.PLACED,
    )


def _reported_charges(invoice: InvoiceFacts, *, organization_id: int) -> Iterator[SettlementCharge]:
    """Those that were reported to a Billing Meter, for the time that a line of its price covers."""
    features = metered_features(invoice)
    for line in invoice.lines:
        if line.price_id in features:
            yield from reported_in(
                line, organization_id=organization_id, feature_id=features[line.price_id]
            ).filter(status=ChargeStatus.PLACED)


def metered_features(invoice: InvoiceFacts) -> dict[str, int]:
    """The features that lines charge by a Billing Meter, by the id of the price."""
    prices = StripePrice.objects.filter(
        stripe_id__in=[line.price_id for line in invoice.lines], feature__isnull=False
    )
    return {price.stripe_id: price.feature_id for price in prices if price.feature_id is not None}


def reported_in(
    line: LineFacts, *, organization_id: int, feature_id: int
) -> QuerySet[SettlementCharge]:
    """The charges of a feature that were reported for the time of a metered line."""
    return SettlementCharge.objects.filter(
        organization_id=organization_id,
        method=OverageCollection.BILLING_METER,
        settlement__feature_id=feature_id,
        settlement__ends_at__gt=line.starts_at,
        settlement__ends_at__lte=line.ends_at,
    )
