from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import PublicIdModel

from ..choices import BillingInterval, PrivateOfferStatus, ScheduledChangeStatus
from .agreement import Agreement
from .plan import Plan
from .scheduled_change import ScheduledChange

LONGEST_MESSAGE = 500


class PrivateOfferQuerySet(OrganizationOwnedQuerySet["PrivateOffer"]):
    def standing(self) -> Self:
        """Those that may still come to something: what was begun in time is honoured."""
        return self.filter(status=PrivateOfferStatus.OPEN)

    def open_at(self, at: datetime) -> Self:
        """Those that can be taken at a moment."""
        return self.standing().filter(offered_at__lte=at, expires_at__gt=at)

    def taken(self) -> Self:
        """Those whose plan the customer moves to when the paid period ends."""
        return self.filter(_is_moving_to_it())

    def not_taken(self) -> Self:
        """The others."""
        return self.exclude(_is_moving_to_it())


def _is_moving_to_it() -> Exists:
    return Exists(
        ScheduledChange.objects.filter(
            organization_id=OuterRef("organization_id"),
            to_version__plan_id=OuterRef("plan_id"),
            status=ScheduledChangeStatus.WAITING,
        )
    )


class PrivateOffer(PublicIdModel):
    """
    A plan that staff offer to one organization: one that visitors are not shown, or not any more.

    It is taken by the normal checkout or change, at the prices of the plan, until it expires.
    Where it names an interval or a number of seats, it is for exactly those. It is accepted when
    an agreement is on the plan, which may be later than it was asked for.
    """

    id_prefix = "pof"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    interval = models.CharField(
        _("interval"), max_length=8, choices=BillingInterval.choices, blank=True
    )
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=LONGEST_MESSAGE, blank=True)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=PrivateOfferStatus.choices,
        default=PrivateOfferStatus.OPEN,
    )
    offered_at = models.DateTimeField(_("offered at"))
    expires_at = models.DateTimeField(_("expires at"))
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = PrivateOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "plan"],
                condition=Q(status=PrivateOfferStatus.OPEN),
                name="private_offer_one_open_per_plan",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("offered_at")), name="private_offer_lasts_a_while"
            ),
            models.CheckConstraint(
                condition=Q(status=PrivateOfferStatus.OPEN, ended_at=None, agreement=None)
                | Q(
                    status=PrivateOfferStatus.ACCEPTED,
                    ended_at__isnull=False,
                    agreement__isnull=False,
                )
                | Q(
                    status__in=(PrivateOfferStatus.WITHDRAWN, PrivateOfferStatus.LAPSED),
                    ended_at__isnull=False,
                    agreement=None,
                ),
                name="private_offer_fits_its_status",
            ),
            models.CheckConstraint(
                condition=Q(interval="") | Q(interval__in=BillingInterval.values),
                name="private_offer_interval_known",
            ),
            models.CheckConstraint(
                condition=Q(seats=None) | Q(seats__gte=1), name="private_offer_has_a_seat"
            ),
        ]
        indexes = [
            models.Index(
                fields=["plan", "expires_at"],
                condition=Q(status=PrivateOfferStatus.OPEN),
                name="private_offer_standing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.plan}"
