"""What one customer is offered by a repricing campaign, and the proof that it was told."""

from datetime import timedelta

from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet, User
from config.kernel.constraints import currency_check
from config.kernel.models import CreatedModel, CurrencyField, PublicIdModel

from ..choices import BillingInterval, OfferStatus, Verdict
from .agreement import Agreement
from .plan import PlanVersion
from .repricing import SHORTEST_NOTICE_DAYS, RepricingCampaign
from .scheduled_change import ScheduledChange

NOTICE_DAYS = (90, 30, 7)


class RepricingOffer(PublicIdModel):
    """
    A campaign's offer to one customer: which plan, from when, and the customer's own numbers.

    `figures` are what the customer is shown: they are frozen when the offer is prepared, so that
    page, mail and API say the same for ever. `noticed_at` is when the first notice had been sent;
    nothing takes effect before `notice_days` later, unless the customer asked for it expressly
    (`waived_at`), nor ever before a period that is paid for ends. `from_interval` and `from_seats`
    are what was agreed before the move. `is_own_change` says that the customer planned it on its
    own page, and not we for it. `obstacle` says what is in the way of it, to staff.
    """

    id_prefix = "rpo"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(RepricingCampaign, on_delete=models.PROTECT, related_name="offers")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    from_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    from_interval = models.CharField(max_length=8, choices=BillingInterval.choices)
    from_seats = models.PositiveIntegerField()
    to_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    interval = models.CharField(_("interval"), max_length=8, choices=BillingInterval.choices)
    seats = models.PositiveIntegerField(_("seats"))
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices)
    currency = CurrencyField(_("currency"))
    current_average_minor = models.BigIntegerField(_("pays now, average"))
    new_average_minor = models.BigIntegerField(_("would pay, average"))
    figures = models.JSONField(default=dict)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"))
    status = models.CharField(
        _("status"), max_length=16, choices=OfferStatus.choices, default=OfferStatus.PREPARED
    )
    prepared_at = models.DateTimeField(_("prepared at"))
    noticed_at = models.DateTimeField(_("notice sent at"), null=True)
    effective_at = models.DateTimeField(_("takes effect at"), null=True)
    seen_at = models.DateTimeField(_("page first opened at"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(_("notice waived at"), null=True)
    scheduled_change = models.ForeignKey(
        ScheduledChange,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    is_own_change = models.BooleanField(default=False, db_default=False, editable=False)
    obstacle = models.CharField(_("in the way"), max_length=200, blank=True)
    tried_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "campaign"], name="repricing_offer_once_per_campaign"
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(
                    status__in=(OfferStatus.PREPARED, OfferStatus.OPEN, OfferStatus.ACCEPTED)
                ),
                name="repricing_offer_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["organization", "id"], name="repricing_offer_tenant_key"
            ),
            models.CheckConstraint(
                condition=Q(notice_days__gte=SHORTEST_NOTICE_DAYS),
                name="repricing_offer_notice_range",
            ),
            models.CheckConstraint(
                condition=Q(effective_at=None)
                | Q(waived_at__isnull=False, effective_at__gt=F("waived_at"))
                | Q(
                    waived_at=None,
                    noticed_at__isnull=False,
                    effective_at__gte=ExpressionWrapper(
                        F("noticed_at") + F("notice_days") * Value(timedelta(days=1)),
                        output_field=models.DateTimeField(),
                    ),
                ),
                name="repricing_offer_after_its_notice",
            ),
            models.CheckConstraint(
                condition=Q(waived_at=None)
                | Q(
                    waived_at__gte=F("noticed_at"),
                    waived_at=F("answered_at"),
                    status__in=(
                        OfferStatus.ACCEPTED,
                        OfferStatus.APPLIED,
                        OfferStatus.LAPSED,
                        OfferStatus.WITHDRAWN,
                    ),
                ),
                name="repricing_offer_waived_with_the_answer",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=OfferStatus.PREPARED, noticed_at=None, answered_at=None, ended_at=None
                )
                | Q(
                    status=OfferStatus.OPEN,
                    noticed_at__isnull=False,
                    effective_at__isnull=False,
                    answered_at=None,
                    ended_at=None,
                )
                | Q(
                    status=OfferStatus.ACCEPTED,
                    noticed_at__isnull=False,
                    effective_at__isnull=False,
                    answered_at__isnull=False,
                    ended_at=None,
                )
                | Q(
                    status=OfferStatus.DECLINED,
                    noticed_at__isnull=False,
                    answered_at__isnull=False,
                    ended_at__isnull=False,
                )
                | Q(
                    status=OfferStatus.APPLIED,
                    noticed_at__isnull=False,
                    effective_at__isnull=False,
                    ended_at__gte=F("effective_at"),
                )
                | Q(status__in=(OfferStatus.LAPSED, OfferStatus.WITHDRAWN), ended_at__isnull=False),
                name="repricing_offer_fits_its_status",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=OfferStatus.values,
                    verdict__in=Verdict.values,
                    interval__in=BillingInterval.values,
                    from_interval__in=BillingInterval.values,
                ),
                name="repricing_offer_codes_known",
            ),
            currency_check("currency", name="repricing_offer_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"


class RepricingNotice(CreatedModel):
    """
    One of the notices of an offer, so many days before it takes effect: due, and once sent for
    good. The first of them starts the clock.

    `sent_to` proves what was sent to whom and when: of each mail that left its address, its
    moment and the SHA-256 of its text. Once sent it only grows. `message_sha256` is that of the
    first mail.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    offer = models.ForeignKey(RepricingOffer, on_delete=models.PROTECT, related_name="notices")
    days_before = models.PositiveSmallIntegerField(_("days before"))
    due_at = models.DateTimeField(_("due at"))
    queued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    sent_to = models.JSONField(_("sent to"), default=list)
    message_sha256 = models.BinaryField(max_length=32, null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "days_before"], name="repricing_notice_once"),
            models.CheckConstraint(
                condition=Q(sent_at=None, message_sha256=None, sent_to=[])
                | Q(sent_at__gte=F("queued_at"), message_sha256__isnull=False) & ~Q(sent_to=[]),
                name="repricing_notice_sent_with_proof",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(queued_at=None), name="repricing_notice_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.days_before} days before"
