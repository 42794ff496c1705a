"""Staff look people up, shut them out, and decide who is staff."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import Invalid

from ..models import User
from ..names import clean_name
from ..people import operations
from .base import OperationAdmin, actor_of, staff_member
from .memberships import EmailAddressInline, MembershipInline


class PersonForm(forms.ModelForm[User]):
    """What staff may change about a person, and why they do."""

    reason = forms.CharField(
        label=_("reason"), max_length=500, help_text=_("Kept in the audit entry.")
    )

    class Meta:
        model = User
        fields = ["name", "is_active", "is_staff", "groups"]

    def clean_name(self) -> str:
        try:
            return clean_name(
                self.cleaned_data["name"], what=gettext("The name"), longest=120, may_be_empty=True
            )
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from refusal


@admin.register(User)
class PersonAdmin(OperationAdmin):
    form = PersonForm
    list_display = ["email", "name", "is_active", "is_staff", "last_login", "joined_at"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    ordering = ["-pk"]
    fields = [
        "email",
        "name",
        "is_active",
        "is_staff",
        "groups",
        "is_superuser",
        "has_second_factor",
        "last_login",
        "joined_at",
        "reason",
    ]
    filter_horizontal = ["groups"]
    inlines = [EmailAddressInline, MembershipInline]

    @admin.display(description=_("second factor"), boolean=True)
    def has_second_factor(self, person: User) -> bool:
        """Whether logging in takes more than the password."""
        return bool(is_mfa_enabled(person))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # People sign up themselves.

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        known = ["email", "is_superuser", "has_second_factor", "last_login", "joined_at"]
        return known if staff_member(request).is_superuser else [*known, "is_staff", "groups"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        actor, now, entered = actor_of(request), timezone.now(), form.cleaned_data
        operations.change_name(user=obj, name=entered["name"], actor=actor, now=now)
        operations.change_activity(
            user=obj,
            is_active=entered["is_active"],
            actor=actor,
            reason=entered["reason"],
            now=now,
        )
        if staff_member(request).is_superuser:
            operations.change_staff_access(
                user=obj,
                is_staff=entered["is_staff"],
                groups=entered["groups"],
                actor=actor,
                reason=entered["reason"],
                now=now,
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Leave the groups alone: they were saved with the rest of the person's access."""
        for formset in formsets:
            self.save_formset(request, form, formset, change)
