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
    The two totals are caches: they move in the statement that books the usage. `allowance` is
    the largest that an agreement granted for the period (null: usage is unlimited). From
    `closes_at` on nothing more is booked in it; once it is closed, nothing about it changes.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40, help_text=_("The agreement that it belongs to."))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    allowance = CreditField(null=True)
    used_credits = TotalField(default=0)
    overage_credits = TotalField(default=0)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "id"], name="usage_period_tenant_key"
            ),
            models.UniqueConstraint(
                fields=["organization", "id"], name="usage_period_organization_key"
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
            models.CheckConstraint(
                condition=Q(closes_at__gte=F("ends_at")), name="usage_period_closes_after_its_end"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("closes_at")),
                name="usage_period_closed_when_due",
            ),
            quantity_check("allowance", name="usage_period_allowance_range"),
            total_check("used_credits", name="usage_period_used_range"),
            models.CheckConstraint(
                condition=Q(overage_credits__gte=0, overage_credits__lte=F("used_credits")),
                name="usage_period_overage_within_usage",
            ),
        ]
        indexes = [
            models.Index(
                fields=["closes_at"], condition=Q(closed_at=None), name="usage_period_to_close"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.starts_at:%Y-%m-%d} to {self.ends_at:%Y-%m-%d}"


class UsageEvent(models.Model):
    """
    One report of usage. Append-only; its identity, `(organization, event_id)`, is for ever.

    `quantity` is what was reported and `credits` what it added to the period, `overage_credits`
    the part of it that no grant paid for at the time, and `balance_after` what the organization
    could still spend on the meter right afterwards (null where the plan sets no bound).
    `tokens` are those that its `cost` was reckoned from, as they were reported.

    `occurred_at` is when the customer used it. `counted_at` decides period and grants; it is
    later only for an event that came too late for the period in which it occurred.
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
    balance_after = TotalField(null=True)
    cost = UnitPriceField()
    properties = models.JSONField(null=True)
    tokens = models.JSONField(null=True)
    body_sha256 = models.BinaryField(max_length=32)
    hold = models.ForeignKey(
        "metering.Hold",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    occurred_at = models.DateTimeField()
    counted_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "event_id"], name="usage_event_once_per_id"
            ),
            quantity_check("quantity", name="usage_event_quantity_range"),
            models.CheckConstraint(
                condition=Q(counted_at__gte=F("occurred_at")), name="usage_event_counted_in_time"
            ),
            quantity_check("credits", name="usage_event_credits_range"),
            total_check("balance_after", name="usage_event_balance_range"),
            models.CheckConstraint(
                condition=Q(overage_credits__gte=0, overage_credits__lte=F("credits")),
                name="usage_event_overage_within_credits",
            ),
            unit_price_check("cost", name="usage_event_cost_range"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "meter", "counted_at"], name="usage_event_by_time"
            ),
            models.Index(fields=["organization", "id"], name="usage_event_in_order"),
            models.Index(
                fields=["organization", "meter", "counted_at"],
                condition=Q(overage_credits__gt=0),
                name="usage_event_with_overage",
            ),
            models.Index(
                fields=["counted_at"],
                condition=Q(tokens__isnull=False),
                name="usage_event_with_tokens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.event_id}"


class UsageReversal(models.Model):
    """
    An event that was taken back, once and wholly. Append-only.

    `overage_credits` is the part that nothing paid for any more when it was taken back.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    event_key = models.CharField(max_length=128)
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    period = models.ForeignKey(
        UsagePeriod, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credits = CreditField()
    overage_credits = CreditField()
    replaced_by = models.CharField(
        max_length=128,
        null=True,
        help_text=_("The id of the event that set the period's total anew."),
    )
    reason = models.CharField(max_length=200, blank=True)
    reversed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "event_key"], name="usage_reversal_once_per_event"
            ),
            quantity_check("credits", name="usage_reversal_credits_range"),
            models.CheckConstraint(
                condition=Q(overage_credits__gte=0, overage_credits__lte=F("credits")),
                name="usage_reversal_overage_within_credits",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="usage_reversal_in_order"),
            models.Index(
                fields=["organization", "meter", "period"], name="usage_reversal_of_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.event_key}"


class SeenValue(models.Model):
    """A value that a meter of unique values has counted in a period."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    period = models.ForeignKey(
        UsagePeriod, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    value = models.CharField(max_length=500)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "period", "value"], name="seen_value_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.value}"
