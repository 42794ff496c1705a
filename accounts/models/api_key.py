from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kernel.models import PublicIdModel

from ..choices import Scope
from .organization import Organization, OrganizationOwnedQuerySet
from .user import User


class ApiKey(PublicIdModel):
    """
    A secret that an app shows to the API.

    A key without an organization is a *platform key*: it belongs to the company that runs
    Tallybook and may act for every organization. The secret itself is never stored, only
    its SHA-256, which suffices because the secret is long and random.
    """

    id_prefix = "key"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=24, unique=True, editable=False)
    secret_sha256 = models.BinaryField(max_length=32, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=32, choices=Scope.choices), verbose_name=_("scopes")
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        constraints = [
            models.CheckConstraint(condition=~Q(scopes=[]), name="api_key_has_scope"),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values), name="api_key_scopes_known"
            ),
        ]
        indexes = [models.Index(fields=["organization"], name="api_key_organization")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"
