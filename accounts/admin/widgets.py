"""Widgets of Django's admin, where those leave something to be desired."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class SearchSelect(AutocompleteSelect):
    """A choice among many rows, found by typing. What cannot be a key chooses nothing."""

    @property
    def media(self) -> forms.Media:
        """With the script that tells screen readers what the field is called."""
        return super().media + forms.Media(js=["js/admin_search_select.js"])

    def optgroups(self, name: str, value: Iterable[str], attr: Any = None) -> list[Any]:
        return super().optgroups(name, [key for key in value if self._can_be_a_key(key)], attr)

    def _can_be_a_key(self, value: str) -> bool:
        try:
            self.field.target_field.to_python(value or None)
        except ValidationError:
            return False
        return True


class MomentInput(AdminSplitDateTime):
    """A day and a time of day, each said to screen readers."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        day, time = context["widget"]["subwidgets"]
        day["attrs"]["aria-label"] = _("Date")
        time["attrs"]["aria-label"] = _("Time")
        return context
