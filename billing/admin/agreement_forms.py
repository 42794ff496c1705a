"""What staff enter to make, change and end agreements."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.admin.widgets import MomentInput, SearchSelect
from accounts.models import Organization
from config.kernel.number_fields import WholeNumberField

from ..choices import BillingInterval, CancelFeedback
from ..legacy.leaving import is_on_legacy_plan
from ..models import Agreement, Plan
from .pages import ReasonForm


class Charging(TextChoices):
    """From when on a new plan is charged for."""

    NOW = "now", _("Now: charge or credit the difference for the time that is left")
    NEXT_PERIOD = "next_period", _("With the next period: nothing is charged until then")


class Refund(TextChoices):
    """What becomes of what was paid for the time that is left."""

    KEEP = "keep", _("Nothing is given back")
    CREDIT = "credit", _("It becomes credit of the customer's for later invoices")


class PlanChoice(forms.ModelChoiceField[Plan]):
    """Any published plan, with its group, so that a legacy plan is not sold by accident."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.group.name})"


def published_plans() -> QuerySet[Plan]:
    """Every plan that something of is published, those on sale first."""
    return (
        Plan.objects.filter(versions__published_at__isnull=False)
        .select_related("group")
        .order_by("group__visibility", "group__code", "position", "code")
        .distinct()
    )


class AgreementForm(forms.Form):
    """What is agreed. Whatever is left empty takes its default."""

    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.open(),
        widget=SearchSelect(Agreement._meta.get_field("organization"), admin.site),
    )
    plan = PlanChoice(
        label=_("Plan"),
        queryset=published_plans(),
        help_text=_(
            "Also legacy and private plans. The newest published version is agreed on. Its money "
            "is collected elsewhere: customers who pay through Stripe subscribe themselves."
        ),
    )
    interval = forms.ChoiceField(label=_("Billed"), choices=BillingInterval.choices)
    currency = forms.CharField(
        label=_("Currency"),
        required=False,
        max_length=3,
        help_text=_("Empty means that of the organization."),
    )
    seats = WholeNumberField(
        label=_("Seats"),
        required=False,
        min_value=1,
        help_text=_("Empty means those included, or one for each member where seats are paid for."),
    )
    starts_at = forms.SplitDateTimeField(
        label=_("Starts at"),
        required=False,
        widget=MomentInput,
        help_text=_("Empty means now. All periods are counted from this instant."),
    )


class ChangePlanForm(ReasonForm):
    """Where an agreement moves to, at once."""

    plan = PlanChoice(
        label=_("Plan"),
        queryset=published_plans(),
        help_text=_(
            "Also legacy and private plans, up or down. The newest published version applies from "
            "now on; the interval and the currency stay."
        ),
    )
    field_order = ["plan", "reason"]


class MoveForm(ChangePlanForm):
    """The same for an agreement that Stripe collects for."""

    charging = forms.ChoiceField(
        label=_("The new price is charged"),
        choices=Charging.choices,
        initial=Charging.NOW,
        widget=forms.RadioSelect,
    )
    field_order = ["plan", "charging", "reason"]


class LeavingForm(forms.Form):
    """What is asked besides before a customer leaves a plan that is not sold any more."""

    leaves_legacy_plan = forms.BooleanField(
        label=_("The customer knows that there is no way back to a legacy plan"),
        required=False,
        help_text=_(
            "Nobody can choose the plan again. You can offer it to the customer privately later."
        ),
    )


def leaving(form: type[forms.Form], agreement: Agreement) -> type[forms.Form]:
    """Return the form of a deed that may end an agreement's plan, with that question if need be."""
    if not is_on_legacy_plan(agreement):
        return form
    return type(f"Leaving{form.__name__}", (form, LeavingForm), {"field_order": None})


class CancelForm(ReasonForm):
    """Why an agreement ends when its period is over."""

    feedback = forms.ChoiceField(
        label=_("What the customer says"),
        required=False,
        choices=[("", _("Nothing")), *CancelFeedback.choices],
    )
    field_order = ["feedback", "reason"]


class EndNowForm(ReasonForm):
    """Why an agreement ends at once, and what becomes of the money."""

    refund = forms.ChoiceField(
        label=_("Paid for the time that is left"),
        choices=Refund.choices,
        initial=Refund.KEEP,
        widget=forms.RadioSelect,
    )
    field_order = ["refund", "reason"]
