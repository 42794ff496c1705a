"""
Sums that reads are answered from, so that a page costs the same however much was used.

They are caches: they are filled behind the books, and can be emptied and filled again at any
time. What came after the mark is read from the books themselves, so that no answer is late.
"""

from django.db import models

from accounts.models import ApiKey, Organization, OrganizationOwnedQuerySet
from config.kernel.models import TotalField

from ..choices import TransferKind
from .account import LedgerAccount
from .meter import Meter
from .rate_card import Action
from .usage import UsagePeriod

COST_DIGITS, COST_PLACES = 38, 12


class UsageRollup(models.Model):
    """Totals of usage events: what was reported, less what was taken back."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey(
        UsagePeriod, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = TotalField(default=0)
    credits = TotalField(default=0)
    overage_credits = TotalField(default=0)
    cost = models.DecimalField(max_digits=COST_DIGITS, decimal_places=COST_PLACES, default=0)
    event_count = models.BigIntegerField(default=0)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class HourlyUsage(UsageRollup):
    """Usage of one action by the hour, in UTC."""

    hour = models.DateTimeField()
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "hour", "period", "action"],
                nulls_distinct=False,
                name="hourly_usage_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.hour:%Y-%m-%d %H}"


class DailyUsage(UsageRollup):
    """Usage of one action by the day, as the organization's time zone counts days."""

    day = models.DateField()
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "day", "period", "action"],
                nulls_distinct=False,
                name="daily_usage_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.day}"


class CallerUsage(UsageRollup):
    """
    Usage by the day of one member through one API key.

    Apart from the actions: an organization has few of them, but may have very many members, and
    what a day took by action must not cost more for it.
    """

    day = models.DateField()
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    member = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "day", "period", "api_key", "member"],
                nulls_distinct=False,
                name="caller_usage_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.day}"


class AccountDay(models.Model):
    """
    What moved in and out of an account on one day, by kind of transfer.

    Kept for grants and for overage, where the customer's credits lie. `amount` is what the
    account gained; the two ids bound the transfers, wherever in the books they stand.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16, choices=TransferKind.choices)
    day = models.DateField()
    amount = TotalField(default=0)
    transfer_count = models.BigIntegerField(default=0)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "account", "day", "kind"],
                name="account_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.day} {self.kind}"


class RollupMark(models.Model):
    """
    How far an organization's sums reach: every event, reversal and transfer up to these ids is
    in them, and none after. `time_zone` is the one that their days are counted in.
    """

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    event_id = models.BigIntegerField(default=0)
    reversal_id = models.BigIntegerField(default=0)
    transfer_id = models.BigIntegerField(default=0)
    time_zone = models.CharField(max_length=64)

    objects = OrganizationOwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk} {self.event_id}"
