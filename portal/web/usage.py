"""The usage page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission

from ..forms import UsageQuery
from .access import Visit, organization_page
from .presenters.usage import UsageFilter, present_usage


@require_safe
@organization_page(Permission.VIEW_USAGE)
def usage(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Usage by day and by action, and the ledger. The address says which meter, period and page."""
    query = UsageQuery(request.GET)
    query.is_valid()
    wanted = UsageFilter(
        meter=query.cleaned_data.get("meter") or "",
        period=query.cleaned_data.get("period") or "",
        before_id=query.cleaned_data.get("before"),
    )
    page = present_usage(visit, wanted=wanted)
    if page is None:
        return render(request, "portal/no_plan.html")
    return render(request, "portal/usage.html", {"page": page})
