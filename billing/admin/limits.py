"""Staff read which limits an organization has set, and which were reached."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyAdmin
from config.kernel.money import Money

from ..choices import ThresholdUnit
from ..limits.crossings import plain
from ..models import LimitCrossing, SpendCap, UsageThreshold
from ..wording import money_words

_SEARCHED = ["organization__name", "organization__public_id"]


@admin.register(UsageThreshold)
class UsageThresholdAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "feature", "level"]
    list_filter = ["unit", "feature"]
    list_select_related = ["organization", "feature"]
    search_fields = ["public_id", *_SEARCHED]
    search_help_text = _("Threshold id, or name or id of the organization")
    ordering = ["-pk"]
    fields = ["public_id", "organization", "feature", "level", "created_at"]
    readonly_fields = ["level"]

    @admin.display(description=_("level"))
    def level(self, threshold: UsageThreshold) -> str:
        """At what people are told."""
        if threshold.unit == ThresholdUnit.MONEY:
            return money_words(Money(int(threshold.value), threshold.currency))
        unit = " %" if threshold.unit == ThresholdUnit.PERCENT else ""
        return f"{plain(threshold.value)}{unit}"


@admin.register(SpendCap)
class SpendCapAdmin(ReadOnlyAdmin):
    list_display = ["organization", "amount", "action"]
    list_filter = ["action", "currency"]
    list_select_related = ["organization"]
    search_fields = _SEARCHED
    search_help_text = _("Name or id of the organization")
    ordering = ["-pk"]
    fields = ["organization", "amount", "action", "created_at"]
    readonly_fields = ["amount"]

    @admin.display(description=_("amount"))
    def amount(self, cap: SpendCap) -> str:
        """The most that is to be spent in a period."""
        return money_words(Money(cap.amount_minor, cap.currency))


@admin.register(LimitCrossing)
class LimitCrossingAdmin(ReadOnlyAdmin):
    list_display = ["crossed_at", "organization", "feature", "limit", "used_credits", "charged"]
    list_filter = ["feature"]
    list_select_related = ["organization", "feature"]
    search_fields = ["limit", *_SEARCHED]
    search_help_text = _("Limit, or name or id of the organization")
    date_hierarchy = "crossed_at"
    ordering = ["-pk"]
    show_full_result_count = False
    fields = [
        "organization",
        "feature",
        "limit",
        "period_starts_at",
        "used_credits",
        "charged",
        "crossed_at",
    ]
    readonly_fields = ["charged"]

    @admin.display(description=_("charged"))
    def charged(self, crossing: LimitCrossing) -> str | None:
        """What the overage of all features cost at that moment."""
        if crossing.amount_minor is None:
            return None
        return money_words(Money(crossing.amount_minor, crossing.currency))
