from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kernel.models import PublicIdModel

from ..choices import Role
from .organization import Organization, OrganizationOwnedQuerySet
from .user import User


class Membership(PublicIdModel):
    """A person's place in one organization. The database keeps at least one owner in each."""

    id_prefix = "mbr"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="membership_one_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.user} as {self.role}"
