"""Seeing to an event: our handlers first, then dj-stripe's copy, each until it is done."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db.models import Q

from ...choices import InboxStatus
from ...models import StripeCustomer, StripeEvent
from ..gateway.configuration import is_connected, is_live
from ..gateway.reading import retrieve_clock
from ..mirror.copying import copy_object
from ..resting import rest_after
from .handlers import ReceivedEvent, handlers_of

logger = structlog.get_logger(__name__)

UNSEEN: Final = (InboxStatus.WAITING, InboxStatus.FAILED)
SEEN: Final = (InboxStatus.HANDLED, InboxStatus.IGNORED)
LONGEST_REST: Final = timedelta(hours=6)
# Nobody else takes what was taken, until then.
TIME_TO_FINISH: Final = timedelta(minutes=5)
# dj-stripe's copy is for people to look at: it is not tried forever.
MOST_COPIES: Final = 12
AT_ONCE: Final = 200
LONGEST_ERROR: Final = 2000


def handle(*, event_id: int, now: datetime, copies: bool = True) -> None:
    """
    See to an event, if nobody else does: have it handled, then the object copied, unless that is
    left to the sweep.

    What fails is stored with the event, and tried again by the sweep; nothing is raised for it.
    """
    event = StripeEvent.objects.get(pk=event_id)
    if event.status in UNSEEN and _claim(event, now):
        _have_handled(event, now)
    if copies and event.status in SEEN and event.mirrored_at is None and _claim(event, now):
        _have_copied(event, now)


def try_again(*, event_id: int, now: datetime) -> None:
    """See to it now, although it is not due yet."""
    StripeEvent.objects.filter(pk=event_id).exclude(next_attempt_at=None).update(
        next_attempt_at=now
    )
    handle(event_id=event_id, now=now)


def handle_waiting(*, now: datetime, copies: bool = True) -> int:
    """See to every event that is due; return how many were. Copies may be left for later."""
    if not is_connected():
        return 0
    is_unfinished = Q(status__in=UNSEEN)
    if copies:
        is_unfinished |= Q(status__in=SEEN, mirrored_at=None)
    due = list(
        StripeEvent.objects.filter(is_unfinished, next_attempt_at__lte=now)
        .order_by("next_attempt_at")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    for event_id in due:
        handle(event_id=event_id, now=now, copies=copies)
    return len(due)


def _claim(event: StripeEvent, now: datetime) -> bool:
    """Take the event: of two who have read it, one may go on."""
    taken_until = now + TIME_TO_FINISH
    is_free = Q(attempts=0) | Q(next_attempt_at__lte=now)
    is_ours = StripeEvent.objects.filter(
        is_free, pk=event.pk, status=event.status, attempts=event.attempts
    ).update(attempts=event.attempts + 1, next_attempt_at=taken_until)
    event.attempts += 1
    event.next_attempt_at = taken_until
    return is_ours == 1


def _have_handled(event: StripeEvent, now: datetime) -> None:
    try:
        handlers = handlers_of(event.type)
        received = ReceivedEvent(
            id=event.event_id,
            type=event.type,
            object_id=event.object_id,
            customer_id=event.customer_id,
            occurred_at=event.occurred_at,
            seen_at=now,
        )
        if handlers:
            time = _time_of(event, now)
            for handler in handlers:
                handler(received, time)
    except Exception as error:
        # It stays in the inbox, where staff see it; Stripe has done its part.
        logger.exception("stripe_event_failed", stripe_event=event.event_id, type=event.type)
        event.status = InboxStatus.FAILED
        _rest(event, error, now)
        return
    event.status = InboxStatus.HANDLED if handlers else InboxStatus.IGNORED
    event.error, event.handled_at, event.attempts = "", now, 0
    event.save()


def _have_copied(event: StripeEvent, now: datetime) -> None:
    try:
        copy_object(event.payload)
    except Exception as error:
        logger.warning("stripe_copy_failed", stripe_event=event.event_id, reason=str(error))
        _rest(event, error, now)
        if event.attempts >= MOST_COPIES:
            StripeEvent.objects.filter(pk=event.pk).update(next_attempt_at=None)
        return
    event.error, event.mirrored_at, event.next_attempt_at = "", now, None
    event.save()


def _rest(event: StripeEvent, error: Exception, now: datetime) -> None:
    event.error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    event.next_attempt_at = now + rest_after(event.attempts, longest=LONGEST_REST)
    event.save()


def _time_of(event: StripeEvent, now: datetime) -> datetime:
    """The present time where the event happened: a test clock's for its customers."""
    if is_live():
        return now
    if event.type.startswith("test_helpers.test_clock."):
        return retrieve_clock(event.object_id).frozen_at
    customer = StripeCustomer.objects.filter(stripe_id=event.customer_id).first()
    if customer is None or not customer.test_clock_id:
        return now
    return retrieve_clock(customer.test_clock_id).frozen_at
