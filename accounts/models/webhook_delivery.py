from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kernel.models import CreatedModel, PublicIdModel

from ..choices import DeliveryStatus
from .webhook_endpoint import WebhookEndpoint
from .webhook_event import WebhookEvent

_FINISHED: Final = ["delivered", "failed", "dropped"]


class WebhookDelivery(PublicIdModel):
    """
    An event that one endpoint is to be told of, until it was, or we gave up.

    `type` is what the endpoint's format calls the event. An endpoint of an organization is told
    of that organization's events only; the database sees to it.
    """

    id_prefix = "dlv"

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(WebhookEvent, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(_("type"), max_length=64)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=DeliveryStatus.choices,
        default=DeliveryStatus.PENDING,
        db_default=DeliveryStatus.PENDING,
    )
    due_at = models.DateTimeField(_("due at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    attempt_count = models.PositiveIntegerField(_("attempts"), default=0, db_default=0)
    earlier_attempt_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("Attempts before it was last sent again by hand.")
    )

    class Meta:
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event", "type"], name="webhook_delivery_once_per_event"
            ),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.PENDING, due_at__isnull=False, finished_at=None)
                | (Q(status__in=_FINISHED) & Q(due_at=None, finished_at__isnull=False)),
                name="webhook_delivery_pending_or_finished",
            ),
            models.CheckConstraint(
                condition=Q(earlier_attempt_count__lte=F("attempt_count")),
                name="webhook_delivery_attempts_add_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at"],
                condition=Q(status=DeliveryStatus.PENDING),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.type}"


class WebhookAttempt(CreatedModel):
    """One try to deliver: what was answered, or why there was no answer."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started at"))
    duration_ms = models.PositiveIntegerField(_("duration in milliseconds"))
    status_code = models.PositiveSmallIntegerField(_("status"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    response_excerpt = models.CharField(_("answer"), max_length=1024, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "number"], name="webhook_attempt_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status_code__isnull=False, status_code__gte=100, status_code__lte=999)
                | (Q(status_code=None) & ~Q(error="")),
                name="webhook_attempt_answered_or_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} attempt {self.number}"
