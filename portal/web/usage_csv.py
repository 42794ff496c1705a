"""The ledger to download: exactly the part of it that the usage page shows."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.access.permissions import Permission
from billing.usage.queries import list_balances_under

from ..standing import agreement_in_force
from ..usage_forms import UsageQuery
from .access import Visit, organization_page
from .presenters.ledger_csv import ledger_csv_lines
from .presenters.usage import find_balance, find_ledger_period
from .presenters.usage_filter import UsageFilter


@require_safe
@organization_page(Permission.VIEW_USAGE)
def ledger_csv(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """What the filter in the address shows, on all its pages."""
    wanted = UsageFilter(**UsageQuery(request.GET).asked())
    organization, agreement = visit.organization, agreement_in_force(request)
    balances = [] if agreement is None else list_balances_under(agreement=agreement, now=visit.now)
    balance = find_balance(balances, wanted)
    if balance is None:
        raise Http404
    zone = ZoneInfo(organization.time_zone)
    lines = ledger_csv_lines(
        organization_id=organization.pk,
        meter_id=balance.meter_id,
        only=wanted.ledger(period=find_ledger_period(visit, balance, wanted), zone=zone),
        zone=zone,
    )
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="ledger-{balance.feature}.csv"',
        },
    )
