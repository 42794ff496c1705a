from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check, quantity_check
from config.kernel.models import (
    CreatedModel,
    CreditField,
    CurrencyField,
    PublicIdModel,
    TotalField,
)

from ..choices import CapAction, ThresholdUnit
from .feature import Feature
from .plan_terms import LARGEST_PRICE_MINOR


class UsageThreshold(PublicIdModel):
    """
    A level of usage at which an organization wants to be told, once in each period.

    `percent` and `credits` belong to a feature; `money` is all overage charges of a period, in
    minor units of `currency`.
    """

    id_prefix = "thr"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+", null=True)
    unit = models.CharField(_("unit"), max_length=16, choices=ThresholdUnit.choices)
    value = CreditField(_("value"))
    currency = models.CharField(max_length=3, blank=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "unit", "value", "feature", "currency"],
                nulls_distinct=False,
                name="usage_threshold_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    unit__in=[ThresholdUnit.PERCENT, ThresholdUnit.CREDITS],
                    feature__isnull=False,
                    currency="",
                )
                | (Q(unit=ThresholdUnit.MONEY, feature=None) & ~Q(currency="")),
                name="usage_threshold_fits_its_unit",
            ),
            quantity_check("value", name="usage_threshold_value_range", positive=True),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.value} {self.unit}"


class SpendCap(CreatedModel):
    """The most that an organization wants to spend on overage in a period."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(_("amount"))
    currency = CurrencyField(_("currency"))
    action = models.CharField(_("action"), max_length=16, choices=CapAction.choices)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, amount_minor__lt=LARGEST_PRICE_MINOR),
                name="spend_cap_amount_range",
            ),
            models.CheckConstraint(
                condition=Q(action__in=CapAction.values), name="spend_cap_action_known"
            ),
            currency_check("currency", name="spend_cap_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.amount_minor} {self.currency}"


class LimitCrossing(CreatedModel):
    """
    A limit that usage reached in a period: once for each limit and period. Append-only.

    `limit` names what was reached: `percent:80@5000` and `allowance@5000` of the allowance,
    `plan_limit@9000`, `credits:1000`, and on money, where the feature is null, `money:5000` or
    `spend_cap:10000` in minor units.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+", null=True)
    period_starts_at = models.DateTimeField()
    limit = models.CharField(max_length=40)
    used_credits = TotalField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    crossed_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "feature", "period_starts_at", "limit"],
                nulls_distinct=False,
                name="limit_crossing_once_per_period",
            )
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="limit_crossing_newest")]

    def __str__(self) -> str:
        return f"{self.pk} {self.limit}"
