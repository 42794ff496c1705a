"""What people fill in on the pages of settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.contacts.operations import ContactDetails
from accounts.models import BillingContact
from accounts.people.language import offered_languages

from .forms import time_zone_choices

_NAME_LENGTH = 120


def language_choices(otherwise: str) -> list[tuple[str, str]]:
    """The languages in their own words, below what holds where none is chosen."""
    names = dict(settings.LANGUAGES)
    return [("", otherwise), *((code, str(names[code])) for code in offered_languages())]


class LanguageField(forms.ChoiceField):
    """A language, or none: `otherwise` says what holds then."""

    def __init__(self, *, otherwise: Any, **kwargs: Any) -> None:
        super().__init__(required=False, choices=lambda: language_choices(str(otherwise)), **kwargs)


class OrganizationForm(forms.Form):
    """What an organization says about itself."""

    name = forms.CharField(label=_("Name"), max_length=_NAME_LENGTH)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        help_text=_("Days on charts and in tables are counted in it."),
    )
    language = LanguageField(
        label=_("Language"),
        otherwise=_("What each browser asks for"),
        help_text=_("Of mails and pages for everybody who has chosen none themselves."),
    )


class PersonForm(forms.Form):
    """How a person is called, and spoken to."""

    name = forms.CharField(
        label=_("Name"),
        max_length=_NAME_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    language = LanguageField(
        label=_("Language"),
        otherwise=_("The organization's"),
        help_text=_("Of your pages and of the mails to you."),
    )


class BillingEmailForm(forms.Form):
    """Where an organization's invoices go."""

    billing_email = forms.EmailField(
        label=_("Billing email"),
        required=False,
        help_text=_("Invoices name it, and mails about payments go there."),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )


class ContactChangeForm(forms.Form):
    """What a billing contact is mailed about, and how."""

    name = forms.CharField(
        label=_("Name"),
        max_length=_NAME_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    language = LanguageField(label=_("Language"), otherwise=_("The organization's"))
    gets_payments = forms.BooleanField(
        label=_("Invoices and payments"),
        required=False,
        initial=True,
        help_text=_("Receipts, failed payments, and changes of the plan."),
    )
    gets_usage = forms.BooleanField(
        label=_("Usage"),
        required=False,
        help_text=_("Alerts, limits and expiring credits."),
    )

    @property
    def details(self) -> ContactDetails:
        """What was filled in."""
        filled = {name: self.cleaned_data[name] for name in _DETAILS}
        return ContactDetails(**filled)


class ContactForm(ContactChangeForm):
    """A new billing contact."""

    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput({"autocomplete": "off", "placeholder": "ap@company.com"}),
    )
    field_order = ["email", "name", "language", "gets_payments", "gets_usage"]


_DETAILS = ("name", "language", "gets_payments", "gets_usage")


def contact_initial(contact: BillingContact) -> dict[str, Any]:
    """A contact as its form shows it."""
    return {name: getattr(contact, name) for name in _DETAILS}
