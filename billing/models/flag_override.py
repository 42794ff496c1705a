from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import CreatedModel

from .feature import Feature

LONGEST_MEMBER = 128
# No blanks at its ends and no control characters: one way to write each. Nobody's is empty.
MEMBER_PATTERN = r"^([^[:cntrl:][:space:]]([^[:cntrl:]]*[^[:cntrl:][:space:]])?)?$"


class FlagOverride(CreatedModel):
    """
    The value that a flag has for one organization or, with a `member`, for one of its people,
    whatever their plan says. `member` is the name that the app itself has for the person; empty is
    everybody.

    The database holds the value to the type of the flag.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(
        _("member"),
        max_length=LONGEST_MEMBER,
        blank=True,
        help_text=_("Your app's own name for a person. Empty: everybody in the organization."),
    )
    value = models.JSONField(_("value"))

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "feature"],
                name="flag_override_once",
            ),
            models.CheckConstraint(
                condition=Q(member__regex=MEMBER_PATTERN),
                name="flag_override_member_format",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.feature_id}"
