from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import quantity_check
from config.kernel.models import CreatedModel, CreditField, PublicIdModel, TotalField
from config.kernel.quantities import LARGEST_TOTAL

from ..choices import AccountKind, GrantCategory, TransferKind
from .meter import Meter
from .usage import UsagePeriod

# `issued` and `overage` are where credits come from: their balances count downwards.
SOURCES = (AccountKind.ISSUED, AccountKind.OVERAGE)


class LedgerAccount(CreatedModel):
    """
    A place where credits of one organization and one meter lie.

    The balance is a cache that moves only with transfers. A grant can never be overdrawn:
    the database refuses it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=AccountKind.choices)
    balance = TotalField(default=0)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "id"], name="ledger_account_tenant_key"
            ),
            models.UniqueConstraint(
                fields=["organization", "meter", "kind"],
                condition=~Q(kind=AccountKind.GRANT),
                name="ledger_account_one_of_each_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="ledger_account_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SOURCES, balance__lte=0, balance__gt=-LARGEST_TOTAL)
                | (~Q(kind__in=SOURCES) & Q(balance__gte=0, balance__lt=LARGEST_TOTAL)),
                name="ledger_account_never_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class CreditGrant(PublicIdModel):
    """
    Credits given once, on terms that never change. What is left of them is the balance of
    the grant's account.
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
    source = models.CharField(
        _("source"), max_length=40, help_text=_("What the credits were given for, by its id.")
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "meter", "period", "source"],
                condition=Q(category=GrantCategory.ALLOWANCE),
                name="credit_grant_one_allowance_per_period",
            ),
            models.CheckConstraint(
                condition=~Q(category=GrantCategory.ALLOWANCE) | Q(period__isnull=False),
                name="credit_grant_allowance_has_period",
            ),
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


class LedgerTransfer(models.Model):
    """
    One amount that moved from a debit account to a credit account. Append-only.

    Both accounts belong to the row's organization and meter: the composite keys written in
    the migration make anything else impossible to store.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=16, choices=TransferKind.choices)
    debit_account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    credit_account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    amount = CreditField()
    event_key = models.CharField(
        max_length=128, null=True, help_text=_("The id of the usage event that it pays for.")
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account")),
                name="ledger_transfer_between_two_accounts",
            ),
            quantity_check("amount", name="ledger_transfer_amount_range", positive=True),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[TransferKind.CONSUME, TransferKind.OVERAGE], event_key__isnull=False
                )
                | Q(kind__in=[TransferKind.ISSUE, TransferKind.EXPIRE], event_key=None),
                name="ledger_transfer_usage_names_its_event",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "meter", "id"], name="ledger_transfer_page"),
            models.Index(
                fields=["organization", "event_key"],
                condition=Q(event_key__isnull=False),
                name="ledger_transfer_by_event",
            ),
            models.Index(
                fields=["organization", "debit_account", "id"], name="ledger_transfer_by_debit"
            ),
            models.Index(
                fields=["organization", "credit_account", "id"],
                condition=Q(event_key=None),
                name="ledger_transfer_by_credit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.amount}"
