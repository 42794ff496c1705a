"""Staff invite people on a customer's behalf, and take invitations back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError

from ..memberships import operations
from ..models import Invitation
from .base import OperationAdmin, actor_of, staff_member
from .filters import InvitationState


class InvitationForm(forms.ModelForm[Invitation]):
    """Whom to invite, and why staff do it."""

    reason = forms.CharField(
        label=_("reason"), max_length=500, help_text=_("Kept in the audit entry.")
    )

    class Meta:
        model = Invitation
        fields = ["organization", "email", "role"]


@admin.register(Invitation)
class InvitationAdmin(OperationAdmin):
    form = InvitationForm
    list_display = [
        "email",
        "organization",
        "role",
        "invited_by",
        "mailed_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    ]
    list_filter = [InvitationState, "role"]
    list_select_related = ["organization", "invited_by"]
    search_fields = ["email", "public_id", "organization__name", "organization__public_id"]
    ordering = ["-pk"]
    autocomplete_fields = ["organization"]
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether this member of staff may take invitations back."""
        return super().has_change_permission(request)

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> tuple[str, ...]:
        entered = ("organization", "email", "role")
        if obj is None:
            return (*entered, "reason")
        return (
            "public_id",
            *entered,
            "invited_by",
            "expires_at",
            "mailed_at",
            "accepted_at",
            "revoked_at",
        )

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: Any) -> None:
        created = operations.invite_for_customer(
            organization=form.cleaned_data["organization"],
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            invited_by=staff_member(request),
            actor=actor_of(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        obj.pk, obj.public_id = created.pk, created.public_id

    @admin.action(description=_("Take back the selected invitations"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Take back those of the selected invitations that are open, and name the others."""
        for invitation in queryset.select_related("organization"):
            try:
                operations.revoke_invitation_for_customer(
                    invitation=invitation, actor=actor_of(request), now=timezone.now()
                )
            except DomainError as refusal:
                self.message_user(request, f"{invitation.email}: {refusal.detail}", messages.ERROR)
            else:
                self.message_user(
                    request, _("%s: taken back.") % invitation.email, messages.SUCCESS
                )
