"""Staff pages of the rate card: it can be extended; a rate in force never changes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import OperationAdmin, ReadOnlyInline, actor_of
from config.kernel.number_fields import WholeNumberField
from config.kernel.quantities import ZERO

from ..choices import Aggregation, MeterSource
from ..models import Action, ActionRate, CostComponent, Meter
from ..price_book.costs import MOST_TOKENS, TokensUsed
from ..rate_card.operations import (
    Counting,
    NewRate,
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

    def clean_action(self) -> Action:
        """Here an action gets its first rate; of any later one customers may have to be told."""
        action: Action = self.cleaned_data["action"]
        if ActionRate.objects.filter(action=action).exists():
            raise ValidationError(
                _(
                    "The action has a rate. Schedule the next one on the page of credit prices: "
                    "customers are told of it before."
                )
            )
        return action


def _tokens_field(label: Any) -> WholeNumberField:
    return WholeNumberField(label=label, min_value=0, max_value=MOST_TOKENS, required=False)


class PartForm(forms.ModelForm[CostComponent]):
    """A part of a cost: so much each time, or the tokens of a call to a model."""

    class Meta:
        model = CostComponent
        fields = ["name", "unit_cost", "model", "input_tokens", "output_tokens", "cached_tokens"]

    input_tokens = _tokens_field(_("input tokens"))
    output_tokens = _tokens_field(_("output tokens"))
    cached_tokens = _tokens_field(_("cached tokens"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_cost"].required = False
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("model") is None:
            if values.get("unit_cost") is None:
                self.add_error("unit_cost", _("Say what it costs, or which model it asks."))
            tokens = ("input_tokens", "output_tokens", "cached_tokens")
            if any(values.get(name) is not None for name in tokens):
                self.add_error("model", _("Whose tokens are they?"))
        elif values.get("unit_cost") is not None:
            self.add_error("unit_cost", _("The price book says what its tokens cost."))
        else:
            values |= {"unit_cost": ZERO} | {
                name: values.get(name) or 0
                for name in ("input_tokens", "output_tokens", "cached_tokens")
            }
        return values


class CostComponentInline(admin.TabularInline[CostComponent, ActionRate]):
    model = CostComponent
    form = PartForm
    fields = ["name", "unit_cost", "model", "input_tokens", "output_tokens", "cached_tokens"]
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
        parts = [part.cleaned_data for part in formsets[0].forms if part.has_changed()]
        values = form.cleaned_data
        stored = set_rate(
            action=values["action"],
            rate=NewRate(
                effective_at=values["effective_at"],
                credits=values["credits"],
                cost_components={
                    part["name"]: part["unit_cost"] for part in parts if part["model"] is None
                },
                customer_value=values["customer_value"],
                value_note=values["value_note"],
                model_calls={
                    part["name"]: TokensUsed(
                        part["model"].code,
                        part["input_tokens"],
                        part["output_tokens"],
                        part["cached_tokens"],
                    )
                    for part in parts
                    if part["model"] is not None
                },
            ),
            actor=actor_of(request),
            now=timezone.now(),
        )
        form.instance.pk = stored.pk
        # The admin writes its history from what the formsets say they would have saved.
        for formset in formsets:
            formset.save(commit=False)
