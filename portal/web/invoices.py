"""Invoices: what was billed, what is to be paid, and what comes next."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission
from billing.invoicing.queries import InvoiceNotFound, get_invoice
from billing.models import Invoice

from ..billing_forms import InvoicesQuery
from ..standing import is_guaranteed, standing_of
from .access import Visit, organization_page
from .presenters.invoices import invoices_csv, present_invoice, present_invoices


@require_safe
@organization_page(Permission.VIEW_BILLING)
def invoices(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The invoices of a year or of all, newest first, below the next one as it stands today."""
    query = InvoicesQuery(request.GET)
    issued = query.issued(ZoneInfo(visit.organization.time_zone))
    after = query.cleaned_data.get("after")
    page = present_invoices(
        visit,
        standing=standing_of(request),
        year=query.cleaned_data.get("year"),
        issued=issued,
        after=_invoice(visit, after) if after else None,
    )
    context = {"page": page, "has_guarantee": page.is_newest and is_guaranteed(request)}
    return render(request, "portal/invoices.html", context)


@require_safe
@organization_page(Permission.VIEW_BILLING)
def invoices_file(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Exactly the invoices that the address asks for, on all pages, as CSV."""
    zone = ZoneInfo(visit.organization.time_zone)
    query = InvoicesQuery(request.GET)
    lines = invoices_csv(visit, issued=query.issued(zone), zone=zone)
    year = query.cleaned_data.get("year")
    name = "invoices.csv" if year is None else f"invoices-{year}.csv"
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@organization_page(Permission.VIEW_BILLING)
def invoice(request: HttpRequest, visit: Visit, invoice_id: str) -> HttpResponse:
    """What one invoice charges for, and where its payment stands."""
    page = present_invoice(visit, _invoice(visit, invoice_id))
    return render(request, "portal/invoice.html", {"page": page})


def _invoice(visit: Visit, invoice_id: str) -> Invoice:
    try:
        return get_invoice(organization=visit.organization, public_id=invoice_id)
    except InvoiceNotFound as missing:
        raise Http404(missing.detail) from missing
