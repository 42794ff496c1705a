from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from config.kernel.models import PublicIdModel

from .organization import Organization, OrganizationOwnedQuerySet


class BillingContact(PublicIdModel):
    """
    An address that is mailed about an organization's billing beside its people.

    The organization's billing e-mail, which Stripe knows as well, is not among them: no address
    is kept in two places.
    """

    id_prefix = "bct"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=16, blank=True, help_text=_("Empty is the organization's.")
    )
    gets_payments = models.BooleanField(
        _("invoices and payments"),
        default=True,
        help_text=_("Receipts, failed payments, and changes of the plan."),
    )
    gets_usage = models.BooleanField(
        _("usage"), default=False, help_text=_("Alerts, limits and expiring credits.")
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"], name="billing_contact_once_per_organization"
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="billing_contact_email_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(gets_payments=True) | Q(gets_usage=True),
                name="billing_contact_gets_something",
            ),
        ]

    def __str__(self) -> str:
        return self.email
