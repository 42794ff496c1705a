"""What the company keeps about the organization and lets it see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission

from .access import Visit, organization_page
from .presenters.properties import present_properties


@require_safe
@organization_page(Permission.VIEW_MEMBERS)
def properties(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The public properties, by category. The company writes them; see decision 0036."""
    page = present_properties(visit.organization)
    return render(request, "portal/settings_properties.html", {"page": page})
