from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check, total_check
from config.kernel.models import CurrencyField, PublicIdModel, TotalField

from ..choices import SettlementKind
from .agreement import Agreement
from .feature import Feature
from .plan import PlanVersion

LARGEST_CHARGE_MINOR = 10**15


class Settlement(PublicIdModel):
    """
    What one usage period of one feature came to, ready to be invoiced. Append-only.

    It covers every event of its usage period. A correction follows from one event that was taken
    back after its period was settled: its quantities and its amount are what is given back, as
    negative numbers.
    """

    id_prefix = "stl"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+")
    usage_period = models.ForeignKey(
        "metering.UsagePeriod", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=SettlementKind.choices)
    event_key = models.CharField(
        max_length=128, null=True, help_text=_("The id of the event that a correction takes back.")
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_credits = models.DecimalField(max_digits=30, decimal_places=6)
    overage_credits = models.DecimalField(max_digits=30, decimal_places=6)
    expired_credits = TotalField(default=0)
    rolled_over_credits = TotalField(default=0)
    currency = CurrencyField(_("currency"))
    amount_minor = models.BigIntegerField(_("amount"))
    settled_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="settlement_tenant_key"),
            models.UniqueConstraint(
                fields=["organization", "usage_period"],
                condition=Q(kind=SettlementKind.PERIOD),
                name="settlement_once_per_period",
            ),
            models.UniqueConstraint(
                fields=["organization", "event_key"],
                condition=Q(kind=SettlementKind.CORRECTION),
                name="settlement_one_correction_per_event",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=SettlementKind.PERIOD,
                    event_key=None,
                    amount_minor__gte=0,
                    used_credits__gte=0,
                    overage_credits__gte=0,
                )
                | Q(
                    kind=SettlementKind.CORRECTION,
                    event_key__isnull=False,
                    amount_minor__lte=0,
                    used_credits__lte=0,
                    overage_credits__lte=0,
                    expired_credits=0,
                    rolled_over_credits=0,
                ),
                name="settlement_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=-LARGEST_CHARGE_MINOR, amount_minor__lt=LARGEST_CHARGE_MINOR
                ),
                name="settlement_amount_range",
            ),
            total_check("expired_credits", name="settlement_expired_range"),
            total_check("rolled_over_credits", name="settlement_rolled_over_range"),
            currency_check("currency", name="settlement_currency_code"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "agreement", "ends_at"], name="settlement_of_agreement"
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.amount_minor} {self.currency}"
