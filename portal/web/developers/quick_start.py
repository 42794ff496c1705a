"""The first steps of an app, in the organization's own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission

from ...standing import agreement_in_force
from ..access import Visit, organization_page
from ..presenters.developers.quick_start import present_quick_start


@require_safe
@organization_page(Permission.MANAGE_DEVELOPERS)
def developers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What to do first, and what of it is done."""
    page = present_quick_start(visit, agreement=agreement_in_force(request))
    return render(request, "portal/developers/quick_start.html", {"page": page})
