from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel

from ..choices import Audience, Visibility
from .plan import Plan, PlanGroup


class PricingTable(CreatedModel):
    """
    Plans of one group as visitors are shown them, under a key that addresses name for good.

    What is shown is in its versions: the newest published one.
    """

    key = models.CharField(_("key"), max_length=63, unique=True)
    name = models.CharField(
        _("name"), max_length=80, help_text=_("For staff; visitors read the headings.")
    )
    plan_group = models.ForeignKey(PlanGroup, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(_("audience"), max_length=16, choices=Audience.choices)
    is_live = models.BooleanField(_("live"), default=False)
    is_default = models.BooleanField(_("default of its audience"), default=False)
    frame_ancestors = ArrayField(
        models.CharField(max_length=255),
        verbose_name=_("sites that may embed it"),
        default=list,
        blank=True,
    )

    objects = models.Manager["PricingTable"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(key__regex=CODE_PATTERN), name="pricing_table_key_format"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="pricing_table_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_live=True),
                name="pricing_table_default_is_live",
            ),
            models.UniqueConstraint(
                fields=["audience"],
                condition=Q(is_default=True),
                name="pricing_table_one_default_per_audience",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PricingTableVersionQuerySet(models.QuerySet["PricingTableVersion"]):
    """Versions of pricing tables, by what visitors see."""

    def shown(self, *, at: datetime) -> Self:
        """The newest published version of each live table whose plans are sold at a moment."""
        published = self.filter(
            published_at__lte=at,
            table__is_live=True,
            table__plan_group__visibility=Visibility.CURRENT,
            # A group that was made for somebody else takes its tables off.
            table__plan_group__audience=F("table__audience"),
        )
        return published.order_by("table_id", "-number").distinct("table_id")


class PricingTableVersion(CreatedModel):
    """
    What a table says. A draft can be edited; once published it never changes, so that what
    visitors were shown can be looked up, and shown again.

    `texts` has a mapping for each language: `heading` and `description`.
    """

    table = models.ForeignKey(PricingTable, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"), editable=False)
    texts = models.JSONField(_("texts"), default=dict)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.CharField(_("published by"), max_length=254, blank=True, editable=False)

    objects = PricingTableVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "number"], name="pricing_table_version_number_unique"
            ),
            models.UniqueConstraint(
                fields=["table"],
                condition=Q(published_at=None),
                name="pricing_table_version_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by="")
                | (Q(published_at__isnull=False) & ~Q(published_by="")),
                name="pricing_table_version_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} v{self.number}"


class PricingTableCard(CreatedModel):
    """
    One plan on a table. Its price and its trial are the plan's own; nobody types them.

    `texts` has a mapping for each language: `heading`, `description`, `call_to_action`,
    `highlight`, `features_heading` and `features`, a list of lines. What is missing is said in
    the installation's language, or in the plan's own words.
    """

    version = models.ForeignKey(PricingTableVersion, on_delete=models.CASCADE, related_name="cards")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("position"))
    is_highlighted = models.BooleanField(_("highlighted"), default=False)
    texts = models.JSONField(_("texts"), default=dict)

    objects = models.Manager["PricingTableCard"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "plan"], name="pricing_table_card_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["version", "position"], name="pricing_table_card_one_per_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.plan}"
