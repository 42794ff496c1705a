from datetime import timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import currency_check
from config.kernel.models import CurrencyField, PublicIdModel


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def open(self) -> Self:
        """Those that still do business with us."""
        return self.filter(closed_at=None)


class Organization(PublicIdModel):
    """A customer company: the tenant, and the one who pays."""

    id_prefix = "org"

    name = models.CharField(_("name"), max_length=120)
    external_id = models.CharField(  # noqa: DJ001  many organizations have none, and it is unique
        _("external id"), max_length=128, null=True, blank=True
    )
    currency = CurrencyField(_("currency"))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of those who chose none themselves. Empty is the installation's."),
    )
    billing_email = models.EmailField(_("billing e-mail"), max_length=254, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    clock_ahead = models.DurationField(
        default=timedelta(0),
        editable=False,
        help_text=_("How far its test clock is ahead; nothing outside of rehearsals."),
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["external_id"], name="organization_external_id_unique"),
            models.CheckConstraint(
                condition=Q(external_id=None) | ~Q(external_id=""),
                name="organization_external_id_not_empty",
            ),
            currency_check("currency", name="organization_currency_code"),
            models.CheckConstraint(
                condition=Q(clock_ahead__gte=timedelta(0)), name="organization_clock_not_behind"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(clock_ahead__gt=timedelta(0)),
                name="organization_rehearsed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"

    @property
    def code(self) -> str:
        """The id that apps use; Kinde's word for it is *org code*."""
        return self.public_id


Row = TypeVar("Row", bound=models.Model, covariant=True)


class OrganizationOwnedQuerySet(models.QuerySet[Row]):
    """Rows that belong to one organization each."""

    def owned_by(self, organization: Organization) -> Self:
        """Only this organization's rows; every read on behalf of a customer starts here."""
        return self.filter(organization=organization)
