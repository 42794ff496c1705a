"""The promise that a move costs nothing more for some months, and what was given back for it."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check
from config.kernel.models import CreatedModel, CurrencyField, PublicIdModel

from ..choices import BillingInterval, GuaranteeEnd, GuaranteeRule
from .agreement import Agreement
from .money_credit import MoneyCredit
from .plan import PlanVersion
from .repricing import LONGEST_GUARANTEE_MONTHS
from .repricing_offer import RepricingOffer

# How long after its end a customer is still pointed to what a guarantee came to.
SHOWN_FOR = timedelta(days=92)


class Guarantee(PublicIdModel):
    """
    An organization that moved pays no more than before, for `months` months from `starts_at`.

    What it paid before is re-rated every month on the old terms (`old_version`, `old_interval`,
    `old_seats`) with the usage of that month. The month that runs ends at `month_ends_at`; it
    began with `seats` seats and is billed by `interval`. `new_version` and `new_seats` are what
    was moved to.
    """

    id_prefix = "gua"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField(
        RepricingOffer, on_delete=models.PROTECT, related_name="guarantee", db_constraint=False
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    old_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    old_interval = models.CharField(max_length=8, choices=BillingInterval.choices)
    old_seats = models.PositiveIntegerField()
    new_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    new_seats = models.PositiveIntegerField()
    currency = CurrencyField(_("currency"))
    months = models.PositiveSmallIntegerField(_("months"))
    rule = models.CharField(_("rule"), max_length=16, choices=GuaranteeRule.choices)
    starts_at = models.DateTimeField(_("starts at"))
    month_ends_at = models.DateTimeField(_("month ends at"))
    interval = models.CharField(max_length=8, choices=BillingInterval.choices)
    seats = models.PositiveIntegerField()
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end_reason = models.CharField(
        _("why it ended"), max_length=16, choices=GuaranteeEnd.choices, blank=True
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="guarantee_tenant_key"),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=LONGEST_GUARANTEE_MONTHS),
                name="guarantee_months_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    rule__in=GuaranteeRule.values,
                    old_interval__in=BillingInterval.values,
                    interval__in=BillingInterval.values,
                ),
                name="guarantee_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(old_seats__gte=1, new_seats__gte=1, seats__gte=1),
                name="guarantee_has_seats",
            ),
            models.CheckConstraint(
                condition=Q(month_ends_at__gt=F("starts_at")), name="guarantee_month_has_length"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | Q(ended_at__gte=F("starts_at"), end_reason__in=GuaranteeEnd.values),
                name="guarantee_ends_for_a_reason",
            ),
            currency_check("currency", name="guarantee_currency_code"),
        ]
        indexes = [
            models.Index(fields=["month_ends_at"], condition=Q(ended_at=None), name="guarantee_due")
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.months} months"


class GuaranteeClaim(CreatedModel):
    """
    One month of a guarantee: what it cost, what it would have cost before, and what is given back.

    Amounts are in minor units; `seats` are those that the old terms were asked for.
    `credit_minor` follows from the rule: by itself every month gives back what is more; together,
    the last month gives back what all of them are more in sum. `newest_settlement` is the last
    settlement that was known by then, by its key: what follows it is counted later. Where it was
    not kept, the clock says that. Append-only.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    guarantee = models.ForeignKey(
        Guarantee, on_delete=models.PROTECT, related_name="claims", db_constraint=False
    )
    month = models.PositiveSmallIntegerField(_("month"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.PositiveIntegerField(_("seats"))
    old_minor = models.BigIntegerField(_("before"))
    new_minor = models.BigIntegerField(_("now"))
    credit_minor = models.BigIntegerField(_("given back"))
    money_credit = models.OneToOneField(
        MoneyCredit, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    newest_settlement = models.BigIntegerField(null=True, editable=False)
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
                condition=Q(starts_at__lt=F("ends_at"), month__gte=1, seats__gte=1),
                name="guarantee_claim_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} month {self.month}"
