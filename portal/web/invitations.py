"""Accept an invitation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.memberships.operations import accept_invitation
from accounts.memberships.queries import find_invitation
from config.kernel.errors import DomainError

from ..tenancy import choose_organization
from .access import Person, person_page


@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what. Visitors are asked to sign in or up first, and come back here."""
    offer = find_invitation(token=token, now=timezone.now())
    status = 200 if offer else 410
    return render(
        request, "portal/invitation.html", {"offer": offer, "token": token}, status=status
    )


@require_POST
@person_page
def accept(request: HttpRequest, person: Person, token: str) -> HttpResponse:
    """Take the offered place and look at the organization."""
    try:
        membership = accept_invitation(token=token, user=person.user, now=person.now)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return redirect("portal:invitation", token=token)
    organization = membership.organization
    choose_organization(request, organization)
    messages.success(request, _("Welcome to %(name)s.") % {"name": organization.name})
    return redirect("portal:overview")
