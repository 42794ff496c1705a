"""Staff let apps sign people in. A secret is shown once, on the page after the deed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Organization, SignInApp
from ..oauth import sign_in_apps as operations
from .base import actor_of, staff_member
from .deeds import Deed, DeedAdmin


class AppForm(forms.Form):
    """What can be changed of an app."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("People read it."))
    redirect_uris = forms.CharField(
        label=_("Redirect URIs"),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=_("Where people are sent back to, one in a line, exactly as the app says it."),
    )


class RegisterForm(AppForm):
    """A new app."""

    is_public = forms.BooleanField(
        label=_("Public"),
        required=False,
        help_text=_("It runs in browsers or on telephones, where a secret would be read."),
    )
    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        required=False,
        widget=AutocompleteSelect(SignInApp._meta.get_field("organization"), admin.site),
        help_text=_("Leave this empty for an app of your own, to which everybody may sign in."),
    )


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@admin.register(SignInApp)
class SignInAppAdmin(DeedAdmin):
    deed_template = "admin/accounts/signinapp/operation.html"
    list_display = ["name", "public_id", "open_to", "is_public", "removed_at"]
    list_filter = ["is_public"]
    list_select_related = ["organization"]
    search_fields = ["name", "public_id", "organization__name", "organization__public_id"]
    ordering = ["-pk"]
    actions = ["change", "renew_secret", "remove"]
    fields = [
        "public_id",
        "name",
        "organization",
        "redirect_uris",
        "is_public",
        "created_by",
        "created_at",
        "removed_at",
    ]

    def deeds(self) -> dict[str, Deed]:
        return {
            "edit": self.change_app_view,
            "renew_secret": self.renew_secret_view,
            "remove": self.remove_view,
        }

    @admin.display(description=_("open to"), ordering="organization__name")
    def open_to(self, app: SignInApp) -> str:
        """Who can sign in, in few words."""
        return app.organization.name if app.organization else str(_("everybody"))

    @admin.action(description=_("Change the selected app"), permissions=["deed"])
    def change(self, request: HttpRequest, queryset: QuerySet[SignInApp]) -> HttpResponse | None:
        """Ask for the app's new name and addresses."""
        return self.ask_about_one("edit", request, queryset)

    @admin.action(description=_("Renew the secret of the selected app"), permissions=["deed"])
    def renew_secret(
        self, request: HttpRequest, queryset: QuerySet[SignInApp]
    ) -> HttpResponse | None:
        """Ask why the secret is to end."""
        return self.ask_about_one("renew_secret", request, queryset)

    @admin.action(description=_("Remove the selected app"), permissions=["deed"])
    def remove(self, request: HttpRequest, queryset: QuerySet[SignInApp]) -> HttpResponse | None:
        """Ask why nobody shall sign in any more."""
        return self.ask_about_one("remove", request, queryset)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Register an app, and show its secret."""
        if not self.has_add_permission(request):
            raise PermissionDenied

        def register(entered: dict[str, Any]) -> HttpResponse:
            registered = operations.register_sign_in_app(
                name=entered["name"],
                redirect_uris=entered["redirect_uris"].splitlines(),
                is_public=entered["is_public"],
                organization=entered["organization"],
                created_by=staff_member(request),
                actor=actor_of(request),
                now=timezone.now(),
            )
            return self._show(request, registered)

        form = RegisterForm(request.POST or None)
        return self.operate(request, form, register, title=_("Register a sign-in app"))

    def change_app_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Give an app another name and other addresses."""
        app = self.get_row(request, row_id)

        def change(entered: dict[str, Any]) -> HttpResponse:
            operations.change_sign_in_app(
                app=app,
                name=entered["name"],
                redirect_uris=entered["redirect_uris"].splitlines(),
                actor=actor_of(request),
                now=timezone.now(),
            )
            self.message_user(request, _("%s was changed.") % app.name, messages.SUCCESS)
            return self.back_to_the_list()

        present = {"name": app.name, "redirect_uris": "\n".join(app.redirect_uris)}
        form = AppForm(request.POST or None, initial=present)
        return self.operate(request, form, change, title=_("Change %s") % app.name)

    def renew_secret_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Give an app another secret, and show it."""
        app = self.get_row(request, row_id)

        def renew(entered: dict[str, Any]) -> HttpResponse:
            renewed = operations.renew_secret(
                app=app, reason=entered["reason"], actor=actor_of(request), now=timezone.now()
            )
            return self._show(request, renewed)

        form = ReasonForm(request.POST or None)
        return self.operate(request, form, renew, title=_("Renew the secret of %s") % app.name)

    def remove_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Let nobody sign in to an app any more."""
        app = self.get_row(request, row_id)

        def remove(entered: dict[str, Any]) -> HttpResponse:
            operations.remove_sign_in_app(
                app=app, reason=entered["reason"], actor=actor_of(request), now=timezone.now()
            )
            self.message_user(request, _("%s was removed.") % app.name, messages.SUCCESS)
            return self.back_to_the_list()

        form = ReasonForm(request.POST or None)
        return self.operate(request, form, remove, title=_("Remove %s") % app.name)

    def _show(self, request: HttpRequest, registered: operations.RegisteredApp) -> HttpResponse:
        return self.page(
            request,
            "admin/accounts/signinapp/registered.html",
            title=registered.app.name,
            app=registered.app,
            secret=registered.secret,
        )
