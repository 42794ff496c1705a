"""Settings of the organization and of the person."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access.permissions import Permission
from accounts.memberships.queries import list_names_with
from accounts.organizations.operations import update_organization
from accounts.people.operations import change_language, change_name
from billing.agreements.queries import AgreementView, describe_agreement, find_live_agreement

from ..settings_forms import OrganizationForm, PersonForm
from .access import Person, Visit, organization_page, person_page
from .presenters.plan import find_seat_limit
from .refusals import refusals_on_form


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What the settings page shows beside the form."""

    code: str
    external_id: str
    currency: str
    agreement: AgreementView | None
    seats: int | None
    may_see_amounts: bool
    may_manage: bool
    who_may: tuple[str, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@organization_page(Permission.VIEW_MEMBERS)
def settings(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What the organization says about itself, and the ids that apps use."""
    organization, may_manage = visit.organization, visit.may(Permission.MANAGE_ORGANIZATION)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied
    current = {
        "name": organization.name,
        "time_zone": organization.time_zone,
        "language": organization.language,
    }
    form = OrganizationForm(request.POST or None, initial=current)
    if form.is_valid():
        with refusals_on_form(form):
            update_organization(
                organization=organization,
                **form.cleaned_data,
                billing_email=organization.billing_email,
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("The settings are saved."))
            return redirect("portal:settings")
    for field in form.fields.values():
        field.disabled = not may_manage
    return render(request, "portal/settings.html", {"page": _settings_page(visit), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def personal_settings(request: HttpRequest, person: Person) -> HttpResponse:
    """How the person is called and spoken to; signing in has pages of its own."""
    user = person.user
    form = PersonForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if form.is_valid():
        name, language = form.cleaned_data["name"], form.cleaned_data["language"]
        with refusals_on_form(form), transaction.atomic():
            change_name(user=user, name=name, actor=person.actor, now=person.now)
            change_language(user=user, language=language, actor=person.actor, now=person.now)
            messages.success(request, _("The settings are saved."))
            return redirect("portal:personal_settings")
    return render(request, "portal/personal_settings.html", {"form": form})


def _settings_page(visit: Visit) -> SettingsPage:
    organization, permission = visit.organization, Permission.MANAGE_ORGANIZATION
    agreement = find_live_agreement(organization=organization)
    may_manage = visit.may(permission)
    return SettingsPage(
        code=organization.code,
        external_id=organization.external_id or "",
        currency=organization.currency,
        agreement=describe_agreement(agreement=agreement) if agreement else None,
        seats=find_seat_limit(agreement) if agreement else None,
        may_see_amounts=visit.may(Permission.VIEW_BILLING),
        may_manage=may_manage,
        who_may=()
        if may_manage
        else tuple(list_names_with(organization=organization, permission=permission)),
    )
