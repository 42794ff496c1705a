"""The page of plan groups: who is on legacy plans, what they pay and use, and for how long."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.reports import report

from ..choices import Visibility
from ..legacy.figures import GroupFigures, PlanFigures, last_month, list_group_figures
from .margin_tables import csv_answer, wants_csv

PERMISSION: Final = "billing.view_plangroup"

Cell = str | int | Decimal | date | None


@report(
    "plan_groups",
    path="plan-groups",
    permission=PERMISSION,
    title=gettext_lazy("Plan groups"),
    about=gettext_lazy(
        "Who is on legacy plans and until when, what each group earns a month, and what it uses."
    ),
)
def plan_groups(request: HttpRequest) -> HttpResponseBase:
    """Every group with its plans; as a file, a line for each plan."""
    now = timezone.now()
    groups = list_group_figures(now=now)
    if wants_csv(request):
        return csv_answer("plan-groups", _header(groups), _rows(groups))
    context = {
        **admin.site.each_context(request),
        "title": _("Plan groups"),
        "groups": groups,
        "due": [figures for figures in groups if figures.needs_campaign],
        "used_in": last_month(now)[0],
    }
    return TemplateResponse(request, "admin/reports/plan_groups.html", context)


def _header(groups: Sequence[GroupFigures]) -> list[str]:
    return [
        _("Group"),
        _("Visibility"),
        _("Legacy since"),
        _("Grandfathered until"),
        _("Plan"),
        _("Code"),
        _("Customers"),
        _("Going to end"),
        *(_("A month, %(currency)s") % {"currency": code} for code in _currencies(groups)),
        *(_("Used last month, %(feature)s") % {"feature": name} for name in _features(groups)),
    ]


def _rows(groups: Sequence[GroupFigures]) -> Iterator[tuple[Cell, ...]]:
    for figures in groups:
        for plan in figures.plans:
            yield (
                figures.group.name,
                str(Visibility(figures.group.visibility).label),
                figures.group.legacy_since,
                figures.group.grandfathered_until,
                plan.name,
                plan.code,
                plan.customer_count,
                plan.leaving_count,
                *(_monthly(plan, code) for code in _currencies(groups)),
                *(_used(plan, name) for name in _features(groups)),
            )


def _currencies(groups: Sequence[GroupFigures]) -> list[str]:
    return sorted({money.currency for figures in groups for money in figures.monthly})


def _features(groups: Sequence[GroupFigures]) -> list[str]:
    plans = [plan for figures in groups for plan in figures.plans]
    return sorted({used.feature for plan in plans for used in plan.used})


def _monthly(plan: PlanFigures, currency: str) -> Decimal:
    found = (money.amount for money in plan.monthly if money.currency == currency)
    return next(found, Decimal(0))


def _used(plan: PlanFigures, feature: str) -> Decimal:
    return next((used.quantity for used in plan.used if used.feature == feature), Decimal(0))
