from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import quantity_check
from config.kernel.models import CreatedModel, CreditField, PublicIdModel

LONGEST_NOTICE_DAYS = 365


class RateChange(PublicIdModel):
    """
    A rate that an action will have from `effective_at` on, and when customers are told of it.

    They are told from `tell_at` on, so many days before. `customer_count` is how many organizations
    had the action in their plan when it was scheduled. The rate itself is `rate`; until it is in
    force and before anybody was told, both can be withdrawn.
    """

    id_prefix = "rch"

    rate = models.OneToOneField("metering.ActionRate", on_delete=models.PROTECT, related_name="+")
    credits_before = CreditField(_("credits until then"))
    credits = CreditField(_("credits"))
    scheduled_at = models.DateTimeField(_("scheduled at"))
    scheduled_by = models.CharField(_("scheduled by"), max_length=254)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"))
    tell_at = models.DateTimeField(_("customers are told from"))
    effective_at = models.DateTimeField(_("effective at"))
    customer_count = models.PositiveIntegerField(_("customers"))
    reason = models.CharField(_("reason"), max_length=200)

    objects = models.Manager["RateChange"]()

    class Meta:
        verbose_name = _("rate change")
        verbose_name_plural = _("rate changes")
        constraints = [
            quantity_check("credits_before", name="rate_change_credits_before_range"),
            quantity_check("credits", name="rate_change_credits_range"),
            models.CheckConstraint(
                condition=~Q(credits=F("credits_before")), name="rate_change_changes_credits"
            ),
            models.CheckConstraint(
                condition=Q(notice_days__lte=LONGEST_NOTICE_DAYS), name="rate_change_notice_range"
            ),
            models.CheckConstraint(
                condition=Q(tell_at__lte=F("effective_at"), effective_at__gte=F("scheduled_at")),
                name="rate_change_told_of_before",
            ),
            # What gets dearer for a customer never comes sooner than it was to be told.
            models.CheckConstraint(
                condition=Q(credits__lt=F("credits_before"))
                | Q(customer_count=0)
                | Q(tell_at__gte=F("scheduled_at"), tell_at__lt=F("effective_at")),
                name="rate_change_keeps_its_notice",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rate_change_has_a_reason"),
        ]
        indexes = [models.Index(fields=["effective_at"], name="rate_change_by_date")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.credits_before} to {self.credits}"

    @property
    def is_dearer(self) -> bool:
        """Whether the action takes more from then on."""
        return bool(self.credits > self.credits_before)


class RateNotice(CreatedModel):
    """That an organization was told of a change of a rate, once. Append-only."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    change = models.ForeignKey(RateChange, on_delete=models.PROTECT, related_name="notices")
    told_at = models.DateTimeField(_("told at"))

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate notice")
        verbose_name_plural = _("rate notices")
        constraints = [
            models.UniqueConstraint(fields=["change", "organization"], name="rate_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.told_at:%Y-%m-%d}"


class PriceReview(PublicIdModel):
    """
    A quarterly look at what actions take. It is due once, and is closed with what was decided.

    `looked_at` are the figures of each action at the moment of the decision.
    """

    id_prefix = "prv"

    due_at = models.DateTimeField(_("due at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.CharField(_("done by"), max_length=254, blank=True)
    decision = models.TextField(_("what was decided"), max_length=4_000, blank=True)
    looked_at = models.JSONField(_("looked at"), null=True, encoder=DjangoJSONEncoder)

    objects = models.Manager["PriceReview"]()

    class Meta:
        verbose_name = _("price review")
        verbose_name_plural = _("price reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["done_at"],
                condition=Q(done_at=None),
                nulls_distinct=False,
                name="price_review_one_open",
            ),
            models.UniqueConstraint(fields=["due_at"], name="price_review_once_due"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by="", decision="", looked_at__isnull=True)
                | Q(
                    ~Q(done_by=""), ~Q(decision=""), done_at__isnull=False, looked_at__isnull=False
                ),
                name="price_review_fits_its_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.due_at:%Y-%m-%d}"
