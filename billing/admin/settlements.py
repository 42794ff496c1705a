"""What usage periods came to, with the events that each covers. Only to be read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyAdmin
from config.kernel.money import Money

from ..models import Settlement
from ..settlements.queries import CoveredEvent, find_covered_event, list_covered_events
from ..wording import money_words, quantity_words

EVENTS_ON_A_PAGE = 100


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    change_form_template = "admin/billing/settlement/change_form.html"
    list_display = [
        "public_id",
        "organization",
        "feature",
        "kind",
        "starts_at",
        "used_credits",
        "overage_credits",
        "amount",
        "settled_at",
    ]
    list_filter = ["kind", "feature", "plan_version__plan"]
    list_select_related = ["organization", "feature"]
    search_fields = [
        "public_id__exact",
        "organization__public_id__exact",
        "agreement__public_id__exact",
    ]
    search_help_text = _("Settlement id, organization id or agreement id, whole")
    ordering = ["-pk"]
    show_full_result_count = False
    fields = [
        "public_id",
        "organization",
        "agreement",
        "plan_version",
        "feature",
        "kind",
        "event_key",
        "starts_at",
        "ends_at",
        "used_credits",
        "overage_credits",
        "expired_credits",
        "rolled_over_credits",
        "amount",
        "settled_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Settlement]:
        settlements: QuerySet[Settlement] = super().get_queryset(request)
        return settlements.select_related(
            "organization", "agreement", "plan_version__plan", "feature", "usage_period"
        )

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, settlement: Settlement) -> str:
        """What is due, or given back."""
        return money_words(Money(settlement.amount_minor, settlement.currency))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **named: Any
    ) -> HttpResponse:
        settlement = named["obj"]
        events = list_covered_events(
            settlement=settlement,
            limit=EVENTS_ON_A_PAGE + 1,
            after=_event_before(request, settlement),
        )
        page = events[:EVENTS_ON_A_PAGE]
        context |= {
            "covered_events": [_row(event) for event in page],
            "next_after": page[-1].event_id if len(events) > len(page) else None,
        }
        return super().render_change_form(request, context, *rest, **named)


def _event_before(request: HttpRequest, settlement: Settlement) -> CoveredEvent | None:
    event_id = request.GET.get("after", "")
    return find_covered_event(settlement=settlement, event_id=event_id)


def _row(event: CoveredEvent) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "action": event.action or "",
        "quantity": quantity_words(event.quantity),
        "credits": quantity_words(event.credits),
        "overage": quantity_words(event.overage),
        "occurred_at": event.occurred_at,
        "late_at": event.counted_at if event.is_late else None,
        "reversed_at": event.reversed_at,
    }
