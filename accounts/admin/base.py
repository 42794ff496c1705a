"""What all admin pages share: writes are operations, and say who made them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from config.kernel.errors import DomainError

from ..audit.actor import Actor
from ..models import User

ModelForm = forms.ModelForm[Any]
TabularInline = admin.TabularInline[Any, Any]


def staff_member(request: HttpRequest) -> User:
    """The member of staff who is logged in; the admin lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """Who makes this request, for the audit entry of what it does."""
    return Actor.for_user(
        staff_member(request), request_id=request.META.get("HTTP_X_REQUEST_ID", "")[:64]
    )


class OperationAdmin(admin.ModelAdmin[Any]):
    """Pages whose writes go through operations. Nothing is deleted, and a refusal is a message."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(OperationAdmin):
    """Pages that only show."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows on another row's page that are only shown."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
