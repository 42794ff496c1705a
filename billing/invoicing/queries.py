"""Reads of invoices: what was billed, what is to be paid, and what comes next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.errors import NotFound
from config.kernel.money import Money
from config.kernel.periods import Period

from ..choices import InvoiceStatus
from ..models import Invoice, Settlement
from .estimate import InvoiceEstimate, estimate_next_invoice

__all__ = [
    "Dunning",
    "InvoiceEstimate",
    "InvoiceLineView",
    "InvoiceNotFound",
    "InvoiceView",
    "SettledUsage",
    "describe_invoice",
    "estimate_next_invoice",
    "find_overdue_invoice",
    "get_invoice",
    "iterate_invoices",
    "list_invoice_lines",
    "list_invoice_years",
    "list_invoices",
]

LARGEST_PAGE = 100


class InvoiceNotFound(NotFound):
    """There is no such invoice, it is another organization's, or it is not final yet."""

    code = "invoice_not_found"
    title = "No such invoice"


@dataclass(frozen=True, slots=True)
class Dunning:
    """
    How often it was tried to collect an invoice, when it is tried next (None: not by itself),
    and why the last attempt failed.
    """

    attempt_count: int
    next_attempt_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """
    An invoice as its customer sees it. `status_words` says in plain words where it stands;
    `credit` came off the total from the customer's balance; below zero, it was owed from before.
    `dunning` is there while an attempt to collect it has failed and it is still to be paid.
    """

    id: str
    number: str
    status: str
    status_words: str
    agreement_id: str | None
    billing_reason: str
    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    credit: Money
    amount_due: Money
    amount_paid: Money
    amount_remaining: Money
    issued_at: datetime
    paid_at: datetime | None
    dunning: Dunning | None
    hosted_url: str
    pdf_url: str


@dataclass(frozen=True, slots=True)
class SettledUsage:
    """What a line charges for: the period of a feature's usage that begins then."""

    settlement_id: str
    feature: str
    period: Period


@dataclass(frozen=True, slots=True)
class InvoiceLineView:
    """
    One line of an invoice. Where quantity and price say nothing, they are None; `usage` is there
    where it charges for, or gives back, what a usage period came to.
    """

    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Money
    is_proration: bool
    starts_at: datetime
    ends_at: datetime
    usage: SettledUsage | None


def list_invoices(
    *,
    organization: Organization,
    limit: int,
    after: Invoice | None = None,
    issued: Period | None = None,
) -> list[InvoiceView]:
    """
    Return a page of the organization's final invoices, newest first; of those issued in a period,
    if it is given. The next page starts after the last invoice of this one.
    """
    assert 1 <= limit <= LARGEST_PAGE, limit
    invoices = _newest_first(organization, issued=issued)
    if after is not None:
        invoices = invoices.filter(
            Q(issued_at__lt=after.issued_at) | Q(issued_at=after.issued_at, pk__lt=after.pk)
        )
    return [describe_invoice(invoice=invoice) for invoice in invoices[:limit]]


def iterate_invoices(
    *, organization: Organization, issued: Period | None = None
) -> Iterator[InvoiceView]:
    """Read all of them in the same order, few at a time."""
    for invoice in _newest_first(organization, issued=issued).iterator(chunk_size=LARGEST_PAGE):
        yield describe_invoice(invoice=invoice)


def list_invoice_years(*, organization: Organization, zone: tzinfo) -> list[int]:
    """Return the years of a time zone in which final invoices were issued, the newest first."""
    years = _final().owned_by(organization).datetimes("issued_at", "year", "DESC", tzinfo=zone)
    return [begin.year for begin in years]


def get_invoice(*, organization: Organization | None, public_id: str) -> Invoice:
    """
    Return a final invoice with its agreement loaded.

    Raises `InvoiceNotFound`, also for another organization's and for a draft. Without an
    organization any final invoice is found: only for staff and for platform keys.
    """
    invoices = _final().filter(public_id=public_id)
    if organization is not None:
        invoices = invoices.owned_by(organization)
    invoice = invoices.first()
    if invoice is None:
        raise InvoiceNotFound("There is no such invoice.")
    return invoice


def list_invoice_lines(*, invoice: Invoice) -> list[InvoiceLineView]:
    """Return the lines of an invoice, in their order."""
    return [
        InvoiceLineView(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=Money(line.amount_minor, invoice.currency),
            is_proration=line.is_proration,
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            usage=None if line.settlement is None else _usage(line.settlement),
        )
        for line in invoice.lines.select_related(
            "settlement__feature", "settlement__usage_period"
        ).order_by("position")
    ]


def _usage(settlement: Settlement) -> SettledUsage:
    settled = settlement.usage_period
    return SettledUsage(
        settlement.public_id,
        settlement.feature.code,
        Period(settled.starts_at, settled.ends_at),
    )


def find_overdue_invoice(*, organization: Organization) -> InvoiceView | None:
    """Return the oldest invoice that it was tried in vain to collect; None if there is none."""
    overdue = _final().owned_by(organization).filter(status=InvoiceStatus.OPEN, attempt_count__gt=0)
    invoice = overdue.exclude(last_error="").order_by("issued_at", "pk").first()
    return None if invoice is None else describe_invoice(invoice=invoice)


def describe_invoice(*, invoice: Invoice) -> InvoiceView:
    """Return what there is to say about an invoice whose agreement is loaded."""
    money = _money_in(invoice.currency)
    dunning = _dunning(invoice)
    return InvoiceView(
        id=invoice.public_id,
        number=invoice.number,
        status=invoice.status,
        status_words=_status_words(invoice, has_failed=dunning is not None),
        agreement_id=None if invoice.agreement is None else invoice.agreement.public_id,
        billing_reason=invoice.billing_reason,
        subtotal=money(invoice.subtotal_minor),
        discount=money(invoice.discount_minor),
        tax=money(invoice.tax_minor),
        total=money(invoice.total_minor),
        credit=money(invoice.credit_minor),
        amount_due=money(invoice.amount_due_minor),
        amount_paid=money(invoice.amount_paid_minor),
        amount_remaining=money(invoice.amount_remaining_minor),
        issued_at=invoice.issued_at,
        paid_at=invoice.paid_at,
        dunning=dunning,
        hosted_url=invoice.hosted_url,
        pdf_url=invoice.pdf_url,
    )


def _newest_first(
    organization: Organization, *, issued: Period | None
) -> OrganizationOwnedQuerySet[Invoice]:
    invoices = _final().owned_by(organization).order_by("-issued_at", "-pk")
    if issued is None:
        return invoices
    return invoices.filter(issued_at__gte=issued.starts_at, issued_at__lt=issued.ends_at)


def _final() -> OrganizationOwnedQuerySet[Invoice]:
    return Invoice.objects.exclude(status=InvoiceStatus.DRAFT).select_related("agreement")


def _money_in(currency: str) -> Callable[[int], Money]:
    return lambda minor: Money(minor, currency)


def _dunning(invoice: Invoice) -> Dunning | None:
    if invoice.status != InvoiceStatus.OPEN or not invoice.attempt_count or not invoice.last_error:
        return None
    return Dunning(invoice.attempt_count, invoice.next_attempt_at, invoice.last_error)


def _status_words(invoice: Invoice, *, has_failed: bool) -> str:
    match invoice.status:
        case InvoiceStatus.PAID:
            return _("Paid")
        case InvoiceStatus.VOID:
            return _("Void, nothing is to be paid")
        case InvoiceStatus.UNCOLLECTIBLE:
            return _("Not paid, no longer collected")
        case InvoiceStatus.OPEN if has_failed:
            return _("Payment failed")
        case InvoiceStatus.OPEN:
            return _("To be paid")
    return _("Being prepared")
