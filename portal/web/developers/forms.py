"""What developers fill in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import DeliveryStatus, Scope, WebhookFormat
from accounts.webhooks.endpoints import LONGEST_DESCRIPTION

from .scopes import USUAL

_NEVER: Final = "never"
_DAYS: Final = (
    ("30", _("in 30 days")),
    ("90", _("in 90 days")),
    ("365", _("in a year")),
    (_NEVER, _("never")),
)
_OVERLAPS: Final = (
    ("0", _("ends at once")),
    ("1", _("works for an hour more")),
    ("24", _("works for a day more")),
    ("168", _("works for a week more")),
)
_SINCE: Final = (
    ("1", _("of the last hour")),
    ("24", _("of the last 24 hours")),
    ("168", _("of the last 7 days")),
)
_LONGEST_NAME: Final = 80
_LONGEST_URL: Final = 2048


class KeyForm(forms.Form):
    """A new key: what it is for, what it may do, and until when."""

    name = forms.CharField(
        label=_("Name"),
        max_length=_LONGEST_NAME,
        help_text=_("What will use it, such as “worker in production”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    expires = forms.ChoiceField(label=_("Expires"), choices=_DAYS, initial=_NEVER)
    scopes = forms.MultipleChoiceField(label=_("It may"), initial=[scope.value for scope in USUAL])

    def __init__(self, *args: Any, scopes: Sequence[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope.value, str(scope.label)) for scope in scopes]
        field.widget = forms.CheckboxSelectMultiple(choices=field.choices)

    def clean_expires(self) -> timedelta | None:
        """How long the key is good; None for ever."""
        days: str = self.cleaned_data["expires"]
        return None if days == _NEVER else timedelta(days=int(days))


class OverlapForm(forms.Form):
    """How long what is replaced goes on working."""

    overlap = forms.ChoiceField(label=_("The present secret"), choices=_OVERLAPS, initial="24")

    def clean_overlap(self) -> timedelta:
        """The length of the overlap."""
        return timedelta(hours=int(self.cleaned_data["overlap"]))


class EndpointForm(forms.Form):
    """An address to be told, of what, and how."""

    url = forms.URLField(
        label=_("Address"),
        max_length=_LONGEST_URL,
        assume_scheme="https",
        widget=forms.URLInput({"placeholder": "https://app.example/webhooks"}),
    )
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False
    )
    format = forms.ChoiceField(
        label=_("Format"), choices=WebhookFormat.choices, initial=WebhookFormat.STANDARD
    )
    event_types = forms.MultipleChoiceField(label=_("Events"), required=False)

    def __init__(self, *args: Any, event_types: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["event_types"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, name) for name in event_types]


class SinceForm(forms.Form):
    """How far back to look for what was not delivered."""

    since = forms.ChoiceField(label=_("Everything undelivered"), choices=_SINCE, initial="24")

    def clean_since(self) -> timedelta:
        """How far back."""
        return timedelta(hours=int(self.cleaned_data["since"]))


class DeliveriesQuery(forms.Form):
    """Which deliveries the address asks for; anything unreadable counts as not asked."""

    status = forms.ChoiceField(choices=DeliveryStatus.choices, required=False)
    before = forms.CharField(max_length=40, required=False)
