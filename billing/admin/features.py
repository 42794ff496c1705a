"""Staff define features."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import OperationAdmin, actor_of
from config.kernel.errors import Invalid

from ..catalog.codes import check_code
from ..catalog.operations import (
    create_metered_feature,
    create_unmetered_feature,
    update_feature,
)
from ..catalog.values import fits
from ..choices import FeatureKind
from ..models import Feature
from .fields import ValueField

FIXED = ["code", "kind", "meter", "value_type"]


class FeatureForm(forms.ModelForm[Feature]):
    """A metered feature takes its code from its meter; a flag has a code, a type and a default."""

    default_value = ValueField(
        label=_("Default value"),
        required=False,
        help_text=_(
            "Of a flag, in JSON: true, 5, or a text in straight double quotes. "
            "Organizations have it whose plan does not name the feature."
        ),
    )

    class Meta:
        model = Feature
        fields = [*FIXED, "name", "description", "default_value", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("A metered feature has the code of its meter.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind = values.get("kind", self.instance.kind)
        if kind == FeatureKind.METERED:
            self._clean_metered(values)
        elif kind == FeatureKind.UNMETERED:
            self._clean_flag(values)
        return values

    def _clean_metered(self, values: dict[str, Any]) -> None:
        if "meter" in self.fields and values.get("meter") is None:
            self.add_error("meter", _("A metered feature is counted on a meter."))
        for name in ("value_type", "default_value"):
            if values.get(name) not in (None, ""):
                self.add_error(name, _("A metered feature has neither a type nor a default."))

    def _clean_flag(self, values: dict[str, Any]) -> None:
        if values.get("meter") is not None:
            self.add_error("meter", _("Only a metered feature is counted on a meter."))
        if "code" in self.fields and "code" in values:
            try:
                check_code(values["code"])
            except Invalid as refusal:
                self.add_error("code", refusal.detail)
        value_type = values.get("value_type", self.instance.value_type)
        if not value_type:
            self.add_error("value_type", _("Say what the value is."))
            return
        default = values.get("default_value")
        if default is not None and not fits(default, value_type=value_type):
            self.add_error("default_value", _("The default is of another type than the feature."))


@admin.register(Feature)
class FeatureAdmin(OperationAdmin):
    form = FeatureForm
    list_display = ["name", "code", "kind", "value_type", "default_value", "unit", "position"]
    list_filter = ["kind", "value_type"]
    list_select_related = ["meter"]
    search_fields = ["code", "name"]
    ordering = ["position", "code"]
    show_facets = admin.ShowFacets.ALWAYS

    @admin.display(description=_("unit"))
    def unit(self, feature: Feature) -> str:
        """What a metered feature is counted in."""
        return feature.meter.unit_plural if feature.meter is not None else ""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else FIXED

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feature]:
        return super().get_queryset(request).select_related("meter")

    def save_model(self, request: HttpRequest, obj: Feature, form: Any, change: Any) -> None:
        values = form.cleaned_data
        written = {
            "name": values["name"],
            "description": values["description"],
            "position": values["position"],
            "actor": actor_of(request),
            "now": timezone.now(),
        }
        if change:
            default_value = values["default_value"]
            update_feature(feature=obj, default_value=default_value, **written)
            return
        if values["kind"] == FeatureKind.METERED:
            stored = create_metered_feature(meter=values["meter"], **written)
        else:
            stored = create_unmetered_feature(
                code=values["code"],
                value_type=values["value_type"],
                default_value=values["default_value"],
                **written,
            )
        obj.pk = stored.pk
