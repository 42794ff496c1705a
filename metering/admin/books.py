"""Staff pages of the books: they can only be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyAdmin

from ..models import CreditGrant, LedgerTransfer, UsageEvent, UsagePeriod


class LedgerAdmin(ReadOnlyAdmin):
    """Books: newest first, found by organization, never counted in full."""

    ordering = ["-pk"]
    list_filter = ["meter"]
    show_full_result_count = False
    list_per_page = 50


@admin.register(LedgerTransfer)
class LedgerTransferAdmin(LedgerAdmin):
    list_display = ["id", "organization", "meter", "kind", "amount", "event_key", "occurred_at"]
    list_filter = ["kind", "meter"]
    list_select_related = ["organization", "meter"]
    search_fields = ["organization__public_id__exact", "event_key__exact"]
    search_help_text = _("Organization id or event id, whole")


@admin.register(UsageEvent)
class UsageEventAdmin(LedgerAdmin):
    list_display = [
        "event_id",
        "organization",
        "action",
        "quantity",
        "credits",
        "overage_credits",
        "cost",
        "occurred_at",
    ]
    list_filter = ["meter", "action"]
    list_select_related = ["organization", "action"]
    search_fields = ["organization__public_id__exact", "event_id__exact"]
    search_help_text = _("Organization id or event id, whole")
    exclude = ["body_sha256"]


@admin.register(CreditGrant)
class CreditGrantAdmin(LedgerAdmin):
    list_display = [
        "public_id",
        "organization",
        "meter",
        "category",
        "amount",
        "remaining",
        "effective_at",
        "expires_at",
    ]
    list_filter = ["category", "meter"]
    list_select_related = ["organization", "meter", "account"]
    search_fields = ["public_id__exact", "organization__public_id__exact", "source__exact"]
    search_help_text = _("Grant id, organization id or agreement id, whole")

    @admin.display(description=_("remaining"), ordering="account__balance")
    def remaining(self, grant: CreditGrant) -> str:
        return f"{grant.account.balance.normalize():f}"


@admin.register(UsagePeriod)
class UsagePeriodAdmin(LedgerAdmin):
    list_display = [
        "organization",
        "meter",
        "starts_at",
        "ends_at",
        "used_credits",
        "overage_credits",
        "source",
    ]
    list_select_related = ["organization", "meter"]
    search_fields = ["organization__public_id__exact", "source__exact"]
    search_help_text = _("Organization id or agreement id, whole")
