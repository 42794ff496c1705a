from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check
from config.kernel.models import CurrencyField, PublicIdModel

from ..choices import (
    LIVE_STATUSES,
    AgreementStatus,
    BillingInterval,
    CancelFeedback,
    Collection,
    EndReason,
)
from .plan import PlanVersion


class AgreementQuerySet(OrganizationOwnedQuerySet["Agreement"]):
    def live(self) -> Self:
        """Those that grant something today."""
        return self.filter(status__in=LIVE_STATUSES)


class Agreement(PublicIdModel):
    """
    The contract between us and an organization: which plan version, from when, at what price.

    It holds from `started_at` until just before `ended_at`, and no two agreements of an
    organization hold at the same time. All of its periods, and those of its allowances, are
    counted from `anchor_at`, before it as well as after it: its start, the end of its trial, or the
    moment since which it is billed by another interval. It is going to end at `cancel_at`, for
    `end_reason`.
    """

    id_prefix = "agr"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=AgreementStatus.choices,
        default=AgreementStatus.ACTIVE,
    )
    collection = models.CharField(_("collection"), max_length=16, choices=Collection.choices)
    currency = CurrencyField(_("currency"))
    interval = models.CharField(_("interval"), max_length=8, choices=BillingInterval.choices)
    seats = models.PositiveIntegerField(_("seats"), default=1)
    started_at = models.DateTimeField(_("started at"))
    anchor_at = models.DateTimeField(_("anchor"))
    trial_ends_at = models.DateTimeField(_("trial ends at"), null=True, blank=True)
    current_period_start = models.DateTimeField()
    current_period_end = models.DateTimeField()
    cancel_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    end_reason = models.CharField(
        _("reason of the end"), max_length=24, choices=EndReason.choices, blank=True
    )
    cancel_feedback = models.CharField(
        _("why the customer leaves"), max_length=24, choices=CancelFeedback.choices, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(status__in=LIVE_STATUSES),
                name="agreement_one_live_per_organization",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="agreement_tenant_key"),
            models.CheckConstraint(
                condition=Q(current_period_start__lt=F("current_period_end")),
                name="agreement_period_has_length",
            ),
            models.CheckConstraint(
                condition=Q(started_at__lte=F("current_period_start")),
                name="agreement_period_after_start",
            ),
            models.CheckConstraint(
                condition=Q(trial_ends_at=None)
                | Q(trial_ends_at__gt=F("started_at"), trial_ends_at__lte=F("anchor_at")),
                name="agreement_trial_comes_first",
            ),
            models.CheckConstraint(
                condition=~Q(status=AgreementStatus.TRIALING) | Q(trial_ends_at__isnull=False),
                name="agreement_trial_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(cancel_at=None, end_reason="")
                | Q(cancel_at__isnull=False, end_reason__in=EndReason.values),
                name="agreement_end_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(cancel_feedback="") | Q(cancel_feedback__in=CancelFeedback.values),
                name="agreement_feedback_known",
            ),
            models.CheckConstraint(
                condition=Q(status=AgreementStatus.CANCELED, ended_at__isnull=False)
                | (~Q(status=AgreementStatus.CANCELED) & Q(ended_at=None)),
                name="agreement_ended_when_canceled",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="agreement_ends_after_start",
            ),
            ExclusionConstraint(
                name="agreement_disjoint",
                expressions=[
                    (F("organization"), RangeOperators.EQUAL),
                    (
                        Func(F("started_at"), F("ended_at"), RangeBoundary(), function="TSTZRANGE"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="agreement_has_a_seat"),
            models.CheckConstraint(
                condition=Q(
                    status__in=AgreementStatus.values,
                    interval__in=BillingInterval.values,
                    collection__in=Collection.values,
                ),
                name="agreement_codes_known",
            ),
            currency_check("currency", name="agreement_currency_code"),
        ]
        indexes = [
            models.Index(fields=["plan_version"], name="agreement_plan_version"),
            models.Index(
                fields=["cancel_at"], condition=Q(ended_at=None), name="agreement_going_to_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.plan_version}"
