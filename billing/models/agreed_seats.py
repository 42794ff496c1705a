from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import CreatedModel

from ..choices import BillingInterval
from .agreement import Agreement


class AgreedSeats(CreatedModel):
    """
    How many seats an agreement has, and by which interval it is billed, from an instant on.

    The first row is that of its beginning; each further one is different from the one before it,
    and the last one says what the agreement says. Append-only.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    seats = models.PositiveIntegerField(_("seats"))
    interval = models.CharField(_("interval"), max_length=8, choices=BillingInterval.choices)
    effective_at = models.DateTimeField(_("effective at"))

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreed seats")
        verbose_name_plural = _("agreed seats")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "effective_at"], name="agreed_seats_one_per_instant"
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1, interval__in=BillingInterval.values),
                name="agreed_seats_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.seats}"
