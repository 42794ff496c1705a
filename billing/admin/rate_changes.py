"""Which changes of rates there were, and who was told of them when."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyAdmin, ReadOnlyInline

from ..models import RateChange, RateNotice


class RateNoticeInline(ReadOnlyInline):
    """The proof: each customer, and when it was told."""

    model = RateNotice
    fields = ["organization", "told_at"]
    readonly_fields = ["organization", "told_at"]
    verbose_name_plural = _("who was told")


@admin.register(RateChange)
class RateChangeAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "action", "credits_before", "credits", "effective_at", "told"]
    list_select_related = ["rate__action"]
    search_fields = ["public_id", "rate__action__code"]
    ordering = ["-effective_at"]
    inlines = [RateNoticeInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RateChange]:
        changes: QuerySet[RateChange] = super().get_queryset(request)
        return changes.annotate(told_count=Count("notices"))

    @admin.display(description=_("action"), ordering="rate__action__code")
    def action(self, change: RateChange) -> str:
        return change.rate.action.code

    @admin.display(description=_("customers told"), ordering="told_count")
    def told(self, change: Any) -> int:
        return int(change.told_count)
