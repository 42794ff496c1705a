from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import CODE_PATTERN, currency_check, quantity_check
from config.kernel.models import CreatedModel, CreditField, CurrencyField, PublicIdModel

from ..choices import FeatureKind, TopUpStatus, TopUpTrigger
from .feature import Feature
from .plan_terms import LARGEST_PRICE_MINOR


class CreditPack(PublicIdModel):
    """So many units of a metered feature, sold at once."""

    id_prefix = "pack"

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    feature = models.ForeignKey(
        Feature,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": FeatureKind.METERED},
    )
    credits = CreditField(_("units in a pack"))
    expires_after_months = models.PositiveSmallIntegerField(
        _("expires after months"), null=True, blank=True, help_text=_("Empty means never.")
    )
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = models.Manager["CreditPack"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="credit_pack_code_format"
            ),
            models.CheckConstraint(
                condition=Q(expires_after_months=None)
                | Q(expires_after_months__gte=1, expires_after_months__lte=120),
                name="credit_pack_expiry_range",
            ),
            quantity_check("credits", name="credit_pack_credits_range", positive=True),
        ]

    def __str__(self) -> str:
        return self.name


class PackPrice(CreatedModel):
    """What one pack costs in a currency."""

    pack = models.ForeignKey(CreditPack, on_delete=models.CASCADE, related_name="prices")
    currency = CurrencyField(_("currency"))
    amount_minor = models.BigIntegerField(
        _("amount"), help_text=_("In minor units: 9900 is $99.00.")
    )

    objects = models.Manager["PackPrice"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "currency"], name="pack_price_one_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lt=LARGEST_PRICE_MINOR),
                name="pack_price_amount_range",
            ),
            currency_check("currency", name="pack_price_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.amount_minor} {self.currency}"


class TopUp(PublicIdModel):
    """
    An order of packs. It keeps what was agreed, and its credits are granted once it is paid.

    `period_starts_at` is the usage period that an automatic one counts in.
    """

    id_prefix = "top"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    pack = models.ForeignKey(CreditPack, on_delete=models.PROTECT, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+")
    pack_count = models.PositiveIntegerField(_("packs"))
    credits = CreditField(_("units"))
    currency = CurrencyField(_("currency"))
    amount_minor = models.BigIntegerField(_("amount"))
    expires_after_months = models.PositiveSmallIntegerField(null=True)
    trigger = models.CharField(_("ordered by"), max_length=16, choices=TopUpTrigger.choices)
    status = models.CharField(
        _("status"), max_length=16, choices=TopUpStatus.choices, default=TopUpStatus.PENDING
    )
    payment_reference = models.CharField(_("payment reference"), max_length=120, blank=True)
    period_starts_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(_("ordered at"))
    ended_at = models.DateTimeField(_("paid or ended at"), null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="top_up_tenant_key"),
            models.UniqueConstraint(
                fields=["organization", "feature"],
                condition=Q(status=TopUpStatus.PENDING, trigger=TopUpTrigger.AUTOMATIC),
                name="top_up_one_automatic_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=TopUpStatus.PENDING, ended_at=None)
                | ~Q(status=TopUpStatus.PENDING)
                & Q(ended_at__isnull=False, ended_at__gte=F("ordered_at")),
                name="top_up_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(trigger=TopUpTrigger.AUTOMATIC, period_starts_at__isnull=False)
                | Q(trigger=TopUpTrigger.PERSON, period_starts_at=None),
                name="top_up_automatic_counts_in_a_period",
            ),
            models.CheckConstraint(
                condition=Q(status__in=TopUpStatus.values, trigger__in=TopUpTrigger.values),
                name="top_up_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0, amount_minor__lt=LARGEST_PRICE_MINOR, pack_count__gte=1
                ),
                name="top_up_amount_range",
            ),
            quantity_check("credits", name="top_up_credits_range", positive=True),
            currency_check("currency", name="top_up_currency_code"),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="top_up_newest")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"


class AutomaticTopUp(CreatedModel):
    """
    An organization's wish to order packs by itself: when less than `threshold` is left, as many
    as bring the balance to `target` at least, for at most `limit_minor` in a usage period.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+")
    pack = models.ForeignKey(CreditPack, on_delete=models.PROTECT, related_name="+")
    threshold = CreditField(_("threshold"))
    target = CreditField(_("target"))
    limit_minor = models.BigIntegerField(_("limit per period"))
    currency = CurrencyField(_("currency"))

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "feature"], name="automatic_top_up_one_per_feature"
            ),
            models.CheckConstraint(
                condition=Q(target__gte=F("threshold")), name="automatic_top_up_target_above"
            ),
            models.CheckConstraint(
                condition=Q(limit_minor__gt=0, limit_minor__lt=LARGEST_PRICE_MINOR),
                name="automatic_top_up_limit_range",
            ),
            quantity_check("threshold", name="automatic_top_up_threshold_range", positive=True),
            quantity_check("target", name="automatic_top_up_target_range", positive=True),
            currency_check("currency", name="automatic_top_up_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.threshold} to {self.target}"
