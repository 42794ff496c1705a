"""What the addresses of the public pages ask for; anything unreadable counts as not asked."""

from decimal import Decimal
from typing import Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing.choices import BillingInterval
from config.kernel.quantities import LARGEST

THEMES: Final = ("light", "dark")
_CODE_LENGTH: Final = 63


class PricingQuery(forms.Form):
    """How a pricing page is looked at."""

    interval = forms.ChoiceField(choices=BillingInterval.choices, required=False)
    currency = forms.CharField(max_length=3, required=False)
    credits = forms.DecimalField(
        label=_("Credits a month"),
        min_value=Decimal(0),
        max_value=LARGEST - 1,
        decimal_places=0,
        required=False,
    )


class FrameQuery(PricingQuery):
    """How a pricing table in a frame is looked at: the site around it has a look of its own."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(choices=[(theme, theme) for theme in THEMES], required=False)


class SignUpWish(forms.Form):
    """What brought a visitor to the sign-up page."""

    plan_interest = forms.CharField(max_length=_CODE_LENGTH, required=False)
    interval = forms.ChoiceField(choices=BillingInterval.choices, required=False)
    pricing_table_key = forms.CharField(max_length=_CODE_LENGTH, required=False)
    is_create_org = forms.ChoiceField(choices=[("true", "true"), ("1", "1")], required=False)
