"""Staff pages: the rate card can be extended; the books can only be read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import (
    OperationAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    actor_of,
)
from config.kernel.errors import Invalid

from .choices import Aggregation, MeterSource
from .models import (
    Action,
    ActionRate,
    CostComponent,
    CreditGrant,
    LedgerTransfer,
    Meter,
    UsageEvent,
    UsagePeriod,
)
from .rate_card.operations import (
    Counting,
    NewRate,
    check_rate_starts_later,
    create_action,
    create_meter,
    set_rate,
    update_action,
    update_meter,
)

COUNTING = ["aggregation", "unique_property", "source"]


@admin.register(Meter)
class MeterAdmin(OperationAdmin):
    list_display = ["code", "name", "unit", "unit_plural", "aggregation"]
    search_fields = ["code", "name"]
    fields = ["code", "name", "unit", "unit_plural", *COUNTING]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["code", *COUNTING]

    def save_model(self, request: HttpRequest, obj: Meter, form: Any, change: bool) -> None:
        texts = {"name": obj.name, "unit": obj.unit, "unit_plural": obj.unit_plural}
        actor, now = actor_of(request), timezone.now()
        if change:
            update_meter(meter=obj, **texts, actor=actor, now=now)
        else:
            counting = Counting(
                Aggregation(obj.aggregation), obj.unique_property, MeterSource(obj.source)
            )
            obj.pk = create_meter(
                code=obj.code, **texts, counting=counting, actor=actor, now=now
            ).pk


class RateInline(ReadOnlyInline):
    """The history of an action's rates. A new rate is set on a page of its own."""

    model = ActionRate
    fields = ["effective_at", "credits", "customer_value", "value_note"]
    readonly_fields = ["effective_at", "credits", "customer_value", "value_note"]
    ordering = ["-effective_at"]
    show_change_link = True


@admin.register(Action)
class ActionAdmin(OperationAdmin):
    list_display = ["code", "name", "meter", "description"]
    list_filter = ["meter"]
    list_select_related = ["meter"]
    search_fields = ["code", "name"]
    inlines = [RateInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["code", "meter"]

    def save_model(self, request: HttpRequest, obj: Action, form: Any, change: bool) -> None:
        texts = {
            "name": obj.name,
            "name_plural": obj.name_plural,
            "description": obj.description,
        }
        actor, now = actor_of(request), timezone.now()
        if change:
            update_action(action=obj, **texts, actor=actor, now=now)
        else:
            stored = create_action(code=obj.code, meter=obj.meter, **texts, actor=actor, now=now)
            obj.pk = stored.pk


class RateForm(forms.ModelForm[ActionRate]):
    class Meta:
        model = ActionRate
        fields = ["action", "effective_at", "credits", "customer_value", "value_note"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "action" in values and "effective_at" in values:
            try:
                check_rate_starts_later(
                    action=values["action"],
                    effective_at=values["effective_at"],
                    now=timezone.now(),
                )
            except Invalid as refusal:
                raise ValidationError({"effective_at": refusal.detail}) from refusal
        return values


class CostComponentInline(admin.TabularInline[CostComponent, ActionRate]):
    model = CostComponent
    fields = ["name", "unit_cost"]
    extra = 3

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None


@admin.register(ActionRate)
class ActionRateAdmin(OperationAdmin):
    form = RateForm
    list_display = ["action", "effective_at", "credits", "unit_cost", "customer_value"]
    list_filter = ["action"]
    list_select_related = ["action"]
    date_hierarchy = "effective_at"
    inlines = [CostComponentInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActionRate]:
        total = (
            CostComponent.objects.filter(rate=OuterRef("pk"))
            .values("rate")
            .annotate(total=Sum("unit_cost"))
            .values("total")
        )
        return ActionRate.objects.annotate(
            unit_cost=Subquery(total, output_field=DecimalField(max_digits=24, decimal_places=12))
        )

    @admin.display(description=_("cost"), ordering="unit_cost")
    def unit_cost(self, rate: Any) -> str:
        return "" if rate.unit_cost is None else f"{rate.unit_cost.normalize():f}"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The rate and its cost components are stored together, by `save_related`."""

    def save_related(
        self,
        request: HttpRequest,
        form: BaseModelForm[Any],
        formsets: list[forms.BaseModelFormSet[Any, Any]],
        change: bool,
    ) -> None:
        components = {
            part.cleaned_data["name"]: part.cleaned_data["unit_cost"]
            for part in formsets[0].forms
            if part.has_changed()
        }
        values = form.cleaned_data
        stored = set_rate(
            action=values["action"],
            rate=NewRate(
                effective_at=values["effective_at"],
                credits=values["credits"],
                cost_components=components,
                customer_value=values["customer_value"],
                value_note=values["value_note"],
            ),
            actor=actor_of(request),
            now=timezone.now(),
        )
        form.instance.pk = stored.pk
        # The admin writes its history from what the formsets say they would have saved.
        for formset in formsets:
            formset.save(commit=False)


class LedgerAdmin(ReadOnlyAdmin):
    """Books: newest first, found by organization, never counted in full."""

    ordering = ["-pk"]
    list_filter = ["meter"]
    show_full_result_count = False
    list_per_page = 50


@admin.register(LedgerTransfer)
class LedgerTransferAdmin(LedgerAdmin):
    list_display = ["id", "organization", "meter", "kind", "amount", "event_key", "occurred_at"]
    list_filter = ["kind", "meter"]
    list_select_related = ["organization", "meter"]
    search_fields = ["organization__public_id__exact", "event_key__exact"]
    search_help_text = _("Organization id or event id, whole")


@admin.register(UsageEvent)
class UsageEventAdmin(LedgerAdmin):
    list_display = [
        "event_id",
        "organization",
        "action",
        "quantity",
        "credits",
        "overage_credits",
        "cost",
        "occurred_at",
    ]
    list_filter = ["meter", "action"]
    list_select_related = ["organization", "action"]
    search_fields = ["organization__public_id__exact", "event_id__exact"]
    search_help_text = _("Organization id or event id, whole")
    exclude = ["body_sha256"]


@admin.register(CreditGrant)
class CreditGrantAdmin(LedgerAdmin):
    list_display = [
        "public_id",
        "organization",
        "meter",
        "category",
        "amount",
        "remaining",
        "effective_at",
        "expires_at",
    ]
    list_filter = ["category", "meter"]
    list_select_related = ["organization", "meter", "account"]
    search_fields = ["public_id__exact", "organization__public_id__exact", "source__exact"]
    search_help_text = _("Grant id, organization id or agreement id, whole")

    @admin.display(description=_("remaining"), ordering="account__balance")
    def remaining(self, grant: CreditGrant) -> str:
        return f"{grant.account.balance.normalize():f}"


@admin.register(UsagePeriod)
class UsagePeriodAdmin(LedgerAdmin):
    list_display = [
        "organization",
        "meter",
        "starts_at",
        "ends_at",
        "used_credits",
        "overage_credits",
        "source",
    ]
    list_select_related = ["organization", "meter"]
    search_fields = ["organization__public_id__exact", "source__exact"]
    search_help_text = _("Organization id or agreement id, whole")
