"""Filters that say what they find, where the database knows only dates and empty columns."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ConditionFilter(admin.SimpleListFilter):
    """Choose among conditions, each of which may depend on the time."""

    conditions: ClassVar[dict[str, tuple[Any, Callable[[datetime], Q]]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, label) for code, (label, _condition) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.conditions.get(self.value() or "")
        if chosen is None:
            return queryset
        _label, condition = chosen
        return queryset.filter(condition(timezone.now()))


class OrganizationState(ConditionFilter):
    title = _("state")
    parameter_name = "state"
    conditions = {
        "open": (_("Open"), lambda now: Q(closed_at=None)),
        "closed": (_("Closed"), lambda now: Q(closed_at__lte=now)),
    }


class InvitationState(ConditionFilter):
    title = _("state")
    parameter_name = "state"
    conditions = {
        "open": (
            _("Open"),
            lambda now: Q(accepted_at=None, revoked_at=None, expires_at__gt=now),
        ),
        "accepted": (_("Accepted"), lambda now: Q(accepted_at__lte=now)),
        "expired": (
            _("Expired"),
            lambda now: Q(accepted_at=None, revoked_at=None, expires_at__lte=now),
        ),
        "revoked": (_("Taken back"), lambda now: Q(revoked_at__lte=now)),
    }


class ApiKeyKind(ConditionFilter):
    title = _("kind")
    parameter_name = "kind"
    conditions = {
        "platform": (_("Platform keys"), lambda now: Q(organization=None)),
        "organization": (_("Keys of one organization"), lambda now: ~Q(organization=None)),
    }


class ApiKeyState(ConditionFilter):
    title = _("state")
    parameter_name = "state"
    conditions = {
        "active": (
            _("Active"),
            lambda now: Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now)),
        ),
        "expired": (_("Expired"), lambda now: Q(revoked_at=None, expires_at__lte=now)),
        "revoked": (_("Revoked"), lambda now: Q(revoked_at__lte=now)),
    }
