"""Who is billed: company, address and tax ids, which Stripe keeps and puts on invoices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.permissions import Permission
from billing.stripe.gateway.configuration import is_connected
from billing.stripe.journeys.details import (
    TaxIdInvalid,
    add_tax_id,
    change_details,
    find_details,
    remove_tax_id,
)
from config.kernel.errors import DomainError

from ..payment_forms import DetailsForm, TaxIdForm, usual_kind
from ..standing import customer_at_stripe
from .access import Visit, organization_page
from .plan import ASK_THEN_DO
from .presenters.payment import present_details
from .refusals import refusals_as_messages, refusals_on_form


@require_http_methods(ASK_THEN_DO)
@organization_page(Permission.MANAGE_BILLING)
def details(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what invoices say about the organization; asked to, have later ones say another."""
    if not is_connected():
        return redirect("portal:plan")
    if request.method != "POST":
        return _page(request, visit)
    form = DetailsForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            change_details(
                organization=visit.organization,
                name=form.cleaned_data["name"],
                address=form.address,
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("Saved. Your next invoices say it."))
            return redirect("portal:payment")
    return _page(request, visit, details_form=form)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Have later invoices name a tax id."""
    form = TaxIdForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, tax_id_form=form)
    try:
        add_tax_id(
            organization=visit.organization,
            kind=form.cleaned_data["kind"],
            value=form.cleaned_data["value"],
            actor=visit.actor,
            now=visit.now,
        )
    except DomainError as refusal:
        form.add_error("value" if isinstance(refusal, TaxIdInvalid) else None, refusal.detail)
        return _page(request, visit, tax_id_form=form)
    messages.success(request, _("The tax id is added. Your next invoices name it."))
    return redirect("portal:payment_details")


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def remove(request: HttpRequest, visit: Visit, tax_id: str) -> HttpResponse:
    """Have later invoices no longer name a tax id."""
    with refusals_as_messages(request):
        remove_tax_id(
            organization=visit.organization, tax_id=tax_id, actor=visit.actor, now=visit.now
        )
        messages.success(request, _("The tax id is removed."))
    return redirect("portal:payment_details")


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    details_form: DetailsForm | None = None,
    tax_id_form: TaxIdForm | None = None,
) -> HttpResponse:
    """The forms, filled with what Stripe knows. Without knowing it, nobody writes over it."""
    try:
        known = find_details(customer=customer_at_stripe(request))
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return redirect("portal:payment")
    country = "" if known is None else known.address.country
    context = {
        "details": None if known is None else present_details(known),
        "details_form": details_form or DetailsForm.filled(known, name=visit.organization.name),
        "tax_id_form": tax_id_form or TaxIdForm(initial={"kind": usual_kind(country)}),
    }
    return render(request, "portal/payment_details.html", context)
