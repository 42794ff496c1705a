from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import quantity_check
from config.kernel.models import CreatedModel, CreditField, PublicIdModel

from ..choices import GrantCategory
from .account import LedgerAccount
from .meter import Meter
from .rate_card import Action
from .usage import UsagePeriod


class CreditGrant(PublicIdModel):
    """
    Credits given once, on terms that never change. What is left of them is the balance of
    the grant's account.

    An allowance may come in steps: `level` is what each brings the period's allowance to, so
    that no level is granted twice, however often a plan goes up and down.
    """

    id_prefix = "crg"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    account = models.OneToOneField(
        LedgerAccount, on_delete=models.PROTECT, related_name="grant", db_constraint=False
    )
    category = models.CharField(_("category"), max_length=16, choices=GrantCategory.choices)
    amount = CreditField(_("amount"))
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, help_text=_("Lower numbers are spent first.")
    )
    effective_at = models.DateTimeField(_("effective at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    period = models.ForeignKey(
        UsagePeriod,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    level = CreditField(
        null=True, help_text=_("The size of the allowance that this grant brings the period to.")
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
        help_text=_("The grant whose unused credits these are."),
    )
    source = models.CharField(
        _("source"), max_length=40, help_text=_("What the credits were given for, by its id.")
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "period", "level"],
                condition=Q(category=GrantCategory.ALLOWANCE),
                name="credit_grant_one_allowance_per_level",
            ),
            models.CheckConstraint(
                condition=Q(
                    category=GrantCategory.ALLOWANCE,
                    period__isnull=False,
                    level__isnull=False,
                    level__gte=F("amount"),
                )
                | (~Q(category=GrantCategory.ALLOWANCE) & Q(level=None)),
                name="credit_grant_allowance_has_period",
            ),
            models.UniqueConstraint(
                fields=["organization", "meter", "id"], name="credit_grant_tenant_key"
            ),
            models.UniqueConstraint(
                fields=["organization", "parent"],
                condition=Q(parent__isnull=False),
                name="credit_grant_rolls_over_once",
            ),
            models.CheckConstraint(
                condition=Q(category=GrantCategory.ROLLOVER, parent__isnull=False)
                | (~Q(category=GrantCategory.ROLLOVER) & Q(parent=None)),
                name="credit_grant_rollover_has_parent",
            ),
            models.UniqueConstraint(
                fields=["organization", "source"],
                condition=Q(category=GrantCategory.PURCHASE),
                name="credit_grant_once_per_purchase",
            ),
            quantity_check("level", name="credit_grant_level_range"),
            models.CheckConstraint(
                condition=Q(category__in=GrantCategory.values), name="credit_grant_category_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("effective_at")),
                name="credit_grant_has_a_life",
            ),
            quantity_check("amount", name="credit_grant_amount_range", positive=True),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.amount} {self.category}"


class GrantRestriction(CreatedModel):
    """An action that a grant may pay for. A grant without any may pay for everything."""

    grant = models.ForeignKey(CreditGrant, on_delete=models.PROTECT, related_name="restrictions")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")

    objects = models.Manager["GrantRestriction"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "action"], name="grant_restriction_once")
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class GrantEnd(CreatedModel):
    """
    The end of a grant before its time, with the agreement that gave it. Append-only.

    From then on it pays for nothing; what is left of it expires when the period closes.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    grant = models.OneToOneField(
        CreditGrant, on_delete=models.PROTECT, related_name="early_end", db_constraint=False
    )
    ended_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk} {self.ended_at:%Y-%m-%d}"
