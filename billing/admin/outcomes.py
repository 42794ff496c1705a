"""Staff define which outcomes there are, read which were reported, and decide disputes."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import OperationAdmin, ReadOnlyAdmin, Way, actor_of
from metering.models import Meter
from metering.operations.reversals import REVERSIBLE

from ..choices import DisputeStatus
from ..models import Outcome, OutcomeDefinition, OutcomeDispute
from ..outcomes.definitions import OutcomeDetails, change_definition, define_outcome
from ..outcomes.disputes import decide_dispute
from .pages import DeedAdmin, Entered, View, now_for


@admin.register(OutcomeDefinition)
class OutcomeDefinitionAdmin(OperationAdmin):
    fields = [
        "code",
        "name",
        "description",
        "meter",
        "confirmation_days",
        "confirmation_hours",
        "reversal_days",
    ]
    list_display = ["name", "code", "meter", "window", "outcome_count"]
    list_select_related = ["meter"]
    search_fields = ["code", "name"]
    ordering = ["code"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutcomeDefinition]:
        definitions: QuerySet[OutcomeDefinition] = super().get_queryset(request)
        return definitions.annotate(outcome_count=Count("outcomes"))

    @admin.display(description=_("outcomes"), ordering="outcome_count")
    def outcome_count(self, definition: Any) -> int:
        """How many were reported."""
        return int(definition.outcome_count)

    @admin.display(description=_("confirmed after"))
    def window(self, definition: OutcomeDefinition) -> str:
        """How long it may turn out not to be one before it is confirmed."""
        days, hours = definition.confirmation_days, definition.confirmation_hours
        if not days and not hours:
            return gettext("at once")
        words = []
        if days:
            words.append(ngettext("%(count)s day", "%(count)s days", days) % {"count": days})
        if hours:
            words.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours})
        return " ".join(words)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "meter":
            kwargs["queryset"] = Meter.objects.filter(aggregation__in=REVERSIBLE).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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
        "meter",
        "event_key",
        "not_charged",
        "reversal_days",
        "reversed_at",
        "reversal_reason",
    ]


class DecisionForm(forms.Form):
    """Why a dispute is decided so."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The customer reads it.")
    )


@admin.register(OutcomeDispute)
class OutcomeDisputeAdmin(DeedAdmin):
    """What customers say against outcomes. Staff uphold or reject it, once."""

    list_display = ["public_id", "organization", "outcome", "status", "opened_at", "decided_at"]
    list_filter = ["status"]
    list_select_related = ["organization", "outcome"]
    search_fields = ["public_id", "outcome__reference", "organization__name"]
    search_help_text = _("Id of the dispute, reference of the outcome, or name of the organization")
    ordering = ["-pk"]
    fields = [
        "public_id",
        "organization",
        "outcome",
        "evidence",
        "reason",
        "opened_at",
        "opened_by",
        "status",
        "decision",
        "decided_at",
        "decided_by",
    ]
    readonly_fields = ["evidence"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what the app reported"))
    def evidence(self, dispute: OutcomeDispute) -> str:
        """What shows that it happened, as the app reported it."""
        return json.dumps(dispute.outcome.evidence, indent=2, ensure_ascii=False)

    def deeds(self) -> dict[str, View]:
        return {"uphold": self.uphold_view, "reject": self.reject_view}

    def ways(self, request: HttpRequest, row: OutcomeDispute) -> Iterator[Way]:
        if row.status == DisputeStatus.OPEN and self.may(request, "change"):
            yield self.way(_("Uphold"), "uphold", row)
            yield self.way(_("Reject"), "reject", row)

    def uphold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The customer is right: reverse the outcome, and give back what it cost."""
        return self._decide(
            request,
            pk,
            is_upheld=True,
            title=gettext("Uphold %s: reverse the outcome"),
            done=gettext("Upheld: the outcome is reversed, and what it cost is given back."),
        )

    def reject_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It was an outcome, and stays one."""
        return self._decide(
            request,
            pk,
            is_upheld=False,
            title=gettext("Reject %s: the outcome stays"),
            done=gettext("Rejected: the outcome stays."),
        )

    def _decide(
        self, request: HttpRequest, pk: int, *, is_upheld: bool, title: str, done: str
    ) -> HttpResponse:
        self.require(request, "change")
        dispute = self.find(request, pk)
        if dispute.status != DisputeStatus.OPEN:
            return self.to_row(dispute)

        def deed(entered: Entered) -> HttpResponse:
            decide_dispute(
                dispute=dispute,
                is_upheld=is_upheld,
                reason=entered["reason"],
                actor=actor_of(request),
                now=now_for(dispute.organization_id),
            )
            self.message_user(request, done, messages.SUCCESS)
            return self.to_row(dispute)

        return self.deed_page(
            request, DecisionForm, deed, title=title % dispute.public_id, row=dispute
        )
