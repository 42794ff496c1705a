"""Who is mailed about billing beside the organization's people."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.permissions import Permission
from accounts.contacts.operations import (
    add_billing_contact,
    change_billing_contact,
    remove_billing_contact,
)
from accounts.contacts.queries import BillingContactNotFound, get_billing_contact
from accounts.models import BillingContact
from accounts.organizations.operations import update_organization

from ..settings_forms import BillingEmailForm, ContactChangeForm, ContactForm, contact_initial
from .access import Visit, organization_page
from .presenters.contacts import present_contacts
from .refusals import refusals_as_messages, refusals_on_form


@require_safe
@organization_page(Permission.VIEW_BILLING)
def contacts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everybody who is mailed about billing, and about what."""
    return _render(request, visit)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def change_billing_email(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let invoices go to another address, or to none."""
    form = BillingEmailForm(request.POST)
    if form.is_valid():
        organization = visit.organization
        with refusals_on_form(form):
            update_organization(
                organization=organization,
                name=organization.name,
                time_zone=organization.time_zone,
                billing_email=form.cleaned_data["billing_email"],
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("The billing email is saved."))
            return redirect("portal:contacts")
    return _render(request, visit, email_form=form)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def add_contact(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Mail one more address from now on."""
    form = ContactForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            contact = add_billing_contact(
                organization=visit.organization,
                email=form.cleaned_data["email"],
                details=form.details,
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("%(email)s is mailed from now on.") % _named(contact))
            return redirect("portal:contacts")
    return _render(request, visit, contact_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@organization_page(Permission.MANAGE_BILLING)
def contact(request: HttpRequest, visit: Visit, contact_id: str) -> HttpResponse:
    """One contact: what it is mailed about, and in which language."""
    try:
        found = get_billing_contact(organization=visit.organization, contact_id=contact_id)
    except BillingContactNotFound as missing:
        raise Http404 from missing
    form = ContactChangeForm(request.POST or None, initial=contact_initial(found))
    if form.is_valid():
        with refusals_on_form(form):
            change_billing_contact(
                organization=visit.organization,
                contact_id=contact_id,
                details=form.details,
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("The contact is saved."))
            return redirect("portal:contacts")
    page = {"form": form, "email": found.email, "contact_id": contact_id}
    return render(request, "portal/settings_contact.html", page)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def remove_contact(request: HttpRequest, visit: Visit, contact_id: str) -> HttpResponse:
    """Mail an address nothing more."""
    with refusals_as_messages(request):
        remove_billing_contact(
            organization=visit.organization,
            contact_id=contact_id,
            actor=visit.actor,
            now=visit.now,
        )
        messages.success(request, _("The contact is removed."))
    return redirect("portal:contacts")


def _named(contact: BillingContact) -> dict[str, str]:
    return {"email": contact.email}


def _render(
    request: HttpRequest,
    visit: Visit,
    *,
    email_form: BillingEmailForm | None = None,
    contact_form: ContactForm | None = None,
) -> HttpResponse:
    email = {"billing_email": visit.organization.billing_email}
    forms = {
        "email_form": email_form or BillingEmailForm(initial=email),
        "contact_form": contact_form or ContactForm(),
    }
    page = present_contacts(visit.organization)
    return render(request, "portal/settings_contacts.html", {"page": page, **forms})
