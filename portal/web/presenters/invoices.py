"""Invoices: the list, one of them, and the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from billing.agreements.queries import Standing
from billing.choices import InvoiceStatus
from billing.invoicing.queries import (
    InvoiceEstimate,
    InvoiceLineView,
    InvoiceView,
    describe_invoice,
    iterate_invoices,
    list_invoice_lines,
    list_invoice_years,
    list_invoices,
)
from billing.models import Invoice
from billing.money_credits.queries import MoneyCreditStanding, list_money_credits
from billing.stripe.invoices.upcoming import upcoming_under
from billing.usage.queries import list_balances_under
from config.kernel.money import Money
from config.kernel.periods import Period
from config.kernel.spreadsheets import csv_lines

from ..access import Visit
from .pricing import Switch
from .usage_filter import UsageFilter, period_key

ON_A_PAGE = 24
CREDITS_SHOWN: Final = 12
_CSV_COLUMNS: Final = (
    *("number", "id", "date", "issued_at", "status", "currency"),
    *("subtotal", "discount", "tax", "total", "paid", "remaining", "paid_at"),
)


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
    comes_off: Money | None
    credits: tuple[MoneyCreditStanding, ...]
    currency: str
    years: tuple[Switch, ...]
    rows: tuple[InvoiceRow, ...]
    is_newest: bool
    newest: str
    older: str
    file_query: str
    zone: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """Everything about one invoice; each line with where its usage is looked at, if it has any."""

    row: InvoiceRow
    lines: tuple[tuple[InvoiceLineView, str], ...]
    credit: Money
    zone: str
    may_pay: bool


def present_invoices(
    visit: Visit,
    *,
    standing: Standing | None,
    year: int | None,
    issued: Period | None,
    after: Invoice | None,
) -> InvoicesPage:
    """
    Read the invoices after one of them, or the newest with what comes next above them; those of
    a year, which was `issued` in that period, if it is given.
    """
    organization = visit.organization
    asked = {} if year is None else {"year": str(year)}
    found = list_invoices(
        organization=organization, limit=ON_A_PAGE + 1, after=after, issued=issued
    )
    shown = found[:ON_A_PAGE]
    coming = None
    if standing is not None and after is None and year is None:
        coming = _upcoming(visit, standing)
    return InvoicesPage(
        upcoming=coming if coming is not None and coming.lines else None,
        comes_off=_turned(coming.credit) if coming and coming.credit.minor else None,
        credits=tuple(list_money_credits(organization=organization, limit=CREDITS_SHOWN))
        if after is None and year is None
        else (),
        currency=coming.total.currency if coming else organization.currency,
        years=_years(visit, year),
        rows=tuple(_row(invoice) for invoice in shown),
        is_newest=after is None,
        newest="?" + urlencode(asked),
        older="?" + urlencode({**asked, "after": shown[-1].id}) if len(found) > ON_A_PAGE else "",
        file_query="?" + urlencode(asked) if asked else "",
        zone=organization.time_zone,
    )


def present_invoice(visit: Visit, invoice: Invoice) -> InvoicePage:
    """Read one invoice with its lines."""
    view = describe_invoice(invoice=invoice)
    return InvoicePage(
        row=_row(view),
        lines=tuple((line, _usage_link(line)) for line in list_invoice_lines(invoice=invoice)),
        credit=_turned(view.credit),
        zone=visit.organization.time_zone,
        may_pay=visit.may(Permission.MANAGE_BILLING),
    )


def _usage_link(line: InvoiceLineView) -> str:
    if line.usage is None:
        return ""
    return UsageFilter(meter=line.usage.feature, period=period_key(line.usage.period)).link()


def invoices_csv(visit: Visit, *, issued: Period | None, zone: tzinfo) -> Iterator[str]:
    """Write all the invoices of a period as lines of a file, for a spreadsheet to read."""
    invoices = iterate_invoices(organization=visit.organization, issued=issued)
    return csv_lines(_CSV_COLUMNS, (_csv_row(invoice, zone) for invoice in invoices))


def _csv_row(invoice: InvoiceView, zone: tzinfo) -> tuple[object, ...]:
    amounts = (
        invoice.subtotal,
        invoice.discount,
        invoice.tax,
        invoice.total,
        invoice.amount_paid,
        invoice.amount_remaining,
    )
    return (
        invoice.number,
        invoice.id,
        invoice.issued_at.astimezone(zone).date().isoformat(),
        invoice.issued_at.astimezone(UTC).isoformat(),
        invoice.status,
        invoice.total.currency,
        *(amount.amount for amount in amounts),
        "" if invoice.paid_at is None else invoice.paid_at.astimezone(UTC).isoformat(),
    )


def _years(visit: Visit, year: int | None) -> tuple[Switch, ...]:
    """Every year with invoices, and all of them; nothing to choose where there is but one."""
    zone = ZoneInfo(visit.organization.time_zone)
    years = list_invoice_years(organization=visit.organization, zone=zone)
    if len(years) < 2 and year in (None, *years):
        return ()
    every = Switch(_("All years"), "", reverse("portal:invoices"), year is None)
    return (every, *(Switch(str(one), "", f"?year={one}", one == year) for one in years))


def _upcoming(visit: Visit, standing: Standing) -> InvoiceEstimate:
    balances = list_balances_under(
        agreement=standing.agreement, now=visit.now, labels=standing.labels
    )
    return upcoming_under(standing=standing, balances=balances, now=visit.now)


def _turned(credit: Money) -> Money:
    """As it stands below the total: what comes off is written with a minus."""
    return Money(-credit.minor, credit.currency)


def _row(invoice: InvoiceView) -> InvoiceRow:
    return InvoiceRow(invoice, _badge(invoice))


def _badge(invoice: InvoiceView) -> str:
    """How much a reader should mind."""
    if invoice.dunning is not None or invoice.status == InvoiceStatus.UNCOLLECTIBLE:
        return "over"
    return {InvoiceStatus.PAID.value: "accent", InvoiceStatus.OPEN.value: "warn"}.get(
        invoice.status, ""
    )
