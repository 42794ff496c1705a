"""The page of what outcomes came to."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.reports import report

from ..outcomes.revenue import list_kinds, list_revenue
from .revenue import SpanForm

_SPAN: Final = timedelta(days=30)
_ONE_DAY: Final = timedelta(days=1)


@report(
    "outcomes",
    path="outcomes",
    permission="billing.view_outcome",
    title=gettext_lazy("Outcomes and what they earn"),
    about=gettext_lazy("How many of each kind were confirmed and reversed, and what one earned."),
)
def outcome_revenue(request: HttpRequest) -> HttpResponseBase:
    """The kinds of outcomes and the revenue of those that are priced, between two days (UTC)."""
    until = timezone.now().astimezone(UTC).date()
    since = until - _SPAN
    form = SpanForm(request.GET if "since" in request.GET else None)
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    elif not form.is_bound:
        form = SpanForm(initial={"since": since, "until": until})
    span = {"since": _after(since), "until": _after(until)}
    context = {
        **admin.site.each_context(request),
        "title": _("Outcomes and what they earn"),
        "form": form,
        "kinds": list_kinds(**span),
        "revenue": list_revenue(**span),
    }
    return TemplateResponse(request, "admin/reports/outcomes.html", context)


def _after(day: date) -> datetime:
    """The end of a day."""
    return datetime.combine(min(day, date.max - _ONE_DAY) + _ONE_DAY, time.min, UTC)
