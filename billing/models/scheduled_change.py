from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import PublicIdModel

from ..choices import BillingInterval, ScheduledChangeStatus
from .agreement import Agreement
from .plan import PlanVersion


class ScheduledChange(PublicIdModel):
    """
    What an agreement is going to be from the end of the period that is paid for.

    At most one waits for each agreement. It takes effect at `effective_at` whenever that is
    noticed, or is undone before. Another interval moves the anchor to that instant; from
    `previous_anchor_at` the months were counted until then.
    """

    id_prefix = "sch"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    to_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    interval = models.CharField(_("interval"), max_length=8, choices=BillingInterval.choices)
    seats = models.PositiveIntegerField(_("seats"))
    effective_at = models.DateTimeField(_("takes effect at"))
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=ScheduledChangeStatus.choices,
        default=ScheduledChangeStatus.WAITING,
    )
    previous_anchor_at = models.DateTimeField(null=True, editable=False)
    requested_at = models.DateTimeField(_("requested at"))
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "agreement"],
                condition=Q(status=ScheduledChangeStatus.WAITING),
                name="scheduled_change_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["organization", "id"], name="scheduled_change_tenant_key"
            ),
            models.CheckConstraint(
                condition=Q(status=ScheduledChangeStatus.WAITING, ended_at=None)
                | (~Q(status=ScheduledChangeStatus.WAITING) & Q(ended_at__isnull=False)),
                name="scheduled_change_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1)
                & Q(status__in=ScheduledChangeStatus.values, interval__in=BillingInterval.values),
                name="scheduled_change_codes_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["effective_at"],
                condition=Q(status=ScheduledChangeStatus.WAITING),
                name="scheduled_change_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"
