from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import quantity_check, total_check, unit_price_check
from config.kernel.models import CreatedModel, CreditField, TotalField, UnitPriceField

from .meter import Meter
from .rate_card import Action


class UsagePeriod(CreatedModel):
    """
    The span over which one meter's usage is totalled and its allowance holds.

    Half-open, and disjoint from the other periods of the same organization and meter.
    The two totals are caches: they move in the statement that books the usage.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40, help_text=_("The agreement that it belongs to."))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_credits = TotalField(default=0)
    overage_credits = TotalField(default=0)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "id"], name="usage_period_tenant_key"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="usage_period_has_length"
            ),
            ExclusionConstraint(
                name="usage_period_disjoint",
                expressions=[
                    (F("organization"), RangeOperators.EQUAL),
                    (F("meter"), RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), RangeBoundary(), function="TSTZRANGE"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            total_check("used_credits", name="usage_period_used_range"),
            models.CheckConstraint(
                condition=Q(overage_credits__gte=0, overage_credits__lte=F("used_credits")),
                name="usage_period_overage_within_usage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.starts_at:%Y-%m-%d} to {self.ends_at:%Y-%m-%d}"


class UsageEvent(models.Model):
    """
    One report of usage. Append-only; its identity, `(organization, event_id)`, is for ever.

    `credits` is the rated quantity, `overage_credits` the part that no grant paid for, and
    `balance_after` what the organization could still spend on the meter right afterwards
    (null where the plan sets no bound).
    """

    id = models.BigAutoField(primary_key=True)
    # The composite keys written in the migration tie each row to its own organization,
    # so the single-column keys would only be checked twice.
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    event_id = models.CharField(max_length=128)
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    period = models.ForeignKey(
        UsagePeriod, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    member = models.CharField(max_length=128, blank=True)
    quantity = CreditField()
    credits = CreditField()
    overage_credits = CreditField()
    balance_after = CreditField(null=True)
    cost = UnitPriceField()
    properties = models.JSONField(null=True)
    body_sha256 = models.BinaryField(max_length=32)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "event_id"], name="usage_event_once_per_id"
            ),
            quantity_check("quantity", name="usage_event_quantity_range", positive=True),
            quantity_check("credits", name="usage_event_credits_range"),
            quantity_check("balance_after", name="usage_event_balance_range"),
            models.CheckConstraint(
                condition=Q(overage_credits__gte=0, overage_credits__lte=F("credits")),
                name="usage_event_overage_within_credits",
            ),
            unit_price_check("cost", name="usage_event_cost_range"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "meter", "occurred_at"], name="usage_event_by_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.event_id}"
