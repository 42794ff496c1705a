"""Memberships and addresses, shown on the pages of organizations and of people."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from ..models import Membership
from .base import ReadOnlyInline


class _Memberships(BaseInlineFormSet[Any, Any, Any]):
    @classmethod
    def get_default_prefix(cls) -> str:
        # The models name no reverse relation for Django to make a prefix from.
        return "memberships"


class MembershipInline(ReadOnlyInline):
    """Who belongs to an organization, or where a person belongs."""

    model = Membership
    formset = _Memberships
    fields = ["organization", "user", "role", "created_at"]
    readonly_fields = ["organization", "user", "role", "created_at"]
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows: QuerySet[Membership] = super().get_queryset(request)
        return rows.select_related("organization", "user")


class EmailAddressInline(ReadOnlyInline):
    """A person's addresses. Only the person can verify one: invitations rely on that."""

    model = EmailAddress
    fields = ["email", "verified", "primary"]
    readonly_fields = ["email", "verified", "primary"]
    ordering = ["pk"]
