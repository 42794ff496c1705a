"""The no-increase guarantee: what it promised, and what came of it month by month."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission

from .access import Visit, organization_page
from .presenters.guarantee import present_guarantees


@require_safe
@organization_page(Permission.VIEW_BILLING)
def guarantee(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Each month on the terms of before and on those of now. Missing without a guarantee."""
    page = present_guarantees(visit)
    if not page.parts:
        raise Http404
    return render(request, "portal/guarantee.html", {"page": page})
