"""The forms in which staff price the overage of one feature, in each currency of the plan."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.constraints import LARGEST_UNIT_PRICE
from config.kernel.money import Money
from config.kernel.number_fields import NumberField, minor_units
from config.kernel.quantities import LARGEST, PLACES, ZERO

from ..catalog.pricing_review import PRICE_PLACES, list_pricing_objections
from ..choices import PricingModel
from ..models.plan_terms import LARGEST_PRICE_MINOR
from ..rating.pricing import Model, OveragePricing, Tier

BLANK_TIERS: Final = 4


def _quantity_field(label: Any, help_text: Any = "") -> NumberField:
    """A quantity that may be left empty."""
    return NumberField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=LARGEST,
        decimal_places=PLACES,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 14}),
    )


def _price_field(label: Any, help_text: Any = "") -> NumberField:
    """A price in major units that may be left empty."""
    return NumberField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=LARGEST_UNIT_PRICE,
        decimal_places=PRICE_PLACES,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 14}),
    )


class TierForm(forms.Form):
    """One tier; a row without anything in it is none."""

    up_to = _quantity_field(gettext_lazy("Up to"))
    unit_price = _price_field(gettext_lazy("Price of one"))
    flat_price = _price_field(gettext_lazy("Flat price"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    @property
    def tier(self) -> Tier | None:
        """The tier that was entered; None for an empty row."""
        end, unit, flat = (self.cleaned_data.get(name) for name in self.fields)
        if end is None and unit is None and flat is None:
            return None
        return Tier(end, unit or ZERO, flat or ZERO)


TierFormSet = forms.formset_factory(TierForm, extra=BLANK_TIERS)


class PricingForm(forms.Form):
    """The price of overage in one currency; without a model, overage is not sold in it."""

    model = forms.ChoiceField(
        label=gettext_lazy("Model"),
        required=False,
        choices=[("", gettext_lazy("Overage is not sold")), *PricingModel.choices],
    )
    unit_price = _price_field(
        gettext_lazy("Price"),
        gettext_lazy("Of one unit, or of one package. A percentage is a share: 0.015 is 1.5 %."),
    )
    package_size = _quantity_field(
        gettext_lazy("Units in a package"), gettext_lazy("A package begun is charged whole.")
    )
    free_quantity = _quantity_field(gettext_lazy("Free units before the first package"))
    minimum = _price_field(
        gettext_lazy("Minimum a month"), gettext_lazy("Due even without any overage.")
    )
    maximum = _price_field(gettext_lazy("Maximum a month"))

    def __init__(self, data: Any, *, currency: str, pricing: OveragePricing | None) -> None:
        super().__init__(data, prefix=currency, initial=_entries(pricing))
        self.currency = currency
        self.tiers = TierFormSet(
            data,
            prefix=f"{currency}-tiers",
            initial=[_tier_entries(tier) for tier in pricing.tiers] if pricing else [],
        )

    def is_valid(self) -> bool:
        return super().is_valid() and self.tiers.is_valid()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        minimum, maximum = self._money(values, "minimum"), self._money(values, "maximum")
        if self.errors or not self.tiers.is_valid():
            return values
        tiers = tuple(form.tier for form in self.tiers.forms if form.tier is not None)
        if not values["model"]:
            if tiers or any(value is not None for name, value in values.items() if name != "model"):
                self.add_error("model", _("Choose a model, or leave everything else empty."))
            values["pricing"] = None
            return values
        values["pricing"] = OveragePricing(
            currency=self.currency,
            model=Model(values["model"]),
            unit_price=values["unit_price"],
            package_size=values["package_size"],
            free_quantity=values["free_quantity"] or ZERO,
            tiers=tiers,
            minimum=minimum,
            maximum=maximum,
        )
        for objection in list_pricing_objections(values["pricing"]):
            self.add_error(None, objection)
        return values

    def _money(self, values: Mapping[str, Any], name: str) -> Money | None:
        amount: Decimal | None = values.get(name)
        if amount is None:
            return None
        minor = minor_units(amount, currency=self.currency)
        if minor is None or minor >= LARGEST_PRICE_MINOR:
            self.add_error(name, _("There is no such amount of this currency."))
            return None
        return Money(minor, self.currency)


class OverageForm(forms.Form):
    """The price of a feature's overage, a part of the form for each currency."""

    def __init__(
        self,
        data: Any = None,
        *,
        currencies: Sequence[str],
        overage: Mapping[str, OveragePricing],
    ) -> None:
        super().__init__(data)
        self.prices = [
            PricingForm(data, currency=currency, pricing=overage.get(currency))
            for currency in currencies
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        # Every part is asked, so that each says what is wrong with it.
        if not all([price.is_valid() for price in self.prices]):
            raise forms.ValidationError(_("Please correct what is marked below."))
        values["overage"] = {
            price.currency: price.cleaned_data["pricing"]
            for price in self.prices
            if price.cleaned_data["pricing"] is not None
        }
        return values


def _entries(pricing: OveragePricing | None) -> dict[str, Any]:
    if pricing is None:
        return {}
    return {
        "model": pricing.model.value,
        "unit_price": pricing.unit_price,
        "package_size": pricing.package_size,
        "free_quantity": pricing.free_quantity or None,
        "minimum": pricing.minimum.amount if pricing.minimum is not None else None,
        "maximum": pricing.maximum.amount if pricing.maximum is not None else None,
    }


def _tier_entries(tier: Tier) -> dict[str, Any]:
    return {
        "up_to": tier.up_to,
        "unit_price": tier.unit_price,
        "flat_price": tier.flat_price or None,
    }
