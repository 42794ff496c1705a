"""The usage page, its ledger to download, and the statement of each grant that paid for usage."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission
from accounts.api_keys.queries import list_api_keys
from metering.queries import GrantNotFound

from ..standing import standing_of
from ..usage_forms import LedgerQuery, UsageQuery
from .access import Visit, organization_page
from .presenters.grant import present_grant
from .presenters.usage import present_usage
from .presenters.usage_filter import UsageFilter


@require_safe
@organization_page(Permission.VIEW_USAGE)
def usage(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A period in charts and tables, and the ledger. The address says which, and which part."""
    query = UsageQuery(request.GET)
    wanted = UsageFilter(**query.asked())
    standing = standing_of(request)
    page = None if standing is None else present_usage(visit, standing=standing, wanted=wanted)
    if page is None:
        return render(request, "portal/no_plan.html")
    query.offer(
        actions=[(action.code, action.name) for action in page.actions],
        keys=[
            (key.public_id, key.name)
            for key in list_api_keys(organization=visit.organization, now=visit.now)
        ],
    )
    return render(request, "portal/usage.html", {"page": page, "query": query})


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
