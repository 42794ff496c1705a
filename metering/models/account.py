from django.db import models
from django.db.models import Q

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import CreatedModel, TotalField
from config.kernel.quantities import LARGEST_TOTAL

from ..choices import AccountKind
from .meter import Meter

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
