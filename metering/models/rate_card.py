from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import quantity_check, unit_price_check
from config.kernel.models import CreatedModel, CreditField, UnitPriceField

from ..price_book.costs import MOST_TOKENS
from .meter import Meter
from .price_book import LanguageModel


class Action(CreatedModel):
    """A billable thing that an app does, such as writing a report."""

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_plural = models.CharField(_("name, plural"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+")

    objects = models.Manager["Action"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Za-z][A-Za-z0-9_.:-]{0,62}$"),
                name="action_code_format",
            )
        ]

    def __str__(self) -> str:
        return self.code


class ActionRate(CreatedModel):
    """
    What one action takes and is worth, from a date until the next rate.

    A rate never changes once it is in force; a new price is a new rate.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="rates")
    effective_at = models.DateTimeField(_("effective at"))
    credits = CreditField(_("credits"))
    customer_value = UnitPriceField(
        _("customer value"),
        null=True,
        blank=True,
        help_text=_("What one action is worth to a customer, in the reporting currency."),
    )
    value_note = models.CharField(
        _("value in words"),
        max_length=120,
        blank=True,
        help_text=_("Such as “saves 2 to 3 hours”."),
    )

    objects = models.Manager["ActionRate"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "effective_at"], name="action_rate_one_per_instant"
            ),
            quantity_check("credits", name="action_rate_credits_range"),
            unit_price_check("customer_value", name="action_rate_value_range"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.credits} from {self.effective_at:%Y-%m-%d}"


# The model of a call, and its tokens.
_OF_A_CALL = ("model", "input_tokens", "output_tokens", "cached_tokens")


class CostComponent(CreatedModel):
    """
    One part of what an action costs us: a model call, a lookup, a rendered page.

    A call to a model of the price book names the tokens that it takes; its cost was the book's when
    the rate was set.
    """

    rate = models.ForeignKey(ActionRate, on_delete=models.CASCADE, related_name="cost_components")
    name = models.CharField(_("name"), max_length=80)
    unit_cost = UnitPriceField(_("cost of one"), help_text=_("In the reporting currency."))
    model = models.ForeignKey(
        LanguageModel, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    input_tokens = models.BigIntegerField(_("input tokens"), null=True, blank=True)
    output_tokens = models.BigIntegerField(_("output tokens"), null=True, blank=True)
    cached_tokens = models.BigIntegerField(_("cached tokens"), null=True, blank=True)

    objects = models.Manager["CostComponent"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rate", "name"], name="cost_component_named_once"),
            unit_price_check("unit_cost", name="cost_component_cost_range"),
            models.CheckConstraint(
                condition=models.Q(**dict.fromkeys(_OF_A_CALL))
                | models.Q(
                    **{f"{field}__isnull": False for field in _OF_A_CALL},
                    **{f"{field}__range": (0, MOST_TOKENS) for field in _OF_A_CALL[1:]},
                ),
                name="cost_component_tokens_of_a_model",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name}"
