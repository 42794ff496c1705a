from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import currency_check, quantity_check, unit_price_check
from config.kernel.models import CreatedModel, CreditField, CurrencyField, UnitPriceField
from config.kernel.money import Money

from ..choices import BillingInterval, PriceKind, PricingModel, RolloverBasis, WhenPastDue
from ..wording import money_words
from .feature import Feature
from .plan import PlanVersion

LARGEST_PRICE_MINOR = 10**12


class Price(CreatedModel):
    """A base price of a plan version, due at the start of each interval."""

    plan_version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="prices")
    kind = models.CharField(_("kind"), max_length=16, choices=PriceKind.choices)
    currency = CurrencyField(_("currency"))
    interval = models.CharField(_("interval"), max_length=8, choices=BillingInterval.choices)
    unit_amount_minor = models.BigIntegerField(
        _("amount"), help_text=_("In minor units: 9900 is $99.00.")
    )

    objects = models.Manager["Price"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan_version", "currency", "interval", "kind"], name="price_one_of_each"
            ),
            models.CheckConstraint(
                condition=Q(unit_amount_minor__gte=0, unit_amount_minor__lt=LARGEST_PRICE_MINOR),
                name="price_amount_range",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PriceKind.values, interval__in=BillingInterval.values),
                name="price_codes_known",
            ),
            currency_check("currency", name="price_currency_code"),
        ]

    def __str__(self) -> str:
        amount = money_words(Money(self.unit_amount_minor, self.currency))
        each = _("a year") if self.interval == BillingInterval.YEAR else _("a month")
        return f"{amount} {each}, {self.get_kind_display().lower()}"


class PlanFeature(CreatedModel):
    """
    A feature's terms in one plan version: a flag's value, or the allowance of a meter, what
    becomes of unused credits, and a limit.
    """

    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.CASCADE, related_name="plan_features"
    )
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField(_("value"), null=True, blank=True)
    allowance = CreditField(
        _("allowance per month"), null=True, blank=True, help_text=_("Empty means unlimited.")
    )
    limit = CreditField(
        _("limit per month"),
        null=True,
        blank=True,
        help_text=_("The most that may be used in a month. Empty means none."),
    )
    rollover_basis = models.CharField(
        _("rollover"), max_length=16, choices=RolloverBasis.choices, default=RolloverBasis.NONE
    )
    rollover_percent = models.PositiveSmallIntegerField(_("rollover percent"), default=0)
    rollover_cap_percent = models.PositiveSmallIntegerField(
        _("rollover cap, percent of the allowance"), null=True, blank=True
    )
    rollover_term_periods = models.PositiveSmallIntegerField(
        _("rollover term, months"), null=True, blank=True, help_text=_("Empty means no expiry.")
    )
    rollover_rerolls = models.BooleanField(_("rolled credits roll again"), default=False)
    when_past_due = models.CharField(
        _("while a payment is overdue"),
        max_length=16,
        choices=WhenPastDue.choices,
        default=WhenPastDue.ALLOW,
    )

    objects = models.Manager["PlanFeature"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan_version", "feature"], name="plan_feature_once_per_version"
            ),
            quantity_check("allowance", name="plan_feature_allowance_range"),
            quantity_check("limit", name="plan_feature_limit_range"),
            models.CheckConstraint(
                condition=Q(rollover_basis=RolloverBasis.NONE, rollover_percent=0)
                | (
                    Q(rollover_basis__in=[RolloverBasis.UNUSED, RolloverBasis.ALLOWANCE])
                    & Q(rollover_percent__gte=1, rollover_percent__lte=100)
                    & Q(allowance__isnull=False)
                ),
                name="plan_feature_rollover_complete",
            ),
            models.CheckConstraint(
                condition=Q(rollover_term_periods=None) | Q(rollover_term_periods__gte=1),
                name="plan_feature_rollover_term_positive",
            ),
            models.CheckConstraint(
                condition=Q(when_past_due__in=WhenPastDue.values),
                name="plan_feature_past_due_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.feature)


class OveragePrice(CreatedModel):
    """
    What usage beyond the allowance costs in a period. Without one, overage is not sold.

    `per_unit` and `percentage` have a `unit_price` (0.015 is 1.5 %), `package` one for each
    package begun, of `package_size` units after `free_quantity`; the tiers of `graduated` and
    `volume` are rows of their own. Minimum and maximum bound the charge of a period.
    """

    plan_feature = models.ForeignKey(
        PlanFeature, on_delete=models.CASCADE, related_name="overage_prices"
    )
    currency = CurrencyField(_("currency"))
    model = models.CharField(
        _("model"), max_length=16, choices=PricingModel.choices, default=PricingModel.PER_UNIT
    )
    unit_price = UnitPriceField(
        _("price of one"),
        null=True,
        blank=True,
        help_text=_("In major units: 0.15 is 15 cents."),
    )
    package_size = CreditField(_("units in a package"), null=True, blank=True)
    free_quantity = CreditField(_("free units"), default=0)
    minimum_minor = models.BigIntegerField(_("minimum per period"), null=True, blank=True)
    maximum_minor = models.BigIntegerField(_("maximum per period"), null=True, blank=True)

    objects = models.Manager["OveragePrice"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan_feature", "currency"], name="overage_price_one_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(
                    model__in=[PricingModel.PER_UNIT, PricingModel.PERCENTAGE],
                    unit_price__isnull=False,
                    package_size=None,
                    free_quantity=0,
                )
                | Q(
                    model=PricingModel.PACKAGE,
                    unit_price__isnull=False,
                    package_size__isnull=False,
                )
                | Q(
                    model__in=[PricingModel.GRADUATED, PricingModel.VOLUME],
                    unit_price=None,
                    package_size=None,
                    free_quantity=0,
                ),
                name="overage_price_fits_its_model",
            ),
            quantity_check("package_size", name="overage_price_package_range", positive=True),
            quantity_check("free_quantity", name="overage_price_free_range"),
            models.CheckConstraint(
                condition=(
                    Q(minimum_minor=None)
                    | Q(minimum_minor__gte=0, minimum_minor__lt=LARGEST_PRICE_MINOR)
                )
                & (
                    Q(maximum_minor=None)
                    | Q(maximum_minor__gte=0, maximum_minor__lt=LARGEST_PRICE_MINOR)
                )
                & (
                    Q(minimum_minor=None)
                    | Q(maximum_minor=None)
                    | Q(maximum_minor__gte=F("minimum_minor"))
                ),
                name="overage_price_bounds_in_order",
            ),
            unit_price_check("unit_price", name="overage_price_range"),
            currency_check("currency", name="overage_price_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.model} {self.currency}"


class OverageTier(CreatedModel):
    """
    One tier of an overage price: quantities above the tier before it, up to `up_to` (null: no
    end). `flat_price` is due once when the tier is reached.
    """

    overage_price = models.ForeignKey(OveragePrice, on_delete=models.CASCADE, related_name="tiers")
    up_to = CreditField(_("up to"), null=True, blank=True)
    unit_price = UnitPriceField(_("price of one"), default=0)
    flat_price = UnitPriceField(_("flat price"), default=0)

    objects = models.Manager["OverageTier"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["overage_price", "up_to"],
                nulls_distinct=False,
                name="overage_tier_one_per_end",
            ),
            quantity_check("up_to", name="overage_tier_end_range", positive=True),
            unit_price_check("unit_price", name="overage_tier_unit_price_range"),
            unit_price_check("flat_price", name="overage_tier_flat_price_range"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} up to {self.up_to}"
