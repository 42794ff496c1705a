"""What goes to Stripe, and what comes from there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import CreatedModel, PublicIdModel

from ..choices import InboxStatus, IntentStatus


class StripeIntent(PublicIdModel):
    """
    A write at Stripe: recorded before the call, concluded after it.

    `key` is the idempotency key; it follows from what is done, so that doing it again is the same
    call. `refusals_set_aside` counts how often staff had a refused call made anew. `subject` names
    the row of ours that it is about. The answer is kept for what follows from it; the parameters
    hold no secret.
    """

    id_prefix = "int"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+"
    )
    operation = models.CharField(_("operation"), max_length=64)
    subject = models.CharField(_("about"), max_length=128, blank=True)
    key = models.CharField(_("idempotency key"), max_length=255, unique=True)
    params = models.JSONField(_("parameters"))
    status = models.CharField(
        _("status"), max_length=16, choices=IntentStatus.choices, default=IntentStatus.OPEN
    )
    object_id = models.CharField(_("object at Stripe"), max_length=255, blank=True)
    answer = models.JSONField(null=True)
    error = models.JSONField(_("error"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    refusals_set_aside = models.PositiveIntegerField(
        _("refusals set aside"), default=0, db_default=0
    )
    requested_at = models.DateTimeField(_("requested at"))
    next_attempt_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=IntentStatus.OPEN, ended_at=None)
                | (~Q(status=IntentStatus.OPEN) & Q(ended_at__isnull=False)),
                name="stripe_intent_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=IntentStatus.values), name="stripe_intent_status_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=IntentStatus.OPEN),
                name="stripe_intent_open",
            ),
            models.Index(fields=["subject", "operation"], name="stripe_intent_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.subject}"

    @property
    def sent_key(self) -> str:
        """The key that Stripe is given: it would repeat a refusal for the one of before."""
        if not self.refusals_set_aside:
            return self.key
        return f"{self.key}#{self.refusals_set_aside}"


class StripeEvent(CreatedModel):
    """
    An event that Stripe sent, its signature verified. The inbox: stored once, seen to until done.

    What it says is a hint only; the object is asked for anew. `mirrored_at` tells when
    dj-stripe's copy of the object was brought level.
    """

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(_("type"), max_length=120)
    object_id = models.CharField(_("object"), max_length=255, blank=True)
    customer_id = models.CharField(max_length=255, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"))
    payload = models.JSONField()
    status = models.CharField(
        _("status"), max_length=16, choices=InboxStatus.choices, default=InboxStatus.WAITING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    received_at = models.DateTimeField(_("received at"))
    next_attempt_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(_("handled at"), null=True)
    mirrored_at = models.DateTimeField(null=True)

    objects = models.Manager["StripeEvent"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=InboxStatus.values), name="stripe_event_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[InboxStatus.WAITING, InboxStatus.FAILED], handled_at=None)
                | Q(
                    status__in=[InboxStatus.HANDLED, InboxStatus.IGNORED],
                    handled_at__isnull=False,
                ),
                name="stripe_event_handled_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status__in=[InboxStatus.WAITING, InboxStatus.FAILED]),
                name="stripe_event_waiting",
            ),
            models.Index(fields=["-received_at"], name="stripe_event_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.type}"


class StripeEndpoint(CreatedModel):
    """Where Stripe sends its events to. The secret that signs them is kept encrypted."""

    stripe_id = models.CharField(max_length=255, unique=True)
    url = models.URLField(max_length=2000)
    api_version = models.CharField(max_length=40)
    encrypted_secret = models.BinaryField(editable=False)
    is_active = models.BooleanField(default=True)
    last_event_at = models.DateTimeField(null=True)

    objects = models.Manager["StripeEndpoint"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"],
                condition=Q(is_active=True),
                name="stripe_endpoint_one_active",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id


class StripeDifference(CreatedModel):
    """
    Where Stripe and our books do not say the same: found by comparing, gone when they agree.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=64)
    subject = models.CharField(_("about"), max_length=128)
    ours = models.CharField(_("ours"), max_length=500)
    theirs = models.CharField(_("Stripe's"), max_length=500)
    found_at = models.DateTimeField(_("found at"))
    seen_at = models.DateTimeField(_("last seen at"))
    resolved_at = models.DateTimeField(_("gone since"), null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(resolved_at=None),
                name="stripe_difference_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
