"""What people fill in about who is billed."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.stripe.gateway.facts import AddressFacts, DetailsFacts
from billing.stripe.gateway.tax_id_kinds import TAX_ID_KINDS
from config.kernel.locales import current_locale

_LONGEST: Final = 200
_UNION: Final = "EU"
# What has a name of two letters, and is no country of an address.
_NO_COUNTRIES: Final = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)
_IN_THE_UNION: Final = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)


def country_choices() -> list[tuple[str, str]]:
    """The countries by their names in the language in use; the first choice is none."""
    named = sorted((name, code) for code, name in _countries().items())
    return [("", _("No country")), *((code, name) for name, code in named)]


def tax_id_choices() -> list[tuple[str, str]]:
    """The kinds of tax ids by country: `Switzerland: VAT`. The first choice is none."""
    named = sorted((tax_id_words(kind), kind) for kind in TAX_ID_KINDS)
    return [("", _("Choose a kind")), *((kind, words) for words, kind in named)]


def tax_id_words(kind: str) -> str:
    """What people call a kind of tax id; what is not known here is called as Stripe calls it."""
    country, _separator, short = kind.partition("_")
    name = _countries().get(country.upper())
    if country.upper() == _UNION:
        name = _("European Union")
    if name is None or not short:
        return kind
    return f"{name}: {short.replace('_', ' ').upper()}"


def country_words(code: str) -> str:
    """The name of a country in the language in use; an unknown one stays a code."""
    return _countries().get(code, code)


def usual_kind(country: str) -> str:
    """The kind of tax id that companies of a country mostly have; empty if that is not known."""
    if country in _IN_THE_UNION:
        return "eu_vat"
    own = [kind for kind in TAX_ID_KINDS if country and kind.startswith(f"{country.lower()}_")]
    return next((kind for kind in own if kind.endswith("_vat")), own[0] if own else "")


class DetailsForm(forms.Form):
    """The company and the address that invoices name."""

    name = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=_LONGEST,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    line1 = forms.CharField(
        label=gettext_lazy("Street and number"),
        max_length=_LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-line1"}),
    )
    line2 = forms.CharField(
        label=gettext_lazy("Building, floor or department"),
        max_length=_LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-line2"}),
    )
    postal_code = forms.CharField(
        label=gettext_lazy("Postal code"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=_LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-level2"}),
    )
    state = forms.CharField(
        label=gettext_lazy("State or region"),
        max_length=_LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-level1"}),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=country_choices,
        required=False,
        widget=forms.Select({"autocomplete": "country"}),
    )

    @classmethod
    def filled(cls, details: DetailsFacts | None, *, name: str) -> "DetailsForm":
        """The form with what invoices say now; before that is known, with this name."""
        if details is None:
            return cls(initial={"name": name})
        address = details.address
        parts = {part: getattr(address, part) for part in AddressFacts.__slots__}
        return cls(initial={"name": details.name or name, **parts})

    @property
    def address(self) -> AddressFacts:
        """The address that was entered."""
        entered: dict[str, Any] = self.cleaned_data
        return AddressFacts(**{part: entered[part] for part in AddressFacts.__slots__})


class TaxIdForm(forms.Form):
    """A tax id that invoices are to name."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=tax_id_choices)
    value = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


def _countries() -> dict[str, str]:
    territories: dict[str, str] = dict(current_locale().territories)
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
