from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check
from config.kernel.models import CreatedModel, CurrencyField

from .plan import PlanVersion


class RevenueDay(CreatedModel):
    """A day (UTC) whose recurring revenue was written down. It is written down once."""

    day = models.DateField(_("day"), unique=True)
    taken_at = models.DateTimeField(_("written down at"))

    objects = models.Manager["RevenueDay"]()

    def __str__(self) -> str:
        return self.day.isoformat()


class RevenueSnapshot(models.Model):
    """
    What an organization had agreed to pay a month when a day ended. Append-only.

    Whoever pays nothing then, on trial or on a free plan, has none.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    revenue_day = models.ForeignKey(
        RevenueDay, to_field="day", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    currency = CurrencyField(_("currency"))
    monthly_minor = models.BigIntegerField(_("a month"))

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revenue_day", "organization"], name="revenue_snapshot_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(monthly_minor__gt=0), name="revenue_snapshot_is_revenue"
            ),
            currency_check("currency", name="revenue_snapshot_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.revenue_day_id} {self.monthly_minor}"


class LedgerCheck(CreatedModel):
    """A proof of the books: how many promises were looked at, and which of them were broken."""

    checked_at = models.DateTimeField(_("checked at"), db_index=True)
    promise_count = models.PositiveSmallIntegerField(_("promises"))
    broken = models.JSONField(_("broken"), default=list)

    objects = models.Manager["LedgerCheck"]()

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M}"
