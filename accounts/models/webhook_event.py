from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from config.kernel.models import PublicIdModel

from .organization import Organization, OrganizationOwnedQuerySet


class WebhookEvent(PublicIdModel):
    """
    Something that happened and that others may want to be told: the outbox.

    It is stored in the transaction of the change itself, so it is there exactly if the change
    is. `dedupe_key` names the fact, which can therefore be announced only once, also when what
    it said is forgotten. A fact of the installation, such as a new plan, has no organization.
    """

    id_prefix = "evt"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    type = models.CharField(_("type"), max_length=64)
    dedupe_key = models.CharField(max_length=200)
    data = models.JSONField(_("data"))
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    forgotten_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When what it said was deleted.")
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "dedupe_key"],
                name="webhook_event_once_per_fact",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(type__regex=r"^[a-z_]+(\.[a-z_]+)+$"),
                name="webhook_event_type_format",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="webhook_event_newest")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.type}"
