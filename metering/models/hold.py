from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import quantity_check, total_check
from config.kernel.models import CreditField, PublicIdModel, TotalField

from ..choices import HoldOutcome
from .meter import Meter
from .rate_card import Action


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
    balance_after = TotalField(null=True)
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
            total_check("balance_after", name="hold_balance_range"),
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
                    ended_at__isnull=False,
                    ended_at__gte=F("held_at"),
                    event_key__isnull=False,
                )
                | Q(
                    outcome__in=[HoldOutcome.RELEASED, HoldOutcome.EXPIRED],
                    ended_at__isnull=False,
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
