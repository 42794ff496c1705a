"""What goes to Stripe and comes from there. To be read; what is stuck can be tried again."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import ReadOnlyAdmin, staff_member
from config.kernel.errors import DomainError

from ..models import StripeEndpoint, StripeEvent, StripeIntent
from ..stripe import inbox
from ..stripe.trying_again import try_call_again


def as_json(value: Any) -> SafeString:
    """JSON to read."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


class TrafficAdmin(ReadOnlyAdmin):
    """Rows that only show, but may be tried again by whoever may change them."""

    actions = ["try_again"]
    show_full_result_count = False

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        """Whether this member of staff may have it tried again."""
        permission = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return staff_member(request).has_perm(permission)

    @admin.action(description=gettext_lazy("Try again now"), permissions=["try_again"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """See to the chosen rows at once, and say how that went."""
        for row in rows:
            try:
                self.trier()(row.pk, timezone.now())
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
        self.message_user(request, self.said_afterwards())

    def said_afterwards(self) -> str:
        """What staff are told when it is done."""
        return _("Tried again. The statuses are up to date.")

    def trier(self) -> Callable[[int, datetime], None]:
        """What sees to one row."""
        raise NotImplementedError


@admin.register(StripeEvent)
class StripeEventAdmin(TrafficAdmin):
    list_display = [
        "event_id", "type", "object_id", "status", "attempts", "received_at", "handled_at",
        "mirrored_at",
    ]  # fmt: skip
    list_filter = ["status", "type"]
    search_fields = ["event_id__exact", "object_id__exact", "customer_id__exact"]
    search_help_text = gettext_lazy("Id of the event, the object or the customer, whole")
    ordering = ["-received_at"]
    fields = [
        "event_id", "type", "object_id", "customer_id", "occurred_at", "received_at", "status",
        "attempts", "next_attempt_at", "error", "handled_at", "mirrored_at", "told",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("what it says"))
    def told(self, event: StripeEvent) -> SafeString:
        """The payload, as it was sent."""
        return as_json(event.payload)

    def trier(self) -> Callable[[int, datetime], None]:
        return lambda pk, now: inbox.try_again(event_id=pk, now=now)


@admin.register(StripeIntent)
class StripeIntentAdmin(TrafficAdmin):
    list_display = [
        "public_id", "operation", "subject", "object_id", "status", "attempts", "requested_at",
        "ended_at",
    ]  # fmt: skip
    list_filter = ["status", "operation"]
    search_fields = ["public_id__exact", "subject__exact", "object_id__exact", "key__exact"]
    search_help_text = gettext_lazy("Id of the call, of what it is about, or its key, whole")
    ordering = ["-pk"]
    list_select_related = ["organization"]
    fields = [
        "public_id", "organization", "operation", "subject", "object_id", "key", "status",
        "attempts", "refusals_set_aside", "requested_at", "next_attempt_at", "ended_at", "asked",
        "problem", "answered",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("parameters"))
    def asked(self, intent: StripeIntent) -> SafeString:
        """What was sent."""
        return as_json(intent.params)

    @admin.display(description=gettext_lazy("error"))
    def problem(self, intent: StripeIntent) -> SafeString:
        """Why it was refused, or is still open."""
        return as_json(intent.error)

    @admin.display(description=gettext_lazy("answer"))
    def answered(self, intent: StripeIntent) -> SafeString:
        """What Stripe said, without secrets."""
        return as_json(intent.answer)

    def trier(self) -> Callable[[int, datetime], None]:
        return lambda pk, now: try_call_again(intent_id=pk, now=now)

    def said_afterwards(self) -> str:
        """A refused call is its owner's to make."""
        return _(
            "Tried again. The statuses are up to date. A call that was refused and is given up now "
            "is made anew when it is next asked for."
        )


@admin.register(StripeEndpoint)
class StripeEndpointAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "url", "api_version", "is_active", "last_event_at"]
    ordering = ["-pk"]
    fields = ["stripe_id", "url", "api_version", "is_active", "last_event_at"]
