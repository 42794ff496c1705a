"""Staff define the properties of organizations, and read what they are."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import PropertyDefinition, PropertyValue
from ..properties.definitions import PropertyDetails, change_property, define_property
from ..properties.values import value_of, write_value
from .base import OperationAdmin, ReadOnlyAdmin, actor_of


@admin.register(PropertyDefinition)
class PropertyDefinitionAdmin(OperationAdmin):
    fields = ["key", "type", "name", "description", "category", "is_public"]
    list_display = ["name", "key", "type", "category", "is_public", "organization_count"]
    list_filter = ["type", "category", "is_public"]
    search_fields = ["key", "name", "category"]
    ordering = ["category", "key"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PropertyDefinition]:
        definitions: QuerySet[PropertyDefinition] = super().get_queryset(request)
        return definitions.annotate(organization_count=Count("values"))

    @admin.display(description=_("organizations"), ordering="organization_count")
    def organization_count(self, definition: Any) -> int:
        """How many organizations have something there."""
        return int(definition.organization_count)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["key", "type"]

    def save_model(
        self, request: HttpRequest, obj: PropertyDefinition, form: Any, change: Any
    ) -> None:
        values = dict(form.cleaned_data)
        key, type_ = values.pop("key", obj.key), values.pop("type", obj.type)
        details, actor, now = PropertyDetails(**values), actor_of(request), timezone.now()
        if change:
            change_property(definition=obj, details=details, actor=actor, now=now)
        else:
            obj.pk = define_property(key=key, type=type_, details=details, actor=actor, now=now).pk


@admin.register(PropertyValue)
class PropertyValueAdmin(ReadOnlyAdmin):
    list_display = ["organization", "definition", "value", "changed_at"]
    list_filter = ["definition"]
    list_select_related = ["organization", "definition"]
    search_fields = ["definition__key", "organization__name", "organization__public_id"]
    search_help_text = _("Key of the property, or name or id of the organization")
    ordering = ["-changed_at"]
    fields = ["organization", "definition", "value", "changed_at"]
    readonly_fields = ["value"]

    @admin.display(description=_("value"))
    def value(self, stored: PropertyValue) -> str:
        """What the organization has there."""
        return str(write_value(value_of(stored), type=stored.type))
