"""What serving customers costs beyond their usage, and what actions came to cost week by week."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import total_check, unit_price_check
from config.kernel.models import CreatedModel, PublicIdModel, TotalField, UnitPriceField

from ..choices import CostBasis


class CustomerCost(PublicIdModel):
    """
    What it costs to serve a customer apart from its usage: hosting, support, payment fees.

    A monthly amount in the reporting currency, for one organization or for every one that has an
    agreement, for each of them or for each of their seats. It holds from `first_date` up to and
    including `last_date` (None: until further notice), in days of the organization's time zone.
    """

    id_prefix = "cost"

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("organization"),
        help_text=_("Empty: every organization with an agreement, while it has one."),
    )
    name = models.CharField(_("name"), max_length=80)
    basis = models.CharField(
        _("for"), max_length=16, choices=CostBasis.choices, default=CostBasis.ORGANIZATION
    )
    monthly_cost = UnitPriceField(
        _("cost a month"), help_text=_("In the reporting currency, such as 100 or 2.50.")
    )
    first_date = models.DateField(_("from"))
    last_date = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day. Empty: until further notice.")
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost of serving")
        verbose_name_plural = _("costs of serving")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date=None) | Q(last_date__gte=F("first_date")),
                name="customer_cost_ends_after_its_start",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customer_cost_has_a_name"),
            models.CheckConstraint(
                condition=Q(basis__in=CostBasis.values), name="customer_cost_basis_known"
            ),
            unit_price_check("monthly_cost", name="customer_cost_range"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"


class ActionCostWeek(CreatedModel):
    """
    What one action cost in one ISO week, from Monday to Monday in UTC. Append-only.

    Costs are those of one, in the reporting currency: `mean_cost` over all that were done,
    `p95_cost` of the event that 95 % of the events cost no more than, and `card_cost` what the
    rate card said when the week ended. Events that were taken back by `taken_at` are not in it.
    """

    action = models.ForeignKey("metering.Action", on_delete=models.PROTECT, related_name="+")
    week_date = models.DateField(_("week from"), help_text=_("A Monday."))
    event_count = models.BigIntegerField(_("events"))
    quantity = TotalField(_("quantity"))
    total_cost = models.DecimalField(_("cost"), max_digits=38, decimal_places=12)
    mean_cost = UnitPriceField(_("mean cost of one"))
    p95_cost = UnitPriceField(_("95th percentile"))
    card_cost = UnitPriceField(_("on the rate card"))
    taken_at = models.DateTimeField()

    objects = models.Manager["ActionCostWeek"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "week_date"], name="action_cost_week_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(week_date__iso_week_day=1), name="action_cost_week_begins_on_a_monday"
            ),
            models.CheckConstraint(
                condition=Q(event_count__gte=1), name="action_cost_week_has_events"
            ),
            models.CheckConstraint(
                condition=Q(total_cost__gte=0, total_cost__lt=10**26),
                name="action_cost_week_total_range",
            ),
            total_check("quantity", name="action_cost_week_quantity_range"),
            unit_price_check("mean_cost", name="action_cost_week_mean_range"),
            unit_price_check("p95_cost", name="action_cost_week_p95_range"),
            unit_price_check("card_cost", name="action_cost_week_card_range"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.week_date}"
