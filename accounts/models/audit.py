from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .organization import Organization, OrganizationOwnedQuerySet
from .user import User


class AuditEntry(models.Model):
    """Who did what to whom, and why. Append-only: the database refuses changes."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    actor = models.CharField(_("actor"), max_length=254, help_text=_("Who did it, as known then."))
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    action = models.CharField(_("action"), max_length=64)
    target = models.CharField(_("target"), max_length=128)
    changes = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["organization", "-id"], name="audit_entry_organization"),
            models.Index(fields=["target", "-id"], name="audit_entry_target"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.action} {self.target}"
