"""Invoices: the list, one of them, and the next."""

from dataclasses import dataclass
from urllib.parse import urlencode

from accounts.access.permissions import Permission
from billing.agreements.queries import Standing
from billing.choices import InvoiceStatus
from billing.invoicing.queries import (
    InvoiceEstimate,
    InvoiceLineView,
    InvoiceView,
    describe_invoice,
    list_invoice_lines,
    list_invoices,
)
from billing.models import Invoice
from billing.stripe.invoices.upcoming import upcoming_under
from billing.usage.queries import list_balances_under
from config.kernel.money import Money

from ..access import Visit

ON_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in the list."""

    invoice: InvoiceView
    badge: str

    @property
    def is_payable(self) -> bool:
        """Whether it is to be paid."""
        return self.invoice.status == InvoiceStatus.OPEN and self.invoice.amount_remaining.minor > 0


@dataclass(frozen=True, slots=True)
class InvoicesPage:
    """A page of the list, and what the next invoice would be today."""

    upcoming: InvoiceEstimate | None
    currency: str
    rows: tuple[InvoiceRow, ...]
    is_newest: bool
    older: str
    zone: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """Everything about one invoice."""

    row: InvoiceRow
    lines: tuple[InvoiceLineView, ...]
    credit: Money
    zone: str
    may_pay: bool


def present_invoices(
    visit: Visit, *, standing: Standing | None, after: Invoice | None
) -> InvoicesPage:
    """Read the invoices after one of them, or the newest with what comes next above them."""
    organization = visit.organization
    found = list_invoices(organization=organization, limit=ON_A_PAGE + 1, after=after)
    shown = found[:ON_A_PAGE]
    coming = _upcoming(visit, standing) if after is None and standing is not None else None
    return InvoicesPage(
        upcoming=coming if coming is not None and coming.lines else None,
        currency=coming.total.currency if coming else organization.currency,
        rows=tuple(_row(invoice) for invoice in shown),
        is_newest=after is None,
        older="?" + urlencode({"after": shown[-1].id}) if len(found) > ON_A_PAGE else "",
        zone=organization.time_zone,
    )


def present_invoice(visit: Visit, invoice: Invoice) -> InvoicePage:
    """Read one invoice with its lines."""
    view = describe_invoice(invoice=invoice)
    return InvoicePage(
        row=_row(view),
        lines=tuple(list_invoice_lines(invoice=invoice)),
        credit=Money(view.amount_due.minor - view.total.minor, view.total.currency),
        zone=visit.organization.time_zone,
        may_pay=visit.may(Permission.MANAGE_BILLING),
    )


def _upcoming(visit: Visit, standing: Standing) -> InvoiceEstimate:
    balances = list_balances_under(agreement=standing.agreement, now=visit.now)
    return upcoming_under(standing=standing, balances=balances, now=visit.now)


def _row(invoice: InvoiceView) -> InvoiceRow:
    return InvoiceRow(invoice, _badge(invoice))


def _badge(invoice: InvoiceView) -> str:
    """How much a reader should mind."""
    if invoice.dunning is not None or invoice.status == InvoiceStatus.UNCOLLECTIBLE:
        return "over"
    return {InvoiceStatus.PAID.value: "accent", InvoiceStatus.OPEN.value: "warn"}.get(
        invoice.status, ""
    )
