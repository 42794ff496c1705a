"""The promise that a move costs nothing more for some months, and what was given back for it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check
from config.kernel.models import CreatedModel, CurrencyField, PublicIdModel

from ..choices import BillingInterval, GuaranteeRule
from .agreement import Agreement
from .money_credit import MoneyCredit
from .plan import PlanVersion
from .repricing import LONGEST_GUARANTEE_MONTHS
from .repricing_offer import RepricingOffer


class Guarantee(PublicIdModel):
    """
    An organization that moved pays no more than before, for `months` months from `starts_at`.

    What it paid before is re-rated every month on the old terms (`old_version`, `old_interval`,
    `old_seats`) with the usage of that month.
    """

    id_prefix = "gua"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField(RepricingOffer, on_delete=models.PROTECT, related_name="guarantee")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    old_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    old_interval = models.CharField(max_length=8, choices=BillingInterval.choices)
    old_seats = models.PositiveIntegerField()
    currency = CurrencyField(_("currency"))
    months = models.PositiveSmallIntegerField(_("months"))
    rule = models.CharField(_("rule"), max_length=16, choices=GuaranteeRule.choices)
    starts_at = models.DateTimeField(_("starts at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="guarantee_tenant_key"),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=LONGEST_GUARANTEE_MONTHS),
                name="guarantee_months_range",
            ),
            models.CheckConstraint(
                condition=Q(rule__in=GuaranteeRule.values, old_interval__in=BillingInterval.values),
                name="guarantee_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at")),
                name="guarantee_ends_after_its_start",
            ),
            currency_check("currency", name="guarantee_currency_code"),
        ]
        indexes = [
            models.Index(fields=["organization"], condition=Q(ended_at=None), name="guarantee_open")
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.months} months"


class GuaranteeClaim(CreatedModel):
    """
    One month of a guarantee: what it cost, what it would have cost before, and what is given back.

    Amounts are in minor units. `credit_minor` follows from the rule: by itself every month gives
    back what is more; together, the months so far give back what is more in sum. Append-only.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="claims")
    month = models.PositiveSmallIntegerField(_("month"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    old_minor = models.BigIntegerField(_("before"))
    new_minor = models.BigIntegerField(_("now"))
    credit_minor = models.BigIntegerField(_("given back"))
    money_credit = models.OneToOneField(
        MoneyCredit, on_delete=models.PROTECT, null=True, related_name="+"
    )
    calculated_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guarantee", "month"], name="guarantee_claim_once_per_month"
            ),
            models.CheckConstraint(
                condition=Q(old_minor__gte=0, new_minor__gte=0, credit_minor__gte=0),
                name="guarantee_claim_amounts_range",
            ),
            models.CheckConstraint(
                condition=Q(credit_minor=0, money_credit=None)
                | Q(credit_minor__gt=0, money_credit__isnull=False),
                name="guarantee_claim_has_its_credit",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"), month__gte=1),
                name="guarantee_claim_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} month {self.month}"
