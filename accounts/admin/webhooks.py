"""Staff see who is told of events and how that goes, and send again what went wrong."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError

from ..choices import WebhookFormat
from ..models import Organization, WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from ..webhooks import deliveries, endpoints
from ..webhooks.queries import endpoint_health
from ..webhooks.types import declared
from .base import OperationAdmin, ReadOnlyAdmin, ReadOnlyInline, actor_of, staff_member
from .deeds import DeedAdmin, Entered
from .filters import ConditionFilter
from .widgets import SearchSelect


class EndpointOwner(ConditionFilter):
    title = _("owner")
    parameter_name = "owner"
    conditions = {
        "installation": (_("The installation"), lambda now: Q(organization=None)),
        "organization": (_("Organizations"), lambda now: Q(organization__isnull=False)),
    }


class EndpointState(ConditionFilter):
    title = _("state")
    parameter_name = "state"
    conditions = {
        "listening": (_("Enabled"), lambda now: Q(disabled_at=None, deleted_at=None)),
        "failing": (_("Failing"), lambda now: Q(failing_since__isnull=False, deleted_at=None)),
        "disabled": (_("Disabled"), lambda now: Q(disabled_at__isnull=False, deleted_at=None)),
        "removed": (_("Removed"), lambda now: Q(deleted_at__isnull=False)),
    }


class RegisterForm(forms.Form):
    """A new endpoint."""

    url = forms.CharField(label=_("Address"), max_length=2048)
    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        required=False,
        widget=SearchSelect(WebhookEndpoint._meta.get_field("organization"), admin.site),
        help_text=_("Leave this empty for your own endpoint, which is told of everybody."),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=endpoints.LONGEST_DESCRIPTION
    )
    format = forms.ChoiceField(label=_("Format"), choices=WebhookFormat.choices)
    event_types = forms.MultipleChoiceField(
        label=_("Event types"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None means all that are not sent on request only."),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        types = self.fields["event_types"]
        assert isinstance(types, forms.MultipleChoiceField)
        types.choices = [(type_, f"{type_}: {_(when)}") for type_, when in declared().items()]


def do_to_each(
    model_admin: OperationAdmin,
    request: HttpRequest,
    rows: Iterable[Any],
    deed: Callable[[Any], object],
    *,
    done: Any,
) -> None:
    """Do a deed to each of the selected rows; a refusal is a message, and the others go on."""
    for row in rows:
        try:
            deed(row)
        except DomainError as refusal:
            model_admin.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
        else:
            model_admin.message_user(request, f"{row}: {done}", messages.SUCCESS)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(DeedAdmin):
    list_display = [
        "public_id",
        "told_of",
        "failing_since",
        "disabled_at",
        "disabled_reason",
        "last_success_at",
        "format",
        "url",
    ]
    list_filter = [EndpointState, EndpointOwner, "format"]
    list_select_related = ["organization"]
    search_fields = ["public_id", "url", "organization__name", "organization__public_id"]
    ordering = ["-pk"]
    actions = ["send_test", "enable", "disable"]
    fields = [
        "public_id",
        "url",
        "organization",
        "description",
        "event_types",
        "format",
        "created_by",
        "created_at",
        "last_success_at",
        "failing_since",
        "failure_count",
        "retry_at",
        "health",
        "disabled_at",
        "disabled_reason",
        "deleted_at",
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_deed_permission(self, request: HttpRequest) -> bool:
        """Whether this member of staff may enable, disable and try endpoints."""
        return self.may(request, "change")

    @admin.display(description=_("told of"), ordering="organization__name")
    def told_of(self, endpoint: WebhookEndpoint) -> str:
        """Whose events it is told of, in few words."""
        owner = endpoint.organization
        return owner.name if owner else str(_("every organization"))

    @admin.display(description=_("last 24 hours"))
    def health(self, endpoint: WebhookEndpoint) -> str:
        """What became of the deliveries of the last day."""
        found = endpoint_health(endpoint=endpoint, now=timezone.now())
        return str(
            _("%(delivered)d delivered, %(failed)d failed, %(pending)d waiting")
            % {
                "delivered": found.delivered_count,
                "failed": found.failed_count,
                "pending": found.pending_count,
            }
        )

    @admin.action(description=_("Send a test event"), permissions=["deed"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Find out whether the selected endpoints answer."""

        def send(endpoint: WebhookEndpoint) -> object:
            return endpoints.send_test_event(
                endpoint=endpoint, actor=actor_of(request), now=timezone.now()
            )

        do_to_each(self, request, queryset, send, done=_("a test event is on its way."))

    @admin.action(description=_("Enable the selected endpoints"), permissions=["deed"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Tell them again of what happens from now on."""

        def enable(endpoint: WebhookEndpoint) -> object:
            return endpoints.enable_endpoint(
                endpoint=endpoint, actor=actor_of(request), now=timezone.now()
            )

        do_to_each(self, request, queryset, enable, done=_("enabled."))

    @admin.action(description=_("Disable the selected endpoints"), permissions=["deed"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Tell them nothing more; what waits is dropped."""

        def disable(endpoint: WebhookEndpoint) -> object:
            return endpoints.disable_endpoint(
                endpoint=endpoint, actor=actor_of(request), now=timezone.now()
            )

        do_to_each(self, request, queryset, disable, done=_("disabled."))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Register an endpoint, and show its secret."""
        self.require(request, "add")

        def register(entered: Entered) -> HttpResponse:
            registered = endpoints.register_endpoint(
                **entered,
                created_by=staff_member(request),
                actor=actor_of(request),
                now=timezone.now(),
            )
            return self.page(
                request,
                "admin/accounts/webhookendpoint/registered.html",
                title=_("The new webhook endpoint"),
                endpoint=registered.endpoint,
                secret=registered.secret,
            )

        title = _("Register a webhook endpoint")
        return self.deed_page(request, RegisterForm, register, title=title)


class AttemptInline(ReadOnlyInline):
    model = WebhookAttempt
    fields = ["number", "started_at", "duration_ms", "status_code", "error", "response_excerpt"]
    ordering = ["-number"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = [
        "public_id",
        "type",
        "status",
        "attempt_count",
        "due_at",
        "finished_at",
        "endpoint",
    ]
    list_filter = ["status", "type"]
    list_select_related = ["endpoint"]
    search_fields = ["public_id", "endpoint__public_id", "endpoint__url", "event__public_id"]
    search_help_text = _("Delivery, endpoint, address, or event")
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["resend"]
    inlines = [AttemptInline]
    fields = [
        "public_id",
        "endpoint",
        "event",
        "type",
        "status",
        "attempt_count",
        "due_at",
        "finished_at",
        "created_at",
    ]

    def has_deed_permission(self, request: HttpRequest) -> bool:
        """Whether this member of staff may send something again."""
        return staff_member(request).has_perm("accounts.change_webhookdelivery")

    @admin.action(description=_("Send the selected deliveries again"), permissions=["deed"])
    def resend(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """Make them due at once, with a fresh series of attempts."""

        def resend(delivery: WebhookDelivery) -> object:
            return deliveries.resend(delivery=delivery, actor=actor_of(request), now=timezone.now())

        rows = queryset.select_related("endpoint")
        do_to_each(self, request, rows, resend, done=_("sent again."))


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "public_id", "type", "organization"]
    list_filter = ["type"]
    list_select_related = ["organization"]
    search_fields = ["public_id", "organization__name", "organization__public_id"]
    ordering = ["-pk"]
    show_full_result_count = False
    fields = ["public_id", "type", "organization", "occurred_at", "recorded_at", "data"]
