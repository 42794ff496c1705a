from django.db import models

from accounts.models import ApiKey, Organization, OrganizationOwnedQuerySet
from config.kernel.models import TotalField

from .meter import Meter
from .rate_card import Action
from .usage import UsagePeriod

COST_DIGITS, COST_PLACES = 38, 12


class UsageRollup(models.Model):
    """
    Totals of usage events that share a period, action, key and member. A cache: it can be
    emptied and filled again from the events at any time.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey(
        UsagePeriod, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    member = models.CharField(max_length=128, blank=True)
    quantity = TotalField(default=0)
    credits = TotalField(default=0)
    overage_credits = TotalField(default=0)
    cost = models.DecimalField(max_digits=COST_DIGITS, decimal_places=COST_PLACES, default=0)
    event_count = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class HourlyUsage(UsageRollup):
    """Usage by the hour, in UTC."""

    hour = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "organization",
                    "meter",
                    "hour",
                    "period",
                    "action",
                    "api_key",
                    "member",
                ],
                nulls_distinct=False,
                name="hourly_usage_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.hour:%Y-%m-%d %H}"


class DailyUsage(UsageRollup):
    """Usage by the day, as the organization's time zone counts days."""

    day = models.DateField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "day", "period", "action", "api_key", "member"],
                nulls_distinct=False,
                name="daily_usage_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.day}"


class RollupMark(models.Model):
    """
    How far an organization's rollups reach: every event, reversal and cover up to these ids is
    in them, and none after.
    """

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    event_id = models.BigIntegerField(default=0)
    reversal_id = models.BigIntegerField(default=0)
    cover_id = models.BigIntegerField(default=0)
    time_zone = models.CharField(max_length=63)

    objects = OrganizationOwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk} {self.event_id}"
