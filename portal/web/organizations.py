"""The organizations of a person, and the way from one to another."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ..tenancy import choose_organization, tenancy_of
from .access import Person, person_page


@require_safe
@person_page
def organizations(request: HttpRequest, person: Person) -> HttpResponse:
    """Every organization that the person belongs to."""
    return render(request, "portal/organizations.html")


@require_POST
@person_page
def switch(request: HttpRequest, person: Person) -> HttpResponse:
    """Look at another organization."""
    code = request.POST.get("organization", "")
    organization = next(
        (one for one in tenancy_of(request).organizations if one.code == code), None
    )
    if organization is None:
        raise Http404
    choose_organization(request, organization)
    return redirect("portal:overview")
