from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kernel.models import CreatedModel, PublicIdModel

from .organization import Organization, OrganizationOwnedQuerySet
from .user import User


class OAuthSigningKey(CreatedModel):
    """
    A private key that signs tokens, kept encrypted.

    Its public half is shown from the moment that the row is there, so that whoever checks tokens
    knows it before it signs, and until it retires.
    """

    kid = models.CharField(max_length=43, unique=True, editable=False)
    encrypted_pem = models.BinaryField(editable=False)
    signs_from = models.DateTimeField(editable=False)
    retires_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.kid


class OAuthSubject(PublicIdModel):
    """The name by which apps know a person who signs in to them with Tallybook."""

    id_prefix = "usr"

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.public_id} {self.user}"


class SignInApp(PublicIdModel):
    """
    An app to which people sign in with Tallybook (OpenID Connect).

    With an organization, only its members can. A public app runs where its secret could be read,
    in a browser or on a telephone, so it has none.
    """

    id_prefix = "app"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=80)
    redirect_uris = ArrayField(models.CharField(max_length=500), verbose_name=_("redirect URIs"))
    is_public = models.BooleanField(_("public"))
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in app")

    def __str__(self) -> str:
        return f"{self.public_id} {self.name}"
