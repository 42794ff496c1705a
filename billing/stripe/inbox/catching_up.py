"""Asking Stripe for what it could not deliver."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db.models import Max

from ...models import StripeEvent
from ..gateway.configuration import is_connected, is_live
from ..gateway.reading import list_events
from .handlers import wanted_types
from .receiving import store

logger = structlog.get_logger(__name__)

# An event may have been lost before others arrived.
OVERLAP: Final = timedelta(hours=3)
# Stripe knows no older ones.
KEPT_FOR: Final = timedelta(days=30)
AT_FIRST: Final = timedelta(days=1)


def catch_up(*, now: datetime, since: datetime | None = None, until: datetime | None = None) -> int:
    """
    Store the events that Stripe knows and the inbox does not; return how many there were.

    Those since the last one that is known, with some overlap, or since and until the moments that
    are given. Raises `StripeUnavailable`.
    """
    if not is_connected():
        return 0
    wanted = set(wanted_types(with_clocks=not is_live()))
    told = [
        event
        for event in list_events(since=since or _since(now), until=until)
        if event.type in wanted
    ]
    known = set(
        StripeEvent.objects.filter(event_id__in=[event.id for event in told]).values_list(
            "event_id", flat=True
        )
    )
    missed = [event for event in told if event.id not in known]
    for event in reversed(missed):
        store(event, received_at=now, due_at=now)
    if missed:
        logger.warning("stripe_events_were_missed", count=len(missed))
    return len(missed)


def _since(now: datetime) -> datetime:
    # What happens in the time of a test clock may lie ahead of ours.
    past = StripeEvent.objects.filter(occurred_at__lte=now)
    latest: datetime | None = past.aggregate(at=Max("occurred_at"))["at"]
    if latest is None:
        return now - AT_FIRST
    return max(latest - OVERLAP, now - KEPT_FOR)
