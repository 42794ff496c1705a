"""How long we keep what Stripe told."""

from datetime import datetime, timedelta
from typing import Final

from ...choices import InboxStatus
from ...models import StripeEvent

KEPT_FOR: Final = timedelta(days=90)


def forget_old_payloads(*, now: datetime) -> int:
    """
    Empty the payloads of events that were seen to and are older than 90 days; return how many.

    The rows stay: that an event was received is never forgotten.
    """
    return (
        StripeEvent.objects.filter(
            status__in=(InboxStatus.HANDLED, InboxStatus.IGNORED), received_at__lt=now - KEPT_FOR
        )
        .exclude(payload={})
        .update(payload={})
    )
