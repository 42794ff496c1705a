"""The forms in which staff write the terms of a draft."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.constraints import CURRENCY_PATTERN
from config.kernel.money import Money
from config.kernel.number_fields import NumberField, minor_units
from config.kernel.quantities import ZERO
from metering.credits.rollover import Basis, RolloverPolicy

from ..catalog.operations import DraftFeature, DraftTerms
from ..catalog.terms import PriceOffer, overage_of
from ..choices import RolloverBasis
from ..models import Feature, PlanFeature, PlanVersion, Price
from ..models.plan import LONGEST_TRIAL_DAYS
from ..models.plan_terms import LARGEST_PRICE_MINOR
from ..rating.pricing import OveragePricing
from .fields import ValueField

_CURRENCY: Final = re.compile(CURRENCY_PATTERN)


VERSION_FIELDS: Final = ["included_seats", "trial_days", "trial_needs_card", "overage_collection"]


class VersionForm(forms.ModelForm[PlanVersion]):
    class Meta:
        model = PlanVersion
        fields = VERSION_FIELDS

    def clean_trial_days(self) -> int:
        days: int = self.cleaned_data["trial_days"]
        if days > LONGEST_TRIAL_DAYS:
            most = {"most": LONGEST_TRIAL_DAYS}
            raise forms.ValidationError(_("A trial has at most %(most)s days.") % most)
        return days


class PriceForm(forms.ModelForm[Price]):
    """A base price, entered in major units as people write it."""

    amount = NumberField(
        label=gettext_lazy("Amount"), min_value=0, help_text=gettext_lazy("99 or 99.50")
    )

    class Meta:
        model = Price
        fields = ["kind", "currency", "interval"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["amount"] = amount_of(self.instance)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        amount, currency = values.get("amount"), values.get("currency")
        if amount is None or currency is None:
            return values
        if not _CURRENCY.fullmatch(currency):
            self.add_error("currency", _("A currency is three capital letters, such as USD."))
            return values
        minor = minor_units(amount, currency=currency)
        if minor is None or minor >= LARGEST_PRICE_MINOR:
            self.add_error("amount", _("There is no such amount of this currency."))
            return values
        values["unit_amount_minor"] = minor
        return values


class PlanFeatureForm(forms.ModelForm[PlanFeature]):
    """A feature's terms. Its overage is priced on a page of its own, and kept here."""

    value = ValueField(
        label=gettext_lazy("Value"),
        required=False,
        help_text=gettext_lazy("Of a flag, in JSON: true, 5, or a text in straight double quotes."),
    )

    class Meta:
        model = PlanFeature
        fields = [
            "feature",
            "value",
            "allowance",
            "limit",
            "rollover_basis",
            "rollover_percent",
            "rollover_cap_percent",
            "rollover_term_periods",
            "rollover_rerolls",
            "when_past_due",
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("allowance", "limit"):
            if (values.get(name) or ZERO) < ZERO:
                self.add_error(name, _("Not below zero."))
        percent = values.get("rollover_percent")
        if percent is not None:
            self._check_rollover(values, percent)
        values["overage"] = self._kept_overage(values.get("feature"))
        return values

    def _kept_overage(self, feature: Feature | None) -> Mapping[str, OveragePricing]:
        """What the stored row charges, unless the row is about another feature from now on."""
        if self.instance.pk is None or feature is None or feature.pk != self.instance.feature_id:
            return {}
        return overage_of(self.instance)

    def _check_rollover(self, values: dict[str, Any], percent: int) -> None:
        rolls_over = values.get("rollover_basis") != RolloverBasis.NONE
        if rolls_over and not 1 <= percent <= 100:
            self.add_error("rollover_percent", _("Between 1 and 100 percent roll over."))
        if not rolls_over and percent != 0:
            self.add_error("rollover_percent", _("Without a rollover this is 0."))
        if rolls_over and values.get("allowance") is None:
            self.add_error("rollover_basis", _("Unlimited usage leaves nothing to roll over."))
        if values.get("rollover_term_periods") == 0:
            self.add_error("rollover_term_periods", _("At least one month, or empty."))


def amount_of(price: Price) -> Decimal:
    """The amount of a price in major units."""
    return Money(price.unit_amount_minor, price.currency).amount


def entered_terms(
    version: Mapping[str, Any],
    prices: Iterable[dict[str, Any]],
    features: Iterable[dict[str, Any]],
) -> DraftTerms:
    """The terms that were written, as the operation takes them."""
    return DraftTerms(
        **{name: version[name] for name in VERSION_FIELDS},
        prices=tuple(
            PriceOffer(
                values["kind"], values["currency"], values["interval"], values["unit_amount_minor"]
            )
            for values in prices
        ),
        features=tuple(
            DraftFeature(
                feature=values["feature"],
                value=values["value"],
                allowance=values["allowance"],
                limit=values["limit"],
                rollover=_rollover(values),
                overage=values["overage"],
                when_past_due=values["when_past_due"],
            )
            for values in features
        ),
    )


def _rollover(values: dict[str, Any]) -> RolloverPolicy | None:
    if values["rollover_basis"] == RolloverBasis.NONE:
        return None
    return RolloverPolicy(
        basis=Basis(values["rollover_basis"]),
        percent=values["rollover_percent"],
        cap_percent=values["rollover_cap_percent"],
        term_periods=values["rollover_term_periods"],
        rerolls=values["rollover_rerolls"],
    )
