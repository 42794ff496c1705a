"""What people fill in. A form reads what was typed; what it means is the domain's to judge."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access.permissions import can_hand_out
from accounts.choices import Role
from accounts.models import User
from accounts.names import clean_name
from accounts.organizations.localities import time_zones
from billing.choices import BillingInterval, CapAction, ThresholdUnit
from billing.top_ups.automatic import MOST_PACKS
from config.kernel.errors import Invalid
from config.kernel.money import Money
from config.kernel.number_fields import NumberField, WholeNumberField, minor_units
from config.kernel.quantities import PLACES

ORGANIZATION_NAME_IN_SESSION: Final = "organization_name"
_NAME_LENGTH: Final = 120


def time_zone_choices() -> list[tuple[str, str]]:
    """All time zones, UTC first."""
    names = sorted(
        name for name in time_zones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class NameField(forms.CharField):
    """The name of a person or an organization, read into the form in which it is stored."""

    def clean(self, value: Any) -> str:
        """Raise `ValidationError` for a name that nobody may have."""
        try:
            return clean_name(
                super().clean(value),
                what=str(self.label),
                longest=_NAME_LENGTH,
                may_be_empty=not self.required,
            )
        except Invalid as refusal:
            raise ValidationError(refusal.detail) from refusal


class SignupForm(forms.Form):
    """What the sign-up page asks for besides email address and password."""

    name = NameField(
        label=_("Your name"),
        max_length=_NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    organization_name = NameField(
        label=_("Organization"),
        max_length=_NAME_LENGTH,
        required=False,
        help_text=_("The company that you sign up for. Leave it empty if you were invited to one."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    field_order = ["name", "organization_name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; the organization is made once the address is verified."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        request.session[ORGANIZATION_NAME_IN_SESSION] = self.cleaned_data["organization_name"]


class PlanForm(forms.Form):
    """A plan to agree on, and how it is billed."""

    plan = forms.ChoiceField(label=_("Plan"))
    interval = forms.ChoiceField(label=_("Billed"))
    seats = WholeNumberField(
        label=_("Seats"),
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text=_("Where each seat is paid for. Left empty: one for each member."),
    )

    def __init__(
        self,
        *args: Any,
        plans: Sequence[tuple[str, str]],
        intervals: Sequence[str],
        sells_seats: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("plan", list(plans))
        self._offer("interval", [(code, str(BillingInterval(code).label)) for code in intervals])
        if not sells_seats:
            del self.fields["seats"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let one of these be chosen. Where there is no choice, nobody is asked."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            self.initial[name] = choices[0][0]
            field.widget = forms.HiddenInput()


class StartForm(PlanForm):
    """A new organization and the plan that it starts on."""

    name = forms.CharField(
        label=_("Organization name"),
        max_length=_NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("Prices and balances depend on it, so it stays for good.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        widget=forms.Select({"data-browser-time-zone": ""}),
        help_text=_("Days on charts and in tables are counted in it. You can change it later."),
    )

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("currency", [(code, code) for code in currencies])


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput({"autocomplete": "off", "placeholder": "name@company.com"}),
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, held: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = role_choices(held=held)
        self.initial.setdefault("role", Role.MEMBER)


def role_choices(*, held: str) -> list[tuple[str, str]]:
    """The roles that a person who holds one may hand out."""
    return [(role.value, str(role.label)) for role in Role if can_hand_out(role, held=held)]


class CreditsQuery(forms.Form):
    """Which feature's credits the address asks for; anything unreadable counts as not asked."""

    feature = forms.CharField(max_length=63, required=False)


class PackOrderForm(forms.Form):
    """Which pack to order, and how many; `reviewed` says which offer the buyer was shown."""

    pack = forms.CharField(max_length=63)
    packs = WholeNumberField(label=_("Packs"), min_value=1, max_value=MOST_PACKS)
    reviewed = forms.CharField(max_length=64, required=False)


class AutomaticTopUpForm(forms.Form):
    """When to order packs without being asked, how many, and for how much at most."""

    pack = forms.ChoiceField(label=_("Pack"))
    threshold = NumberField(max_digits=18, decimal_places=PLACES)
    target = NumberField(max_digits=18, decimal_places=PLACES)
    limit = NumberField(max_digits=13)

    def __init__(
        self,
        *args: Any,
        packs: Sequence[tuple[str, str]],
        unit_plural: str,
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        pack = self.fields["pack"]
        assert isinstance(pack, forms.ChoiceField)
        pack.choices = list(packs)
        named = {"units": unit_plural, "currency": currency}
        self.fields["threshold"].label = _("When fewer %(units)s are left than") % named
        self.fields["target"].label = _("Fill up to at least") % named
        self.fields["limit"].label = _("For at most, in a period (%(currency)s)") % named

    def clean_limit(self) -> Money:
        """The limit as money."""
        return Money(_minor(self.cleaned_data["limit"], self.currency), self.currency)


class LimitsQuery(forms.Form):
    """Which page of the history the address asks for; anything unreadable counts as the first."""

    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class ThresholdForm(forms.Form):
    """A level of usage or of overage charges at which to be told."""

    what = forms.ChoiceField(label=_("Of"))
    level = NumberField(
        label=_("Level"), min_value=Decimal(0), max_digits=18, decimal_places=PLACES
    )

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, str]], currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Add the `threshold`: its unit, its feature, and its value, money in minor units."""
        entered = self.cleaned_data
        if "what" in entered and "level" in entered:
            unit, feature = entered["what"].split(":")
            value = entered["level"]
            if unit == ThresholdUnit.MONEY:
                value = Decimal(_minor(value, self.currency))
            entered["threshold"] = {"unit": unit, "feature": feature or None, "value": value}
        return entered


class SpendCapForm(forms.Form):
    """
    The most to spend on overage in a period, and what happens there. `confirmed` is an amount, in
    minor units, of which one was warned.
    """

    amount = NumberField(min_value=Decimal(0), max_digits=13)
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)
    action = forms.ChoiceField(
        label=_("When it is reached"), choices=CapAction.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        named = {"currency": currency}
        self.fields["amount"].label = _("Most overage in a period (%(currency)s)") % named

    def clean_amount(self) -> int:
        """The amount in minor units."""
        return _minor(self.cleaned_data["amount"], self.currency)

    @property
    def is_confirmed(self) -> bool:
        """Whether one was warned of this very amount."""
        return bool(self.cleaned_data["confirmed"] == str(self.cleaned_data["amount"]))


def _minor(amount: Decimal, currency: str) -> int:
    minor = minor_units(amount, currency=currency)
    if minor is None:
        raise ValidationError(_("There is no such amount of this currency."))
    return minor
