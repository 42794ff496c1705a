"""What staff ask of the design of credit prices, and the changes that they make by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import LARGEST_UNIT_PRICE
from config.kernel.number_fields import NumberField, WholeNumberField
from config.kernel.quantities import LARGEST, PLACES
from metering.models import Action, LanguageModel, Meter
from metering.price_book.costs import MOST_TOKENS, MillionPrice, TokensUsed

from ..models.price_design import LONGEST_NOTICE_DAYS
from ..price_design.aims import usual_aim
from ..price_design.queries import Part
from ..price_design.scheduling import RateOrder
from ..rating.credit_price import Aim

_PRICE_PLACES: Final = 12
_BLANK_PARTS: Final = 2


class Basis:
    """Which cost is reckoned with."""

    OBSERVED = "observed"
    CARD = "card"


def _price_field(label: Any, **others: Any) -> NumberField:
    """A price or a cost in major units."""
    return NumberField(
        label=label,
        min_value=0,
        max_value=LARGEST_UNIT_PRICE - 1,
        decimal_places=_PRICE_PLACES,
        **others,
    )


def meters_with_actions() -> list[Meter]:
    """The meters that have an action, in the order of their codes."""
    with_actions = Meter.objects.filter(pk__in=Action.objects.values("meter"))
    return list(with_actions.order_by("code"))


class AimForm(forms.Form):
    """For what margin, with what buffer and at what price of a credit; all of it may be empty."""

    meter = forms.ModelChoiceField(
        label=_("Credits"), queryset=Meter.objects.none(), to_field_name="code", required=False
    )
    price = _price_field(_("Price of a credit"), required=False)
    target = NumberField(
        label=_("Target margin, %"), min_value=0, max_value=Decimal("99.99"), required=False
    )
    buffer = NumberField(label=_("Buffer on costs, %"), min_value=0, max_value=900, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meters = meters_with_actions()
        field = self.fields["meter"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Meter.objects.filter(pk__in=[meter.pk for meter in self.meters])
        field.empty_label = None
        if len(self.meters) < 2:
            field.widget = forms.HiddenInput()

    @property
    def picked(self) -> dict[str, Any]:
        """What was asked for, if all of it can be."""
        return self.cleaned_data if self.is_valid() else {}

    @property
    def picked_meter(self) -> Meter | None:
        """Whose actions are looked at; None where there are none."""
        return self.picked.get("meter") or next(iter(self.meters), None)

    @property
    def aim(self) -> Aim:
        """The aim, as usual where nothing else was asked for."""
        usual, picked = usual_aim(), self.picked
        target, buffer = picked.get("target"), picked.get("buffer")
        return Aim(
            target=usual.target if target is None else target / 100,
            buffer=usual.buffer if buffer is None else buffer / 100,
        )

    @property
    def is_pessimistic(self) -> bool:
        """Whether real uses are reckoned with, where there are any."""
        return bool(self.picked.get("basis") != Basis.CARD)


class DesignForm(AimForm):
    """The same, and which costs to reckon with."""

    basis = forms.ChoiceField(
        label=_("Costs"),
        required=False,
        choices=[
            (Basis.OBSERVED, _("As 95 % of uses stayed below")),
            (Basis.CARD, _("As the rate card says")),
        ],
    )


class CostForm(forms.Form):
    """What a credit costs, to be priced."""

    cost = _price_field(_("Cost of a credit"), required=False)


class WhatIfForm(AimForm):
    """A new price of a model, to be tried."""

    model = forms.ModelChoiceField(
        label=_("Model"), queryset=LanguageModel.objects.order_by("code"), to_field_name="code"
    )
    input = _price_field(_("Input, per million tokens"))
    output = _price_field(_("Output, per million tokens"))
    cached = _price_field(_("Cached input, per million tokens"))

    field_order = ["model", "input", "output", "cached"]

    @property
    def tried(self) -> MillionPrice:
        """The price that is tried."""
        return MillionPrice(*(self.cleaned_data[name] for name in ("input", "output", "cached")))


class RateForm(forms.Form):
    """From when on an action takes how much, and how long before customers know."""

    credits = NumberField(
        label=_("Credits"), min_value=0, max_value=LARGEST - 1, decimal_places=PLACES
    )
    effective_at = forms.DateTimeField(
        label=_("From, in UTC"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    notice_days = WholeNumberField(
        label=_("Days of notice"),
        min_value=0,
        max_value=LONGEST_NOTICE_DAYS,
        help_text=_("So many days before, customers whose plan has the action are told of it."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For staff; customers do not read it.")
    )
    customer_value = _price_field(
        _("Value to a customer"), required=False, help_text=_("In the reporting currency.")
    )
    value_note = forms.CharField(label=_("Value in words"), max_length=120, required=False)


class PartForm(forms.Form):
    """A part of what one action costs: so much, or the tokens of a call to a model."""

    name = forms.CharField(label=_("Part"), max_length=80)
    unit_cost = _price_field(_("Cost of one"), required=False)
    model = forms.ModelChoiceField(
        label=_("Model"), queryset=LanguageModel.objects.order_by("code"), required=False
    )
    input = WholeNumberField(
        label=_("Input tokens"), min_value=0, max_value=MOST_TOKENS, required=False
    )
    output = WholeNumberField(
        label=_("Output tokens"), min_value=0, max_value=MOST_TOKENS, required=False
    )
    cached = WholeNumberField(
        label=_("Cached tokens"), min_value=0, max_value=MOST_TOKENS, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        tokens = [values.get(name) for name in ("input", "output", "cached")]
        if values.get("model") is None:
            if values.get("unit_cost") is None:
                self.add_error("unit_cost", _("Say what it costs, or which model it asks."))
            if any(count is not None for count in tokens):
                self.add_error("model", _("Whose tokens are they?"))
        elif values.get("unit_cost") is not None:
            self.add_error("unit_cost", _("The price book says what its tokens cost."))
        return values


class _BasePartFormSet(forms.BaseFormSet[PartForm]):
    def add_fields(self, form: PartForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].widget.attrs["aria-label"] = _("Leave out")

    def clean(self) -> None:
        """Each part has a name of its own."""
        named = [form for form in self.written if "name" in getattr(form, "cleaned_data", {})]
        names = [form.cleaned_data["name"] for form in named]
        if len(set(names)) < len(names):
            raise forms.ValidationError(_("Two parts have the same name."))

    @property
    def written(self) -> list[PartForm]:
        """The rows with something in them that stay."""
        return [
            form
            for form in self.forms
            if (form.has_changed() or form.initial)
            and not getattr(form, "cleaned_data", {}).get("DELETE")
        ]

    def calls(self) -> Iterator[tuple[str, TokensUsed]]:
        """The parts that are calls to a model."""
        for values in self._values():
            if values["model"] is not None:
                counts = (values[name] or 0 for name in ("input", "output", "cached"))
                yield values["name"], TokensUsed(values["model"].code, *counts)

    def costs(self) -> Iterator[tuple[str, Decimal]]:
        """All other parts."""
        for values in self._values():
            if values["model"] is None:
                yield values["name"], values["unit_cost"]

    def _values(self) -> Iterator[dict[str, Any]]:
        return (form.cleaned_data for form in self.written if form.cleaned_data.get("name"))


PartFormSet = forms.formset_factory(
    PartForm,
    formset=_BasePartFormSet,
    extra=_BLANK_PARTS,
    max_num=20,
    validate_max=True,
    can_delete=True,
)


@dataclass(frozen=True)
class RatePage:
    """The form of a rate and that of its parts, as one."""

    rate: RateForm
    parts: Any

    @classmethod
    def blank(cls, *, credits: Decimal, at: datetime, days: int, **others: Any) -> "RatePage":
        """The page as it opens; `parts` are those of the rate in force."""
        parts: tuple[Part, ...] = others.pop("parts")
        rate = RateForm(
            initial={"credits": credits, "effective_at": at, "notice_days": days, **others}
        )
        return cls(rate, PartFormSet(initial=[_initial(part) for part in parts], prefix="part"))

    @classmethod
    def sent(cls, data: Any, *, parts: tuple[Part, ...]) -> "RatePage":
        """The page as it was sent."""
        formset = PartFormSet(data, initial=[_initial(part) for part in parts], prefix="part")
        return cls(RateForm(data), formset)

    def is_valid(self) -> bool:
        """Whether both can be read."""
        return bool(self.rate.is_valid() & self.parts.is_valid())

    def order(self) -> RateOrder:
        """What is asked for."""
        values = self.rate.cleaned_data
        return RateOrder(
            effective_at=values["effective_at"],
            credits=values["credits"],
            notice_days=values["notice_days"],
            reason=values["reason"],
            cost_components=dict(self.parts.costs()),
            model_calls=dict(self.parts.calls()),
            customer_value=values["customer_value"],
            value_note=values["value_note"],
        )


class DecisionForm(forms.Form):
    """What a review decided."""

    decision = forms.CharField(
        label=_("What was decided"),
        max_length=4_000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Kept with the figures above, for the next review. Also if nothing changes."),
    )


def _initial(part: Part) -> dict[str, Any]:
    if part.tokens is None:
        return {"name": part.name, "unit_cost": part.unit_cost}
    return {
        "name": part.name,
        "model": LanguageModel.objects.get(code=part.tokens.model).pk,
        "input": part.tokens.input,
        "output": part.tokens.output,
        "cached": part.tokens.cached,
    }
