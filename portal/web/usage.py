"""The usage page, and the statement of each grant that paid for usage."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission
from metering.queries import GrantNotFound

from ..forms import LedgerQuery, UsageQuery
from .access import Visit, organization_page
from .presenters.grant import present_grant
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


@require_safe
@organization_page(Permission.VIEW_USAGE)
def grant(request: HttpRequest, visit: Visit, grant_id: str) -> HttpResponse:
    """What became of one grant. The address says which page of its movements."""
    query = LedgerQuery(request.GET)
    query.is_valid()
    try:
        page = present_grant(visit, grant_id=grant_id, before_id=query.cleaned_data.get("before"))
    except GrantNotFound as missing:
        raise Http404(missing.detail) from missing
    return render(request, "portal/grant.html", {"page": page})
