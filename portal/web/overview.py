"""The overview: the four questions on one screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission

from ..standing import standing_of
from .access import Visit, organization_page
from .presenters.overview import present_overview


@require_safe
@organization_page(Permission.VIEW_USAGE)
def overview(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Used and left, overage and its price, normal or not, and the next invoice."""
    standing = standing_of(request)
    if standing is None:
        return render(request, "portal/no_plan.html")
    return render(
        request, "portal/overview.html", {"page": present_overview(visit, standing=standing)}
    )
