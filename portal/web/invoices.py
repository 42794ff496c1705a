"""Invoices: what was billed, what is to be paid, and what comes next."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission
from billing.invoicing.queries import InvoiceNotFound, get_invoice
from billing.models import Invoice

from ..billing_forms import InvoicesQuery
from ..standing import standing_of
from .access import Visit, organization_page
from .presenters.invoices import present_invoice, present_invoices


@require_safe
@organization_page(Permission.VIEW_BILLING)
def invoices(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The invoices, newest first, with the next one as it stands today above them."""
    query = InvoicesQuery(request.GET)
    query.is_valid()
    after = query.cleaned_data.get("after")
    page = present_invoices(
        visit, standing=standing_of(request), after=_invoice(visit, after) if after else None
    )
    return render(request, "portal/invoices.html", {"page": page})


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
