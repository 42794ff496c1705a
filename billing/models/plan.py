from datetime import timedelta

from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel, PublicIdModel

from ..choices import Audience, OverageCollection, Visibility

LONGEST_TRIAL_DAYS = 730
SHORTEST_GRANDFATHERING = timedelta(days=365)


class PlanGroup(CreatedModel):
    """
    Plans that are offered together, or that are only honoured for those who have them.

    A legacy group knows since when it is one, and may promise a day before which nothing changes
    for those who have its plans.
    """

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    audience = models.CharField(
        _("audience"), max_length=16, choices=Audience.choices, default=Audience.ORGANIZATIONS
    )
    visibility = models.CharField(
        _("visibility"), max_length=16, choices=Visibility.choices, default=Visibility.CURRENT
    )
    is_default = models.BooleanField(_("default group of its audience"), default=False)
    for_new_customers_only = models.BooleanField(
        _("for new customers only"),
        default=False,
        db_default=False,
        help_text=_("Customers with a plan of another group do not see these plans."),
    )
    legacy_since = models.DateField(_("legacy since"), null=True, editable=False)
    grandfathered_until = models.DateField(
        _("grandfathered until"),
        null=True,
        blank=True,
        help_text=_(
            "Until when customers are told that their plan goes on: 12 to 18 months after the "
            "group became legacy. Empty means no date. Nobody is moved when it comes."
        ),
    )

    objects = models.Manager["PlanGroup"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["audience"],
                condition=Q(is_default=True),
                name="plan_group_one_default_per_audience",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(visibility=Visibility.CURRENT),
                name="plan_group_default_is_current",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="plan_group_code_format"
            ),
            models.CheckConstraint(
                condition=Q(visibility=Visibility.LEGACY, legacy_since__isnull=False)
                | (
                    ~Q(visibility=Visibility.LEGACY)
                    & Q(legacy_since=None, grandfathered_until=None)
                ),
                name="plan_group_legacy_since_then",
            ),
            models.CheckConstraint(
                condition=Q(grandfathered_until=None)
                | Q(
                    grandfathered_until__gte=ExpressionWrapper(
                        F("legacy_since") + Value(SHORTEST_GRANDFATHERING),
                        output_field=models.DateField(),
                    )
                ),
                name="plan_group_grandfathers_a_year",
            ),
            models.CheckConstraint(
                condition=Q(for_new_customers_only=False) | Q(visibility=Visibility.CURRENT),
                name="plan_group_for_new_is_current",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Plan(PublicIdModel):
    """What is sold, under one name; its terms are in its versions."""

    id_prefix = "plan"

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    highlight = models.CharField(
        _("highlight"), max_length=40, blank=True, help_text=_("Such as “Most popular”.")
    )
    group = models.ForeignKey(PlanGroup, on_delete=models.PROTECT, related_name="plans")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_self_serve = models.BooleanField(
        _("self-serve"), default=True, help_text=_("If not, the button says to talk to sales.")
    )

    objects = models.Manager["Plan"]()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="plan_code_format")
        ]

    def __str__(self) -> str:
        return self.name


class PlanVersion(CreatedModel):
    """
    The terms of a plan. A draft can be edited; once published it never changes, because
    agreements were made on it. The newest published version is the one on sale.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"), editable=False)
    included_seats = models.PositiveIntegerField(
        _("included seats"), null=True, blank=True, help_text=_("Empty means unlimited.")
    )
    trial_days = models.PositiveSmallIntegerField(
        _("trial days"), default=0, help_text=_("0 means no trial.")
    )
    trial_needs_card = models.BooleanField(
        _("the trial asks for a payment method"),
        default=True,
        help_text=_("If not, a trial without one simply ends."),
    )
    overage_collection = models.CharField(
        _("how overage reaches Stripe"),
        max_length=16,
        choices=OverageCollection.choices,
        default=OverageCollection.INVOICE_ITEM,
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)

    objects = models.Manager["PlanVersion"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(trial_days__lte=LONGEST_TRIAL_DAYS), name="plan_version_trial_range"
            ),
            models.CheckConstraint(
                condition=Q(overage_collection__in=OverageCollection.values),
                name="plan_version_overage_collection_known",
            ),
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_unique"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(published_at=None),
                name="plan_version_one_draft_per_plan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"
