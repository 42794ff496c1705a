"""What people fill in about their plan, their invoices and how they pay."""

from datetime import UTC, datetime, tzinfo
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.choices import BillingInterval, CancelFeedback
from billing.stripe.journeys.proposals import Wish
from config.kernel.money import Money
from config.kernel.number_fields import WholeNumberField
from config.kernel.periods import Period

_LARGEST: Final = 2**63 - 1
_LAST_SECOND: Final = 2**33
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2999


class IntervalQuery(forms.Form):
    """For which interval prices are shown; anything unreadable counts as not asked."""

    interval = forms.ChoiceField(choices=BillingInterval.choices, required=False)


class WishForm(forms.Form):
    """What of a plan is to be different; what is left out stays."""

    plan = forms.CharField(max_length=63, required=False)
    interval = forms.ChoiceField(choices=BillingInterval.choices, required=False)
    seats = WholeNumberField(min_value=1, max_value=_LARGEST, required=False)

    @property
    def query(self) -> str:
        """What was asked for, as the query of an address."""
        entered = self.cleaned_data
        return urlencode({name: value for name, value in entered.items() if value})

    @property
    def wish(self) -> Wish:
        """What was asked for."""
        entered = self.cleaned_data
        return Wish(
            plan_code=entered["plan"] or None,
            interval=entered["interval"] or None,
            seats=entered["seats"],
        )


class ConsentForm(forms.Form):
    """Whoever leaves a plan that is not sold any more knows that there is no way back."""

    leaves_legacy_plan = forms.BooleanField(
        label=_("I know that I cannot choose this plan again."),
        required=False,
        widget=forms.CheckboxInput({"required": True}),
    )


class ChangeForm(ConsentForm, WishForm):
    """A change as it was shown: what it came to, and at which instant."""

    at = forms.IntegerField(min_value=0, max_value=_LAST_SECOND)
    due = forms.IntegerField(min_value=0, max_value=_LARGEST)

    @property
    def proration_at(self) -> datetime:
        """The instant at which it was shown."""
        return datetime.fromtimestamp(self.cleaned_data["at"], tz=UTC)

    def expected(self, currency: str) -> Money:
        """The amount that was shown."""
        return Money(self.cleaned_data["due"], currency)


# The reasons that most people have come first.
_REASONS: Final = (
    CancelFeedback.TOO_EXPENSIVE,
    CancelFeedback.UNUSED,
    CancelFeedback.MISSING_FEATURES,
    CancelFeedback.LOW_QUALITY,
    CancelFeedback.TOO_COMPLEX,
    CancelFeedback.SWITCHED_SERVICE,
    CancelFeedback.CUSTOMER_SERVICE,
    CancelFeedback.OTHER,
)


class CancelForm(ConsentForm):
    """Why somebody leaves; nobody has to say."""

    feedback = forms.ChoiceField(
        label=_("What is the main reason?"),
        choices=[(reason.value, reason.label) for reason in _REASONS],
        required=False,
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("What could we have done better?"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_feedback(self) -> CancelFeedback | None:
        """The reason, if one was given."""
        entered = self.cleaned_data["feedback"]
        return CancelFeedback(entered) if entered else None


class InvoicesQuery(forms.Form):
    """
    Of which year invoices are listed, and after which of them a page begins; anything unreadable
    counts as every year, and as the first page.
    """

    year = forms.IntegerField(min_value=_FIRST_YEAR, max_value=_LAST_YEAR, required=False)
    after = forms.RegexField("^inv_[0-9a-z]{1,36}$", max_length=40, required=False)

    def issued(self, zone: tzinfo) -> Period | None:
        """The year that is asked for, as a time zone has it; None for every year."""
        self.is_valid()
        year = self.cleaned_data.get("year")
        if year is None:
            return None
        return Period(datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone))
