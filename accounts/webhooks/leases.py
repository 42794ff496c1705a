"""The lease of an endpoint: the one worker that holds it sends, the others let it be."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from config.kernel.ids import new_id

from ..models import WebhookEndpoint

# Longer than any exchange. A worker that was killed holds up its endpoint for this long.
LEASE_LENGTH: Final = timedelta(seconds=45)


def take_lease(*, endpoint_id: int, now: datetime) -> str | None:
    """Take the lease if nobody holds it, and return its name; else return None."""
    lease = new_id("lease")
    taken = WebhookEndpoint.objects.filter(
        Q(leased_until=None) | Q(leased_until__lte=now), pk=endpoint_id
    ).update(lease=lease, leased_until=now + LEASE_LENGTH)
    return lease if taken else None


def return_lease(*, endpoint_id: int, lease: str) -> None:
    """Let others send. Harmless if the lease went to somebody else meanwhile."""
    WebhookEndpoint.objects.filter(pk=endpoint_id, lease=lease).update(lease="", leased_until=None)
