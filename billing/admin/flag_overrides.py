"""Staff override flags for an organization or a person, and take overrides away."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import Way, actor_of
from accounts.models import Organization

from ..choices import FeatureKind
from ..flags.operations import remove_override, set_override
from ..models import Feature, FlagOverride
from .fields import ValueField
from .pages import DeedAdmin, Entered, ReasonForm, View, now_for


class FlagOverrideForm(ReasonForm):
    """A flag, for whom it is overridden, and its value there."""

    organization = forms.ModelChoiceField(
        queryset=Organization.objects.open().order_by("name", "pk"),
        label=gettext_lazy("Organization"),
    )
    feature = forms.ModelChoiceField(
        queryset=Feature.objects.filter(kind=FeatureKind.UNMETERED).order_by("position", "code"),
        label=gettext_lazy("Flag"),
    )
    member = forms.CharField(
        label=gettext_lazy("Member"),
        required=False,
        max_length=128,
        help_text=gettext_lazy(
            "Your app's own name for a person. Empty: everybody in the organization."
        ),
    )
    value = ValueField(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("In JSON: true, 5, or a text in straight double quotes."),
    )
    field_order = ("organization", "feature", "member", "value", "reason")


@admin.register(FlagOverride)
class FlagOverrideAdmin(DeedAdmin):
    list_display = ["organization", "feature", "whose", "value", "created_at"]
    list_filter = ["feature"]
    list_select_related = ["organization", "feature"]
    search_fields = ["organization__name", "organization__public_id", "member", "feature__code"]
    search_help_text = gettext_lazy("Name or id of the organization, member, or code of the flag")
    ordering = ["-pk"]
    fields = ["organization", "feature", "member", "value", "created_at"]
    readonly_fields = ["organization", "feature", "member", "value", "created_at"]

    @admin.display(description=gettext_lazy("member"), ordering="member")
    def whose(self, override: FlagOverride) -> str:
        """For whom it holds."""
        return override.member or _("everybody")

    def deeds(self) -> dict[str, View]:
        return {"remove": self.remove}

    def ways(self, request: HttpRequest, row: FlagOverride) -> Iterator[Way]:
        if self.may(request, "delete"):
            yield self.way(gettext_lazy("Remove the override"), "remove", row)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Override a flag."""
        self.require(request, "add")

        def deed(entered: Entered) -> HttpResponse:
            set_override(
                organization=entered["organization"],
                key=entered["feature"].code,
                member=entered["member"] or None,
                value=entered["value"],
                actor=actor_of(request),
                reason=entered["reason"],
                now=now_for(entered["organization"].pk),
            )
            return self._done(request, _("The flag is overridden."))

        return self.deed_page(request, FlagOverrideForm, deed, title=_("Override a flag"))

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take an override away."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        self.require(request, "delete")
        override: FlagOverride = self.find(request, pk)

        def deed(entered: Entered) -> HttpResponse:
            remove_override(
                organization=override.organization,
                key=override.feature.code,
                member=override.member or None,
                actor=actor_of(request),
                reason=entered["reason"],
                now=now_for(override.organization_id),
            )
            return self._done(request, _("The override is removed."))

        return self.deed_page(
            request, ReasonForm, deed, title=_("Remove the override"), row=override
        )

    def _done(self, request: HttpRequest, said: str) -> HttpResponse:
        self.message_user(request, said, messages.SUCCESS)
        return self.to_list()
