"""What our own books have to say of the money of settlements: each to the cent on one line."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from ...choices import ChargeStatus, InvoiceStatus, OverageCollection
from ...invoicing.charges import without_charge
from ...models import Invoice, InvoiceLine, Settlement, SettlementCharge
from .findings import Finding, Kind

# What was settled a moment ago is on its way.
ON_ITS_WAY: Final = timedelta(hours=3)
# Stripe finalizes a renewal after an hour, or once we let it go; never while its subscription is
# unpaid, nor after that has ended.
DRAFT_FOR: Final = timedelta(days=2)
# A credit note stands for a line where no invoice was to come.
CREDIT_NOTE: Final = "cn_"

KINDS: Final = frozenset(
    {
        Kind.SETTLEMENT_WITHOUT_CHARGE,
        Kind.CHARGE_NOT_PLACED,
        Kind.CHARGE_ON_NO_INVOICE,
        Kind.CHARGE_ON_VOID_INVOICE,
        Kind.CHARGE_ON_STALE_DRAFT,
        Kind.LINE_DIFFERS,
        Kind.INVOICE_DOES_NOT_ADD_UP,
    }
)


def differences_in_books(*, now: datetime) -> Iterator[Finding]:
    """What does not agree here already, without asking Stripe."""
    yield from _settlements_without_charge(now)
    yield from _charges_not_placed(now)
    yield from _charges_on_no_invoice()
    yield from _charges_on_void_invoices()
    yield from _charges_on_stale_drafts(now)
    yield from _lines_that_differ()
    yield from _invoices_that_do_not_add_up()


def _settlements_without_charge(now: datetime) -> Iterator[Finding]:
    for settlement in without_charge().filter(settled_at__lt=now - ON_ITS_WAY):
        yield _about(Kind.SETTLEMENT_WITHOUT_CHARGE, settlement, theirs="no charge is planned")


def _charges_not_placed(now: datetime) -> Iterator[Finding]:
    """A correction may wait for the next invoice as long as one will come."""
    planned = _charges().filter(status=ChargeStatus.PLANNED, planned_at__lt=now - ON_ITS_WAY)
    may_wait = Q(settlement__amount_minor__lt=0, settlement__agreement__ended_at=None)
    for charge in planned.exclude(may_wait):
        yield _about(Kind.CHARGE_NOT_PLACED, charge.settlement, theirs="on no invoice")


def _charges_on_no_invoice() -> Iterator[Finding]:
    """Reported usage has no line of its own: its invoice is followed, its meter compared."""
    mirrored = Invoice.objects.filter(stripe_id=OuterRef("stripe_invoice_id"))
    lines = InvoiceLine.objects.filter(
        settlement_id=OuterRef("settlement_id"),
        invoice__stripe_id=OuterRef("stripe_invoice_id"),
    )
    by_line = (
        _charges()
        .exclude(status=ChargeStatus.PLANNED)
        .filter(method=OverageCollection.INVOICE_ITEM)
        .exclude(item_id__startswith=CREDIT_NOTE)
    )
    for charge in by_line.filter(~Exists(mirrored) | ~Exists(lines)):
        invoice = charge.stripe_invoice_id or "an invoice to come"
        yield _about(Kind.CHARGE_ON_NO_INVOICE, charge.settlement, theirs=f"no line on {invoice}")


def _charges_on_void_invoices() -> Iterator[Finding]:
    void = Invoice.objects.filter(
        stripe_id=OuterRef("stripe_invoice_id"), status=InvoiceStatus.VOID
    )
    for charge in _charges().filter(Exists(void)):
        theirs = f"{charge.stripe_invoice_id} is void"
        yield _about(Kind.CHARGE_ON_VOID_INVOICE, charge.settlement, theirs=theirs)


def _charges_on_stale_drafts(now: datetime) -> Iterator[Finding]:
    stale = Invoice.objects.filter(
        stripe_id=OuterRef("stripe_invoice_id"),
        status=InvoiceStatus.DRAFT,
        issued_at__lt=now - DRAFT_FOR,
    )
    for charge in _charges().filter(Exists(stale)):
        theirs = f"{charge.stripe_invoice_id} is a draft: finalize or delete it at Stripe"
        yield _about(Kind.CHARGE_ON_STALE_DRAFT, charge.settlement, theirs=theirs)


def _lines_that_differ() -> Iterator[Finding]:
    """Lines on void invoices collect nothing, and count for nothing."""
    charged = (
        InvoiceLine.objects.exclude(settlement=None)
        .exclude(invoice__status=InvoiceStatus.VOID)
        .values("settlement_id", "settlement__amount_minor")
        .annotate(line_count=Count("pk"), charged_minor=Sum("amount_minor"))
        .exclude(line_count=1, charged_minor=F("settlement__amount_minor"))
        .values_list("settlement_id", "line_count", "charged_minor")
    )
    differing = {pk: (count, minor) for pk, count, minor in charged}
    for settlement in Settlement.objects.filter(pk__in=differing):
        line_count, charged_minor = differing[settlement.pk]
        lines = "1 line" if line_count == 1 else f"{line_count} lines"
        theirs = f"{lines} of {charged_minor} {settlement.currency}"
        yield _about(Kind.LINE_DIFFERS, settlement, theirs=theirs)


def _invoices_that_do_not_add_up() -> Iterator[Finding]:
    invoices = Invoice.objects.annotate(lines_minor=Sum("lines__amount_minor", default=0))
    without_tax = F("lines_minor") - F("discount_minor")
    adds_up = Q(total_minor=without_tax + F("tax_minor")) | Q(total_minor=without_tax)
    for invoice in invoices.exclude(adds_up, subtotal_minor=F("lines_minor")):
        yield Finding(
            Kind.INVOICE_DOES_NOT_ADD_UP,
            subject=invoice.stripe_id,
            organization_id=invoice.organization_id,
            ours=(
                f"lines {invoice.lines_minor}, discount {invoice.discount_minor}, "
                f"tax {invoice.tax_minor}, subtotal {invoice.subtotal_minor}"
            ),
            theirs=f"total {invoice.total_minor}",
        )


def _charges() -> QuerySet[SettlementCharge]:
    return SettlementCharge.objects.select_related("settlement").order_by("pk")


def _about(kind: Kind, settlement: Settlement, *, theirs: str) -> Finding:
    return Finding(
        kind,
        subject=settlement.public_id,
        organization_id=settlement.organization_id,
        ours=f"{settlement.amount_minor} {settlement.currency}",
        theirs=theirs,
    )
