"""Whether our copies of invoices say what Stripe says, to the cent and line by line."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import QuerySet, Sum

from ...models import Invoice, SettlementCharge, StripeCustomer, StripeDifference
from ..gateway.errors import ObjectMissing
from ..gateway.facts import InvoiceFacts
from ..gateway.reading import list_invoices, retrieve_invoice
from ..invoices.charges import metered_features, reported_in
from .findings import Finding, Kind
from .news import is_news

# Lists tell of so many lines of an invoice, and of no more.
LINES_IN_LISTS: Final = 10

KINDS: Final = frozenset(
    {
        Kind.INVOICE_MISSING_HERE,
        Kind.INVOICE_MISSING_THERE,
        Kind.INVOICE_DIFFERS,
        Kind.REPORTED_USAGE_DIFFERS,
    }
)


def differences_of_invoices(*, since: datetime | None) -> Iterator[Finding]:
    """
    What does not agree among the invoices that were made since then (None: ever), and among those
    that did not agree before.
    """
    customers = dict(StripeCustomer.objects.values_list("stripe_id", "organization_id"))
    seen = set()
    for invoice in _invoices_there(since):
        seen.add(invoice.id)
        if invoice.customer_id in customers and not is_news(invoice.id):
            yield from _compare(invoice, organization_id=customers[invoice.customer_id])
    for copy in _copies_here(since).exclude(stripe_id__in=seen):
        # It may have been made while the list was read.
        if not _is_at_stripe(copy.stripe_id):
            yield _missing_there(copy)


def _invoices_there(since: datetime | None) -> Iterator[InvoiceFacts]:
    filters = {} if since is None else {"created": {"gte": int(since.timestamp())}}
    listed = set()
    for invoice in list_invoices(**filters):
        listed.add(invoice.id)
        is_whole = len(invoice.lines) < LINES_IN_LISTS
        yield invoice if is_whole else retrieve_invoice(invoice.id)
    for invoice_id in _differing_before() - listed:
        try:
            yield retrieve_invoice(invoice_id)
        except ObjectMissing:
            continue


def _differing_before() -> set[str]:
    known = StripeDifference.objects.filter(kind__in=KINDS, resolved_at=None)
    return set(known.values_list("subject", flat=True))


def _copies_here(since: datetime | None) -> QuerySet[Invoice]:
    copies = Invoice.objects.order_by("pk")
    return copies if since is None else copies.filter(issued_at__gte=since)


def _is_at_stripe(invoice_id: str) -> bool:
    try:
        retrieve_invoice(invoice_id)
    except ObjectMissing:
        return False
    return True


def _compare(invoice: InvoiceFacts, *, organization_id: int) -> Iterator[Finding]:
    copy = Invoice.objects.filter(stripe_id=invoice.id).prefetch_related("lines").first()
    if copy is None:
        yield Finding(
            Kind.INVOICE_MISSING_HERE,
            subject=invoice.id,
            organization_id=organization_id,
            ours="no copy",
            theirs=_in_words(invoice.status, invoice.total, invoice.amount_paid),
        )
        return
    ours, theirs = _figures_here(copy), _figures_there(invoice)
    if ours != theirs:
        yield Finding(
            Kind.INVOICE_DIFFERS,
            subject=invoice.id,
            organization_id=copy.organization_id,
            ours=_only_what_differs(ours, theirs),
            theirs=_only_what_differs(theirs, ours),
        )
    yield from _compare_reported(invoice, organization_id=copy.organization_id)


def _missing_there(copy: Invoice) -> Finding:
    return Finding(
        Kind.INVOICE_MISSING_THERE,
        subject=copy.stripe_id,
        organization_id=copy.organization_id,
        ours=_in_words(copy.status, copy.total_minor, copy.amount_paid_minor),
        theirs="no such invoice",
    )


def _figures_here(copy: Invoice) -> dict[str, object]:
    """What has to be the same, by its name; the lines by their id."""
    return {
        "status": copy.status,
        "number": copy.number,
        "currency": copy.currency,
        "subtotal": copy.subtotal_minor,
        "discount": copy.discount_minor,
        "tax": copy.tax_minor,
        "total": copy.total_minor,
        "credit": copy.credit_minor,
        "paid": copy.amount_paid_minor,
        "remaining": copy.amount_remaining_minor,
        **{line.stripe_id: line.amount_minor for line in copy.lines.all()},
    }


def _figures_there(invoice: InvoiceFacts) -> dict[str, object]:
    return {
        "status": invoice.status,
        "number": invoice.number,
        "currency": invoice.currency,
        "subtotal": invoice.subtotal,
        "discount": invoice.discount,
        "tax": invoice.tax,
        "total": invoice.total,
        "credit": invoice.credit,
        "paid": invoice.amount_paid,
        "remaining": invoice.amount_remaining,
        **{line.id: line.amount for line in invoice.lines},
    }


def _only_what_differs(figures: dict[str, object], others: dict[str, object]) -> str:
    return ", ".join(
        f"{name} {value}" for name, value in figures.items() if others.get(name) != value
    )


def _compare_reported(invoice: InvoiceFacts, *, organization_id: int) -> Iterator[Finding]:
    """A metered line of a final invoice charges what the settlements of its time came to."""
    features = metered_features(invoice) if invoice.finalized_at is not None else {}
    for line in invoice.lines:
        if line.price_id not in features:
            continue
        reported = reported_in(
            line, organization_id=organization_id, feature_id=features[line.price_id]
        )
        settled = _settled_minor(reported)
        if settled != line.amount:
            yield Finding(
                Kind.REPORTED_USAGE_DIFFERS,
                subject=line.id,
                organization_id=organization_id,
                ours=f"{settled} {invoice.currency} settled",
                theirs=f"{line.amount} {invoice.currency} on {invoice.id}",
            )


def _settled_minor(charges: QuerySet[SettlementCharge]) -> int:
    return int(charges.aggregate(minor=Sum("settlement__amount_minor"))["minor"] or 0)


def _in_words(status: str, total: int, paid: int) -> str:
    return f"{status}, total {total}, paid {paid}"
