from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kernel.models import PublicIdModel

from ..choices import DisabledReason, WebhookFormat
from .organization import Organization, OrganizationOwnedQuerySet
from .user import User


class WebhookEndpointQuerySet(OrganizationOwnedQuerySet["WebhookEndpoint"]):
    def present(self) -> Self:
        """Those that were not removed."""
        return self.filter(deleted_at=None)

    def listening(self) -> Self:
        """Those that are told of what happens."""
        return self.present().filter(disabled_at=None)


class WebhookEndpoint(PublicIdModel):
    """
    An address that is told of events as they happen.

    One without an organization belongs to the company that runs Tallybook, and is told of every
    organization. Without event types it is told of all of them.

    Its lease is held by the one worker that sends to it now. `retry_at` lets it rest after a
    failure: until then nothing at all is sent to it, however much is waiting.
    """

    id_prefix = "whk"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    url = models.CharField(_("address"), max_length=2048)
    description = models.CharField(_("description"), max_length=200, blank=True)
    event_types = ArrayField(
        models.CharField(max_length=64), default=list, blank=True, verbose_name=_("event types")
    )
    format = models.CharField(
        _("format"),
        max_length=16,
        choices=WebhookFormat.choices,
        default=WebhookFormat.STANDARD,
        editable=False,
    )
    encrypted_secret = models.BinaryField(editable=False)
    former_encrypted_secret = models.BinaryField(null=True, editable=False)
    former_secret_until = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True, editable=False)
    disabled_reason = models.CharField(
        _("why it is disabled"),
        max_length=16,
        choices=DisabledReason.choices,
        blank=True,
        editable=False,
    )
    deleted_at = models.DateTimeField(null=True, editable=False)

    last_success_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failure_count = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Tries in a row that failed.")
    )
    retry_at = models.DateTimeField(null=True, editable=False)
    lease = models.CharField(max_length=40, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=WebhookFormat.values), name="webhook_endpoint_format_known"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_reason="")
                | Q(disabled_at__isnull=False, disabled_reason__in=DisabledReason.values),
                name="webhook_endpoint_disabled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(former_encrypted_secret=None, former_secret_until=None)
                | Q(former_encrypted_secret__isnull=False, former_secret_until__isnull=False),
                name="webhook_endpoint_former_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(failing_since=None, failure_count=0, retry_at=None)
                | Q(failing_since__isnull=False, failure_count__gt=0),
                name="webhook_endpoint_failures_counted",
            ),
            models.CheckConstraint(
                condition=Q(lease="", leased_until=None)
                | (~Q(lease="") & Q(leased_until__isnull=False)),
                name="webhook_endpoint_lease_ends",
            ),
            models.CheckConstraint(
                condition=Q(url__regex=r"^https?://"), name="webhook_endpoint_url_is_http"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization"],
                condition=Q(disabled_at=None, deleted_at=None),
                name="webhook_endpoint_listening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.url}"
