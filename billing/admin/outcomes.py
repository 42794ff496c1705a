"""Staff define which outcomes there are, and read which were reported."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import OperationAdmin, ReadOnlyAdmin, actor_of

from ..models import Outcome, OutcomeDefinition
from ..outcomes.definitions import OutcomeDetails, change_definition, define_outcome


@admin.register(OutcomeDefinition)
class OutcomeDefinitionAdmin(OperationAdmin):
    fields = ["code", "name", "description", "confirmation_days"]
    list_display = ["name", "code", "confirmation_days", "outcome_count"]
    search_fields = ["code", "name"]
    ordering = ["code"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutcomeDefinition]:
        definitions: QuerySet[OutcomeDefinition] = super().get_queryset(request)
        return definitions.annotate(outcome_count=Count("outcomes"))

    @admin.display(description=_("outcomes"), ordering="outcome_count")
    def outcome_count(self, definition: Any) -> int:
        """How many were reported."""
        return int(definition.outcome_count)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["code"]

    def save_model(
        self, request: HttpRequest, obj: OutcomeDefinition, form: Any, change: Any
    ) -> None:
        values = dict(form.cleaned_data)
        code = values.pop("code", obj.code)
        details, actor, now = OutcomeDetails(**values), actor_of(request), timezone.now()
        if change:
            change_definition(definition=obj, details=details, actor=actor, now=now)
        else:
            obj.pk = define_outcome(code=code, details=details, actor=actor, now=now).pk


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "definition", "reference", "status", "occurred_at"]
    list_filter = ["status", "definition"]
    list_select_related = ["organization", "definition"]
    search_fields = ["public_id", "reference", "organization__name", "organization__public_id"]
    search_help_text = _("Id or reference of the outcome, or name or id of the organization")
    ordering = ["-pk"]
    show_full_result_count = False
    fields = [
        "public_id",
        "organization",
        "definition",
        "reference",
        "status",
        "member",
        "evidence",
        "occurred_at",
        "confirms_at",
        "confirmed_at",
        "reversed_at",
        "reversal_reason",
    ]
