from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kernel.models import CreatedModel

from ..choices import MailAlert
from .organization import Organization, OrganizationOwnedQuerySet
from .user import User


class MailOptOut(CreatedModel):
    """
    Somebody who wants no mails of a sort from an organization: a person, who may change their
    address, or an address of nobody who has an account.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    address = models.EmailField(max_length=254, blank=True)
    alert = models.CharField(_("alert"), max_length=16, choices=MailAlert.choices)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "address", "alert"],
                name="mail_opt_out_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="") | Q(user=None) & ~Q(address=""),
                name="mail_opt_out_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(alert__in=MailAlert.values), name="mail_opt_out_alert_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.alert}"
