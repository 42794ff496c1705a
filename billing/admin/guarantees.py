"""Staff read what guarantees promised, what they gave back, and what they may still cost."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import ReadOnlyAdmin
from accounts.admin.reports import report
from config.kernel.money import Money

from ..models import Guarantee, GuaranteeClaim
from ..repricing.guarantees.queries import (
    GuaranteedMonth,
    GuaranteeView,
    Promises,
    list_all_guarantees,
    sum_promises,
)
from ..wording import money_words
from .margin_tables import csv_answer, wants_csv

_HEADER = [
    "organization",
    "organization_id",
    "guarantee",
    "campaign",
    "old_plan",
    "new_plan",
    "rule",
    "month",
    "starts_at",
    "ends_at",
    "currency",
    "before",
    "now",
    "credit",
    "money_credit",
]


@report(
    "guarantees",
    path="guarantees",
    permission="billing.view_guarantee",
    title=gettext_lazy("Guarantees"),
    about=gettext_lazy(
        "What guarantees gave back, who claimed them, and what they may still cost."
    ),
)
def guarantees(request: HttpRequest) -> HttpResponseBase:
    """What the guarantees of each campaign come to, and every month that gave something back."""
    views = list_all_guarantees()
    if wants_csv(request):
        rows = (_row(view, month) for view in views for month in view.months)
        return csv_answer("guarantees", _HEADER, rows)
    claims = [(view, month) for view in views for month in view.months if month.credit.minor]
    claims.sort(key=lambda claim: claim[1].ends_at, reverse=True)
    context = {
        **admin.site.each_context(request),
        "title": _("Guarantees"),
        "promises": [(each, claimed_share(each)) for each in sum_promises(views)],
        "running": [view for view in views if view.ended_at is None],
        "claims": claims,
        "has_file": any(view.months for view in views),
    }
    return TemplateResponse(request, "admin/reports/guarantees.html", context)


def claimed_share(promises: Promises) -> Decimal:
    """The share of the customers that were ever given something back."""
    return Decimal(promises.claimed) / promises.customers


def _row(view: GuaranteeView, month: GuaranteedMonth) -> tuple[object, ...]:
    return (
        view.organization,
        view.organization_id,
        view.id,
        view.campaign,
        view.old_plan_code,
        view.new_plan_code,
        view.rule,
        month.number,
        month.starts_at.isoformat(),
        month.ends_at.isoformat(),
        view.currency,
        month.before.amount if month.is_compared else None,
        month.now.amount if month.is_compared else None,
        month.credit.amount,
        month.credit_id,
    )


class ClaimsInline(admin.TabularInline[GuaranteeClaim, Guarantee]):
    model = GuaranteeClaim
    ordering = ["month"]
    fields = ["month", "starts_at", "ends_at", "seats", "before", "now", "given_back"]
    readonly_fields = ["month", "starts_at", "ends_at", "seats", "before", "now", "given_back"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("before"))
    def before(self, claim: GuaranteeClaim) -> str:
        """What the month would have cost on the old terms."""
        return _words(claim, claim.old_minor)

    @admin.display(description=gettext_lazy("now"))
    def now(self, claim: GuaranteeClaim) -> str:
        """What it cost."""
        return _words(claim, claim.new_minor)

    @admin.display(description=gettext_lazy("given back"))
    def given_back(self, claim: GuaranteeClaim) -> str:
        """What was given back for it."""
        return _words(claim, claim.credit_minor)


@admin.register(Guarantee)
class GuaranteeAdmin(ReadOnlyAdmin):
    list_display = [
        "public_id",
        "organization",
        "campaign",
        "rule",
        "months",
        "compared",
        "given_back",
        "starts_at",
        "ended_at",
    ]
    list_filter = ["rule", "end_reason", "offer__campaign"]
    list_select_related = ["organization", "offer__campaign"]
    search_fields = ["public_id__exact", "organization__name", "organization__public_id__exact"]
    search_help_text = gettext_lazy("Id of the guarantee, or name or id of the organization")
    ordering = ["-pk"]
    fields = [
        "public_id",
        "organization",
        "campaign",
        "agreement",
        "old_version",
        "old_interval",
        "old_seats",
        "new_version",
        "rule",
        "months",
        "starts_at",
        "month_ends_at",
        "ended_at",
        "end_reason",
    ]
    inlines = [ClaimsInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guarantee]:
        rows: QuerySet[Guarantee] = super().get_queryset(request)
        return rows.annotate(
            compared_count=Count("claims"),
            credited_minor=Sum("claims__credit_minor", default=0),
        )

    @admin.display(description=gettext_lazy("campaign"))
    def campaign(self, guarantee: Guarantee) -> str:
        """By which campaign the customer moved."""
        return guarantee.offer.campaign.name

    @admin.display(description=gettext_lazy("compared"))
    def compared(self, guarantee: Any) -> int:
        """How many months were compared."""
        return int(guarantee.compared_count)

    @admin.display(description=gettext_lazy("given back"), ordering="credited_minor")
    def given_back(self, guarantee: Any) -> str:
        """What was given back so far."""
        return money_words(Money(guarantee.credited_minor, guarantee.currency))


def _words(claim: GuaranteeClaim, minor: int) -> str:
    return money_words(Money(minor, claim.guarantee.currency))
