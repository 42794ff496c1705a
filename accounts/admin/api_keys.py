"""Staff issue, rotate and revoke API keys. A secret is shown once, on the page after the deed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..api_keys import operations
from ..choices import Scope
from ..models import ApiKey, Organization
from .base import actor_of, staff_member
from .deeds import Deed, DeedAdmin
from .filters import ApiKeyKind, ApiKeyState

_HOURS_OF_OVERLAP = [(0, _("none: the old key stops now")), (1, "1"), (24, "24"), (168, "168")]


class IssueForm(forms.Form):
    """A new key."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which app will use it?"))
    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        required=False,
        widget=AutocompleteSelect(ApiKey._meta.get_field("organization"), admin.site),
        help_text=_("Leave this empty for a platform key, which may act for every organization."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.SplitDateTimeField(
        label=_("Expires at"), required=False, widget=AdminSplitDateTime
    )


class RotateForm(forms.Form):
    """How one key replaces another."""

    overlap = forms.TypedChoiceField(
        label=_("Hours for which both work"), choices=_HOURS_OF_OVERLAP, coerce=int, initial=24
    )
    expires_at = forms.SplitDateTimeField(
        label=_("The new key expires at"), required=False, widget=AdminSplitDateTime
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)


class RevokeForm(forms.Form):
    """Why a key ends."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@admin.register(ApiKey)
class ApiKeyAdmin(DeedAdmin):
    deed_template = "admin/accounts/apikey/operation.html"
    list_display = [
        "prefix",
        "name",
        "acts_for",
        "scope_list",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]
    list_filter = [ApiKeyState, ApiKeyKind]
    list_select_related = ["organization"]
    search_fields = ["prefix", "name", "public_id", "organization__name", "organization__public_id"]
    ordering = ["-pk"]
    actions = ["rotate", "revoke"]
    fields = [
        "public_id",
        "prefix",
        "name",
        "organization",
        "scope_list",
        "created_by",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]

    def deeds(self) -> dict[str, Deed]:
        return {"rotate": self.rotate_view, "revoke": self.revoke_view}

    @admin.display(description=_("acts for"), ordering="organization__name")
    def acts_for(self, api_key: ApiKey) -> str:
        """Whose key it is, in few words."""
        return api_key.organization.name if api_key.organization else str(_("every organization"))

    @admin.display(description=_("scopes"))
    def scope_list(self, api_key: ApiKey) -> str:
        """What the key may do."""
        return ", ".join(api_key.scopes)

    @admin.action(description=_("Rotate the selected key"), permissions=["deed"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse | None:
        """Ask how the selected key is to be replaced."""
        return self.ask_about_one("rotate", request, queryset)

    @admin.action(description=_("Revoke the selected key"), permissions=["deed"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse | None:
        """Ask why the selected key is to end."""
        return self.ask_about_one("revoke", request, queryset)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Issue a key, and show its secret."""
        if not self.has_add_permission(request):
            raise PermissionDenied

        def issue(entered: dict[str, Any]) -> HttpResponse:
            issued = operations.issue_api_key(
                name=entered["name"],
                scopes=entered["scopes"],
                organization=entered["organization"],
                expires_at=entered["expires_at"],
                created_by=staff_member(request),
                actor=actor_of(request),
                now=timezone.now(),
            )
            return self._show_secret(request, issued)

        form = IssueForm(request.POST or None)
        return self.operate(request, form, issue, title=_("Issue an API key"))

    def rotate_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Replace a key, and show the new one's secret."""
        api_key = self.get_row(request, row_id)

        def rotate(entered: dict[str, Any]) -> HttpResponse:
            issued = operations.rotate_api_key(
                api_key=api_key,
                overlap=timedelta(hours=entered["overlap"]),
                expires_at=entered["expires_at"],
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            return self._show_secret(request, issued)

        form = RotateForm(request.POST or None)
        return self.operate(
            request, form, rotate, title=_("Rotate %s") % api_key.prefix, api_key=api_key
        )

    def revoke_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """End a key at once."""
        api_key = self.get_row(request, row_id)

        def revoke(entered: dict[str, Any]) -> HttpResponse:
            operations.revoke_api_key(
                api_key=api_key,
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            self.message_user(request, _("%s is revoked.") % api_key.prefix, messages.SUCCESS)
            return self.back_to_the_list()

        form = RevokeForm(request.POST or None)
        return self.operate(
            request, form, revoke, title=_("Revoke %s") % api_key.prefix, api_key=api_key
        )

    def _show_secret(self, request: HttpRequest, issued: operations.IssuedKey) -> HttpResponse:
        return self.page(
            request,
            "admin/accounts/apikey/issued.html",
            title=_("The new API key"),
            api_key=issued.api_key,
            secret=issued.secret,
        )
