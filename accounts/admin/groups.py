"""What staff may do is decided by superusers, in groups, and written down."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone

from ..audit.operations import record
from .base import actor_of, staff_member

admin.site.unregister(Group)


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff_member(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_member(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Store the permissions, and what they are now."""
        super().save_related(request, form, formsets, change)
        group = form.instance
        permissions = group.permissions.order_by("content_type__app_label", "codename")
        names = permissions.values_list("content_type__app_label", "codename")
        record(
            actor=actor_of(request),
            action="staff_group.saved",
            target=f"group_{group.pk}",
            changes={
                "name": group.name,
                "permissions": [f"{app}.{codename}" for app, codename in names],
            },
            now=timezone.now(),
        )
