"""Staff let apps sign people in. A secret is shown once, on the page after the deed."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Organization, SignInApp
from ..oauth import sign_in_apps as operations
from .base import Way, actor_of, staff_member
from .deeds import DeedAdmin, Entered, ReasonForm, View
from .widgets import SearchSelect


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
        widget=SearchSelect(SignInApp._meta.get_field("organization"), admin.site),
        help_text=_("Leave this empty for an app of your own, to which everybody may sign in."),
    )


@admin.register(SignInApp)
class SignInAppAdmin(DeedAdmin):
    list_display = ["name", "public_id", "open_to", "is_public", "removed_at"]
    list_filter = ["is_public"]
    list_select_related = ["organization"]
    search_fields = ["name", "public_id", "organization__name", "organization__public_id"]
    ordering = ["-pk"]
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

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def deeds(self) -> dict[str, View]:
        return {
            "edit": self.change_app_view,
            "renew_secret": self.renew_secret_view,
            "remove": self.remove_view,
        }

    @admin.display(description=_("open to"), ordering="organization__name")
    def open_to(self, app: SignInApp) -> str:
        """Who can sign in, in few words."""
        return app.organization.name if app.organization else str(_("everybody"))

    def ways(self, request: HttpRequest, row: SignInApp) -> Iterator[Way]:
        if row.removed_at is None and self.may(request, "change"):
            yield self.way(_("Change"), "edit", row)
            if not row.is_public:
                yield self.way(_("Renew the secret"), "renew_secret", row)
            yield self.way(_("Remove"), "remove", row)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Register an app, and show its secret."""
        self.require(request, "add")

        def register(entered: Entered) -> HttpResponse:
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

        return self.deed_page(request, RegisterForm, register, title=_("Register a sign-in app"))

    def change_app_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give an app another name and other addresses."""
        self.require(request, "change")
        app = self.find(request, pk)

        def change(entered: Entered) -> HttpResponse:
            operations.change_sign_in_app(
                app=app,
                name=entered["name"],
                redirect_uris=entered["redirect_uris"].splitlines(),
                actor=actor_of(request),
                now=timezone.now(),
            )
            self.message_user(request, _("%s was changed.") % app.name, messages.SUCCESS)
            return self.to_row(app)

        present = {"name": app.name, "redirect_uris": "\n".join(app.redirect_uris)}
        form = partial(AppForm, initial=present)
        return self.deed_page(request, form, change, title=_("Change %s") % app.name, row=app)

    def renew_secret_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give an app another secret, and show it."""
        self.require(request, "change")
        app = self.find(request, pk)

        def renew(entered: Entered) -> HttpResponse:
            renewed = operations.renew_secret(
                app=app, reason=entered["reason"], actor=actor_of(request), now=timezone.now()
            )
            return self._show(request, renewed)

        title = _("Renew the secret of %s") % app.name
        return self.deed_page(request, ReasonForm, renew, title=title, row=app)

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let nobody sign in to an app any more."""
        self.require(request, "change")
        app = self.find(request, pk)

        def remove(entered: Entered) -> HttpResponse:
            operations.remove_sign_in_app(
                app=app, reason=entered["reason"], actor=actor_of(request), now=timezone.now()
            )
            self.message_user(request, _("%s was removed.") % app.name, messages.SUCCESS)
            return self.to_row(app)

        title = _("Remove %s") % app.name
        return self.deed_page(request, ReasonForm, remove, title=title, row=app)

    def _show(self, request: HttpRequest, registered: operations.RegisteredApp) -> HttpResponse:
        return self.page(
            request,
            "admin/accounts/signinapp/registered.html",
            title=registered.app.name,
            app=registered.app,
            secret=registered.secret,
        )
