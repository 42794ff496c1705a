"""Forget what nobody looks up any more."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from ..choices import DeliveryStatus
from ..models import WebhookAttempt, WebhookDelivery, WebhookEvent
from .types import list_on_request

KEPT_FOR: Final = timedelta(days=90)
_BATCH: Final = 1000


def forget_old_events(*, now: datetime) -> int:
    """
    Forget what events of more than ninety days ago said, and whom they were told; return how many.

    That they were announced is remembered, so that no fact is announced again; only what is told
    again and again on request goes altogether. An event that an endpoint is still to be told of
    stays. Batches are transactions of their own, so a run that is ended midway has done a part of
    the work, and the next does the rest.
    """
    count = last = 0
    while True:
        batch = _list_oldest(after=last, before=now - KEPT_FOR)
        if not batch:
            return count
        count += _forget(batch, now=now)
        last = batch[-1]


def _list_oldest(*, after: int, before: datetime) -> list[int]:
    """A batch of event ids, as long as they are old: ids grow with time, so the rest is younger."""
    oldest = WebhookEvent.objects.filter(pk__gt=after, forgotten_at=None).order_by("pk")
    rows = oldest.values_list("pk", "recorded_at")[:_BATCH]
    return [pk for pk, recorded_at in rows if recorded_at < before]


@transaction.atomic(durable=True)
def _forget(event_ids: list[int], *, now: datetime) -> int:
    # Locked, so that none of them is sent again meanwhile.
    told = WebhookDelivery.objects.filter(event__in=event_ids).select_for_update(no_key=True)
    rows = list(told.order_by("pk").values_list("event_id", "status"))
    awaited = {event_id for event_id, status in rows if status == DeliveryStatus.PENDING}
    settled = [event_id for event_id in event_ids if event_id not in awaited]
    WebhookAttempt.objects.filter(delivery__event__in=settled).delete()
    WebhookDelivery.objects.filter(event__in=settled).delete()
    events = WebhookEvent.objects.filter(pk__in=settled)
    events.filter(type__in=list_on_request()).delete()
    events.update(data={}, forgotten_at=now)
    return len(settled)
