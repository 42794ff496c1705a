"""Staff read who did what."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import AuditEntry
from .base import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "actor", "action", "target", "organization", "reason"]
    list_filter = ["action"]
    list_select_related = ["organization"]
    search_fields = ["target", "actor", "organization__name", "organization__public_id"]
    search_help_text = _("Target, actor, or organization")
    date_hierarchy = "occurred_at"
    ordering = ["-pk"]
    show_full_result_count = False
    fields = [
        "occurred_at",
        "recorded_at",
        "actor",
        "action",
        "target",
        "organization",
        "changes",
        "reason",
        "request_id",
    ]
