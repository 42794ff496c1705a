"""Moving customers to other plans: who, on which terms, and what it would have cost them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check, unit_price_check
from config.kernel.models import CreatedModel, CurrencyField, PublicIdModel, UnitPriceField

from ..choices import (
    BillingInterval,
    CampaignStatus,
    GuaranteeRule,
    SimulationStatus,
    Verdict,
)
from .agreement import Agreement
from .feature import Feature
from .plan import Plan, PlanVersion

SHORTEST_NOTICE_DAYS = 90
LONGEST_HISTORY_MONTHS = 24
LONGEST_GUARANTEE_MONTHS = 24


class RepricingCampaign(PublicIdModel):
    """
    An undertaking to move the customers of some plans (the cohort) to others.

    A draft can be edited and simulated as often as one likes. Once it runs its terms stay, because
    customers were told of them. `must_move`: who does not answer moves at the renewal after the
    notice; otherwise nobody moves who has not accepted.
    """

    id_prefix = "rpc"

    name = models.CharField(_("name"), max_length=80)
    why = models.TextField(
        _("why"),
        max_length=1000,
        help_text=_("Customers read it on their page and in their mails: say why prices change."),
    )
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=CampaignStatus.choices,
        default=CampaignStatus.DRAFT,
    )
    from_plans = models.ManyToManyField(Plan, verbose_name=_("plans to leave"), related_name="+")
    to_plans = models.ManyToManyField(Plan, verbose_name=_("plans to offer"), related_name="+")
    history_months = models.PositiveSmallIntegerField(_("months of usage to replay"), default=12)
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice"), default=SHORTEST_NOTICE_DAYS
    )
    must_move = models.BooleanField(_("everybody moves"), default=False)
    guarantee_months = models.PositiveSmallIntegerField(
        _("months of the no-increase guarantee"), default=0, help_text=_("0 means none.")
    )
    guarantee_rule = models.CharField(
        _("rule of the guarantee"),
        max_length=16,
        choices=GuaranteeRule.choices,
        default=GuaranteeRule.PER_MONTH,
    )
    answer_by = models.DateTimeField(
        _("answers by"), null=True, blank=True, help_text=_("Open offers lapse then.")
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    objects = models.Manager["RepricingCampaign"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(notice_days__gte=SHORTEST_NOTICE_DAYS, notice_days__lte=730),
                name="repricing_campaign_notice_range",
            ),
            models.CheckConstraint(
                condition=Q(history_months__gte=1, history_months__lte=LONGEST_HISTORY_MONTHS),
                name="repricing_campaign_history_range",
            ),
            models.CheckConstraint(
                condition=Q(guarantee_months__lte=LONGEST_GUARANTEE_MONTHS),
                name="repricing_campaign_guarantee_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=CampaignStatus.values, guarantee_rule__in=GuaranteeRule.values
                ),
                name="repricing_campaign_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(status=CampaignStatus.DRAFT, opened_at=None, closed_at=None)
                | Q(status=CampaignStatus.RUNNING, opened_at__isnull=False, closed_at=None)
                | Q(status=CampaignStatus.CLOSED, closed_at__isnull=False),
                name="repricing_campaign_fits_its_status",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignConversion(CreatedModel):
    """How many of one metered feature stand for one of another, such as 5 credits a page."""

    campaign = models.ForeignKey(
        RepricingCampaign, on_delete=models.CASCADE, related_name="conversions"
    )
    from_feature = models.ForeignKey(
        Feature, on_delete=models.PROTECT, verbose_name=_("usage of"), related_name="+"
    )
    to_feature = models.ForeignKey(
        Feature, on_delete=models.PROTECT, verbose_name=_("counts as"), related_name="+"
    )
    factor = UnitPriceField(_("so many for each"))

    objects = models.Manager["CampaignConversion"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "from_feature"], name="campaign_conversion_once"
            ),
            models.CheckConstraint(
                condition=~Q(from_feature=F("to_feature")), name="campaign_conversion_converts"
            ),
            unit_price_check("factor", name="campaign_conversion_factor_range"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} x {self.factor}"


class Simulation(PublicIdModel):
    """
    A campaign's cohort replayed on every plan that the campaign offers, as of one moment.

    Made in the background under a lease, some customers at a time, which `done_count` tells of.
    """

    id_prefix = "sim"

    campaign = models.ForeignKey(
        RepricingCampaign, on_delete=models.CASCADE, related_name="simulations"
    )
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=SimulationStatus.choices,
        default=SimulationStatus.WAITING,
    )
    as_of = models.DateTimeField(_("as of"))
    total_count = models.PositiveIntegerField(_("customers"), default=0)
    done_count = models.PositiveIntegerField(_("replayed"), default=0)
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager["Simulation"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(status__in=("waiting", "running")),
                name="simulation_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SimulationStatus.values), name="simulation_status_known"
            ),
            models.CheckConstraint(
                condition=Q(done_count__lte=F("total_count")), name="simulation_done_within_total"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class SimulatedCustomer(CreatedModel):
    """
    One customer of the cohort: what it paid for in the months replayed, and which plan is best.

    `months` are the `month_count` complete months that were replayed, oldest first, with what was
    used in them, and `current_monthly_minor` what each costs on today's terms. Amounts are per
    month, in minor units of the agreement's currency; averages are rounded once, half up. The best
    plan is that of the lowest average among the eligible ones, and `saving_minor` (negative: pays
    more) the difference of the averages.
    """

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="customers")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    month_count = models.PositiveSmallIntegerField(_("months replayed"))
    months = models.JSONField(default=list)
    seats = models.PositiveIntegerField(_("seats in use"))
    currency = CurrencyField(_("currency"))
    current_average_minor = models.BigIntegerField(_("pays now, average"))
    current_worst_minor = models.BigIntegerField(_("pays now, dearest month"))
    current_monthly_minor = models.JSONField(default=list)
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices)
    best_plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    best_average_minor = models.BigIntegerField(_("best plan, average"), null=True)
    best_worst_minor = models.BigIntegerField(_("best plan, dearest month"), null=True)
    saving_minor = models.BigIntegerField(_("saves"), null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["simulation", "organization"], name="simulated_customer_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="simulated_customer_verdict_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    verdict=Verdict.NO_PLAN,
                    best_plan_version=None,
                    best_average_minor=None,
                    best_worst_minor=None,
                    saving_minor=None,
                )
                | Q(
                    ~Q(verdict=Verdict.NO_PLAN),
                    best_plan_version__isnull=False,
                    best_average_minor__isnull=False,
                    best_worst_minor__isnull=False,
                    saving_minor=F("current_average_minor") - F("best_average_minor"),
                ),
                name="simulated_customer_saving_adds_up",
            ),
            currency_check("currency", name="simulated_customer_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verdict}"


class SimulatedPlan(CreatedModel):
    """
    What one plan would have cost one customer, month by month.

    `objections` says why the customer may not have it (empty: eligible); it is priced all the
    same where it can be. `monthly_minor` are the bills of the months, oldest first.
    """

    customer = models.ForeignKey(SimulatedCustomer, on_delete=models.CASCADE, related_name="plans")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    interval = models.CharField(_("interval"), max_length=8, choices=BillingInterval.choices)
    seats = models.PositiveIntegerField(_("seats"))
    objections = models.JSONField(_("objections"), default=list)
    monthly_minor = models.JSONField(default=list)
    average_minor = models.BigIntegerField(_("average"), null=True)
    worst_minor = models.BigIntegerField(_("dearest month"), null=True)

    objects = models.Manager["SimulatedPlan"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "plan_version"], name="simulated_plan_once"
            ),
            models.CheckConstraint(
                condition=Q(interval__in=BillingInterval.values),
                name="simulated_plan_interval_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.average_minor}"
