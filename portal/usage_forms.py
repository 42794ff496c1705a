"""What the address of the usage page asks for; anything unreadable counts as not asked."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from metering.choices import TransferKind

# Stands for usage that names no action or no member, or came by no key of the organization's own.
WITHOUT: Final = "-"
PREVIOUS: Final = "previous"
_LONGEST_NAME: Final = 128
_A_CALENDAR: Final = (MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 1, 1)))


class _DayField(forms.DateField):
    """A day, if one is chosen."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            validators=_A_CALENDAR,
        )


class LedgerQuery(forms.Form):
    """Where a page of the ledger begins."""

    before = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput()
    )


class UsageQuery(LedgerQuery):
    """Which meter, which period, which breakdown in which order, and which part of the ledger."""

    meter = forms.CharField(max_length=63, required=False, widget=forms.HiddenInput())
    period = forms.RegexField(
        rf"^({PREVIOUS}|\d{{8}}T\d{{6}}Z)$", required=False, widget=forms.HiddenInput()
    )
    by = forms.ChoiceField(
        choices=[("member", ""), ("api_key", "")], required=False, widget=forms.HiddenInput()
    )
    sort = forms.RegexField(
        "^-?(name|quantity|credits|events)$", required=False, widget=forms.HiddenInput()
    )
    kind = forms.ChoiceField(
        label=_("Movement"), choices=[("", _("All")), *TransferKind.choices], required=False
    )
    action = forms.CharField(
        label=_("Action"), max_length=63, required=False, widget=forms.Select()
    )
    member = forms.CharField(
        label=_("Member"),
        max_length=_LONGEST_NAME,
        required=False,
        strip=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    key = forms.CharField(label=_("API key"), max_length=63, required=False, widget=forms.Select())
    since = _DayField(_("From"))
    until = _DayField(_("To"))

    def asked(self) -> dict[str, Any]:
        """What could be read; "" and None stand for what is not asked."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}

    def offer(self, *, actions: Sequence[tuple[str, str]], keys: Sequence[tuple[str, str]]) -> None:
        """Let these be chosen, and whatever else the address asks for already."""
        self._offer("action", [*actions, (WITHOUT, _("Reported directly"))])
        self._offer("key", [*keys, (WITHOUT, _("By no key of yours"))])

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        asked = self.asked()[name]
        known = [("", _("All")), *choices]
        if asked is not None and asked not in dict(known):
            known.append((asked, asked))
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)
        widget.choices = known
