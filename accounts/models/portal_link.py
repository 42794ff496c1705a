from datetime import timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q

from config.kernel.models import PublicIdModel

from .membership import Membership

LONGEST_LINK_LIFE: Final = timedelta(minutes=10)
LONGEST_PORTAL_SESSION: Final = timedelta(hours=1)
LONGEST_RETURN_URL: Final = 2000


class PortalLink(PublicIdModel):
    """
    An address that opens the portal of one organization for one of its members, once.

    Only the hash of its secret is stored. Whoever opened it is let in until the session ends; a
    membership that ends takes its links along.
    """

    id_prefix = "plk"

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.CharField(max_length=254)
    page = models.CharField(max_length=40)
    return_url = models.CharField(max_length=LONGEST_RETURN_URL, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    session_ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at"))
                & Q(expires_at__lte=F("made_at") + LONGEST_LINK_LIFE),
                name="portal_link_has_a_short_life",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, session_ends_at=None)
                | Q(
                    opened_at__isnull=False,
                    session_ends_at__isnull=False,
                    opened_at__gte=F("made_at"),
                    opened_at__lt=F("expires_at"),
                    session_ends_at__gt=F("opened_at"),
                    session_ends_at__lte=F("opened_at") + LONGEST_PORTAL_SESSION,
                ),
                name="portal_link_session_follows_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
