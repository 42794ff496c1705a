"""Form fields for the values of the catalog."""

from typing import Any

from django import forms


class ValueField(forms.JSONField):
    """One JSON value on one line; empty means that there is none."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else super().prepare_value(value)
