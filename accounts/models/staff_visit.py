from datetime import timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kernel.models import PublicIdModel

from ..choices import Role
from .organization import Organization, OrganizationOwnedQuerySet
from .user import User

LONGEST_STAFF_VISIT: Final = timedelta(minutes=30)
LONGEST_VISIT_REASON: Final = 500


class StaffVisit(PublicIdModel):
    """A look that somebody of the staff takes at a customer's portal, with the eyes of a role."""

    id_prefix = "vst"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("staff")
    )
    role = models.CharField(_("seen as"), max_length=16, choices=Role.choices)
    reason = models.CharField(_("reason"), max_length=LONGEST_VISIT_REASON)
    started_at = models.DateTimeField(_("started at"))
    ends_at = models.DateTimeField(_("ends at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit of staff")
        verbose_name_plural = _("visits of staff")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="staff_visit_role_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="staff_visit_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at"))
                & Q(ends_at__lte=F("started_at") + LONGEST_STAFF_VISIT),
                name="staff_visit_is_short",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="staff_visit_ends_after_its_start",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="staff_visit_organization")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.user}"
