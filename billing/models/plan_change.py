from django.db import models
from django.db.models import F, Q

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import PublicIdModel

from .agreement import Agreement
from .plan import PlanVersion


class PlanChange(PublicIdModel):
    """An agreement's move from one plan version to another, from an instant on. Append-only."""

    id_prefix = "chg"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    from_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    effective_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "agreement", "effective_at"],
                name="plan_change_one_per_instant",
            ),
            models.CheckConstraint(
                condition=~Q(from_version=F("to_version")), name="plan_change_moves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}"
