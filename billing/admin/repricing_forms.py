"""The form of a repricing campaign."""

import re
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import ModelForm
from accounts.admin.widgets import MomentInput
from config.kernel.errors import Invalid
from config.kernel.locales import current_locale
from config.kernel.number_fields import read_number

from ..choices import Audience, FeatureKind
from ..models import Feature, Plan, RepricingCampaign
from ..repricing.operations import CampaignDetails, UsageConversion
from ..wording import quantity_words

_CONVERSION: Final = re.compile(r"\s*(\w+)\s*=\s*(\S+)\s+(\w+)\s*")


class ConversionsField(forms.CharField):
    """How much of one metered feature stands for how much of another, one sentence a line."""

    widget = forms.Textarea(attrs={"rows": 2, "cols": 40})

    def clean(self, value: Any) -> list[UsageConversion]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        return list(self._read(lines))

    def _read(self, lines: list[str]) -> Iterator[UsageConversion]:
        metered = {
            feature.code: feature for feature in Feature.objects.filter(kind=FeatureKind.METERED)
        }
        for line in lines:
            found = _CONVERSION.fullmatch(line)
            factor = read_number(found[2], locale=current_locale()) if found else None
            if found is None or factor is None:
                raise forms.ValidationError(
                    _("“%(line)s” is not of the form “documents = 5 ai_credits”.") % {"line": line}
                )
            for code in (found[1], found[3]):
                if code not in metered:
                    raise forms.ValidationError(
                        _("There is no metered feature “%(code)s”.") % {"code": code}
                    )
            yield UsageConversion(metered[found[1]], metered[found[3]], factor)


def conversions_text(campaign: RepricingCampaign) -> str:
    """The conversions of a campaign as they are typed."""
    rows = campaign.conversions.select_related("from_feature", "to_feature").order_by("pk")
    return "\n".join(
        f"{row.from_feature.code} = {quantity_words(row.factor.normalize())} {row.to_feature.code}"
        for row in rows
    )


class PlansField(forms.ModelMultipleChoiceField[Plan]):
    """Plans to tick, each with the group that it is in."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Plan) -> str:
        return f"{obj.name} ({obj.group.name})"


class CampaignForm(ModelForm):
    """Everything that is said of a campaign while it is a draft."""

    conversions = ConversionsField(
        label=gettext_lazy("Conversions of usage"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy(
            "One a line, such as “documents = 5 ai_credits”: where a plan to offer does not count "
            "documents, each stands for 5 AI credits."
        ),
    )

    class Meta:
        model = RepricingCampaign
        fields = [
            "name",
            "why",
            "from_plans",
            "to_plans",
            "conversions",
            "history_months",
            "notice_days",
            "must_move",
            "answer_by",
            "guarantee_months",
            "guarantee_rule",
        ]
        widgets = {
            "why": forms.Textarea(attrs={"rows": 4, "cols": 60}),
            "answer_by": MomentInput,
        }
        field_classes = {
            "answer_by": forms.SplitDateTimeField,
            "from_plans": PlansField,
            "to_plans": PlansField,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Plan.objects.filter(group__audience=Audience.ORGANIZATIONS)
        plans = plans.select_related("group").order_by("group__visibility", "position", "code")
        # Where it may only be read there are no fields.
        for field in self.fields.values():
            if isinstance(field, PlansField):
                field.queryset = plans
        if self.instance.pk is not None:
            self.initial["conversions"] = conversions_text(self.instance)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            try:
                entered_details(values).cleaned(now=timezone.now())
            except Invalid as refusal:
                self.add_error(None, refusal.detail)
        return values


def entered_details(values: dict[str, Any]) -> CampaignDetails:
    """The campaign that was entered."""
    return CampaignDetails(
        **{
            **values,
            "from_plans": list(values["from_plans"]),
            "to_plans": list(values["to_plans"]),
        }
    )
