"""Staff issue, rotate and revoke API keys. A secret is shown once, on the page after the deed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..api_keys import operations
from ..choices import Scope
from ..models import ApiKey, Organization
from .base import Way, actor_of, staff_member
from .deeds import DeedAdmin, Entered, ReasonForm, View
from .filters import ApiKeyKind, ApiKeyState
from .widgets import MomentInput, SearchSelect

_HOURS_OF_OVERLAP = [(0, _("none: the old key stops now")), (1, "1"), (24, "24"), (168, "168")]


class IssueForm(forms.Form):
    """A new key."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which app will use it?"))
    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        required=False,
        widget=SearchSelect(ApiKey._meta.get_field("organization"), admin.site),
        help_text=_("Leave this empty for a platform key, which may act for every organization."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.SplitDateTimeField(label=_("Expires at"), required=False, widget=MomentInput)


class RotateForm(forms.Form):
    """How one key replaces another."""

    overlap = forms.TypedChoiceField(
        label=_("Hours for which both work"), choices=_HOURS_OF_OVERLAP, coerce=int, initial=24
    )
    expires_at = forms.SplitDateTimeField(
        label=_("The new key expires at"), required=False, widget=MomentInput
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)


@admin.register(ApiKey)
class ApiKeyAdmin(DeedAdmin):
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

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def deeds(self) -> dict[str, View]:
        return {"rotate": self.rotate_view, "revoke": self.revoke_view}

    @admin.display(description=_("acts for"), ordering="organization__name")
    def acts_for(self, api_key: ApiKey) -> str:
        """Whose key it is, in few words."""
        return api_key.organization.name if api_key.organization else str(_("every organization"))

    @admin.display(description=_("scopes"))
    def scope_list(self, api_key: ApiKey) -> str:
        """What the key may do."""
        return ", ".join(api_key.scopes)

    def ways(self, request: HttpRequest, row: ApiKey) -> Iterator[Way]:
        if row.revoked_at is None and self.may(request, "change"):
            yield self.way(_("Rotate"), "rotate", row)
            yield self.way(_("Revoke"), "revoke", row)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Issue a key, and show its secret."""
        self.require(request, "add")

        def issue(entered: Entered) -> HttpResponse:
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

        return self.deed_page(request, IssueForm, issue, title=_("Issue an API key"))

    def rotate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Replace a key, and show the new one's secret."""
        self.require(request, "change")
        api_key = self.find(request, pk)

        def rotate(entered: Entered) -> HttpResponse:
            issued = operations.rotate_api_key(
                api_key=api_key,
                overlap=timedelta(hours=entered["overlap"]),
                expires_at=entered["expires_at"],
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            return self._show_secret(request, issued)

        return self.deed_page(
            request,
            RotateForm,
            rotate,
            title=_("Rotate %s") % api_key.prefix,
            template="admin/accounts/apikey/deed.html",
            row=api_key,
        )

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a key at once."""
        self.require(request, "change")
        api_key = self.find(request, pk)

        def revoke(entered: Entered) -> HttpResponse:
            operations.revoke_api_key(
                api_key=api_key,
                actor=actor_of(request),
                reason=entered["reason"],
                now=timezone.now(),
            )
            self.message_user(request, _("%s is revoked.") % api_key.prefix, messages.SUCCESS)
            return self.to_row(api_key)

        return self.deed_page(
            request,
            ReasonForm,
            revoke,
            title=_("Revoke %s") % api_key.prefix,
            template="admin/accounts/apikey/deed.html",
            row=api_key,
        )

    def _show_secret(self, request: HttpRequest, issued: operations.IssuedKey) -> HttpResponse:
        return self.page(
            request,
            "admin/accounts/apikey/issued.html",
            title=_("The new API key"),
            api_key=issued.api_key,
            secret=issued.secret,
        )
