from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import quantity_check
from config.kernel.models import CreditField

from ..choices import USAGE_KINDS, TransferKind
from .account import LedgerAccount
from .hold import Hold
from .meter import Meter

# The transfers that may credit a grant.
INTO_GRANTS = (
    TransferKind.ISSUE,
    TransferKind.ROLL_OVER,
    TransferKind.RELEASE,
    TransferKind.REVERSE,
)


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
