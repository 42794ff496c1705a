from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import quantity_check
from config.kernel.models import CreatedModel, CreditField, PublicIdModel, TotalField
from config.kernel.quantities import LARGEST_TOTAL

from ..choices import USAGE_KINDS, AccountKind, GrantCategory, HoldOutcome, TransferKind
from .meter import Meter
from .rate_card import Action
from .usage import UsagePeriod

# `issued` and `overage` are where credits come from: their balances count downwards.
SOURCES = (AccountKind.ISSUED, AccountKind.OVERAGE)
# The transfers that may credit a grant.
INTO_GRANTS = (
    TransferKind.ISSUE,
    TransferKind.ROLL_OVER,
    TransferKind.RELEASE,
    TransferKind.REVERSE,
)


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


class Hold(PublicIdModel):
    """
    Credits set aside for something that is about to happen. It ends exactly once: settled,
    released, or expired.

    `credits` is what was authorized. Grants set aside all of it but `uncovered_credits`, which
    the plan allows as overage. `key` is the app's own id for it.
    """

    id_prefix = "hold"

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
    key = models.CharField(max_length=128)
    body_sha256 = models.BinaryField(max_length=32)
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    member = models.CharField(max_length=128, blank=True)
    quantity = CreditField()
    credits = CreditField()
    uncovered_credits = CreditField()
    balance_after = CreditField(null=True)
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=HoldOutcome.choices, null=True)
    ended_at = models.DateTimeField(null=True)
    event_key = models.CharField(
        max_length=128, null=True, help_text=_("The id of the usage event that settled it.")
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="hold_once_per_key"),
            models.UniqueConstraint(fields=["organization", "meter", "id"], name="hold_tenant_key"),
            quantity_check("quantity", name="hold_quantity_range"),
            quantity_check("credits", name="hold_credits_range"),
            quantity_check("balance_after", name="hold_balance_range"),
            models.CheckConstraint(
                condition=Q(uncovered_credits__gte=0, uncovered_credits__lte=F("credits")),
                name="hold_uncovered_within_credits",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("held_at")), name="hold_has_a_life"
            ),
            models.CheckConstraint(
                condition=Q(outcome=None, ended_at=None, event_key=None)
                | Q(
                    outcome=HoldOutcome.SETTLED,
                    ended_at__gte=F("held_at"),
                    event_key__isnull=False,
                )
                | Q(
                    outcome__in=[HoldOutcome.RELEASED, HoldOutcome.EXPIRED],
                    ended_at__gte=F("held_at"),
                    event_key=None,
                ),
                name="hold_ends_in_one_way",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "meter"],
                condition=Q(outcome=None),
                name="hold_open_by_organization",
            ),
            models.Index(fields=["expires_at"], condition=Q(outcome=None), name="hold_to_expire"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.credits}"


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
    hold = models.ForeignKey(
        Hold,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
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
                condition=Q(kind__in=USAGE_KINDS, event_key__isnull=False, hold=None, reverses=None)
                | Q(kind=TransferKind.REVERSE, event_key__isnull=False, hold=None)
                & Q(reverses__isnull=False)
                | Q(kind__in=[TransferKind.ISSUE, TransferKind.ROLL_OVER], event_key=None)
                & Q(hold=None, reverses=None)
                | Q(kind__in=[TransferKind.HOLD, TransferKind.RELEASE], event_key=None)
                & Q(hold__isnull=False, reverses=None)
                | Q(kind=TransferKind.EXPIRE, reverses=None) & (Q(event_key=None) | Q(hold=None)),
                name="ledger_transfer_names_its_cause",
            ),
            models.UniqueConstraint(
                fields=["organization", "reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_transfer_reversed_once",
            ),
            # Once at an instant: a cap may take a part of a rollover before its end.
            models.UniqueConstraint(
                fields=["organization", "debit_account", "occurred_at"],
                condition=Q(kind=TransferKind.EXPIRE, event_key=None, hold=None),
                name="ledger_transfer_grant_expires_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "debit_account"],
                condition=Q(kind=TransferKind.ROLL_OVER),
                name="ledger_transfer_grant_rolls_over_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "id"], name="ledger_transfer_tenant_key"
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
                fields=["organization", "debit_account", "occurred_at", "id"],
                name="ledger_transfer_by_debit",
            ),
            models.Index(
                fields=["organization", "credit_account", "occurred_at", "id"],
                condition=Q(kind__in=INTO_GRANTS),
                name="ledger_transfer_into_grant",
            ),
            models.Index(
                fields=["organization", "meter", "kind", "id"],
                condition=~Q(kind__in=[TransferKind.CONSUME, TransferKind.OVERAGE]),
                name="ledger_transfer_beside_usage",
            ),
            models.Index(
                fields=["organization", "hold"],
                condition=Q(hold__isnull=False),
                name="ledger_transfer_by_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.amount}"
