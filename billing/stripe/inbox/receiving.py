"""From bytes at the door to a row in the inbox."""

import json
from datetime import datetime, timedelta
from typing import Final, NoReturn

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from ...models import StripeEndpoint, StripeEvent
from ..endpoint import secret_of
from ..gateway.configuration import is_live, require_connection
from ..gateway.facts import EventFacts
from ..gateway.storable import storable
from .errors import Forged, Garbage, TooLarge
from .signatures import verify

logger = structlog.get_logger(__name__)

LARGEST_PAYLOAD: Final = 1024 * 1024
LONGEST_ID: Final = 255
LONGEST_TYPE: Final = 120
# Whoever received it sees to it now; the sweep leaves it alone so long.
FIRST_REST: Final = timedelta(minutes=1)
# What reading something else than an event may raise.
UNREADABLE: Final = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, RecursionError,
)  # fmt: skip
NOTED_EVERY: Final = timedelta(minutes=1)


def receive(*, payload: bytes, signature: str, now: datetime) -> StripeEvent:
    """
    Take in what was sent to the webhook's address: verify it, store it once, return its row.

    Raises a kind of `EventRefused` or `StripeNotConnected`, and has stored nothing then.
    """
    require_connection()
    if len(payload) > LARGEST_PAYLOAD:
        raise TooLarge("An event has at most a megabyte.")
    endpoint = StripeEndpoint.objects.filter(is_active=True).first()
    if endpoint is None:
        raise Forged("No secret is known to check a signature with.")
    verify(payload=payload, header=signature, secret=secret_of(endpoint), now=now)
    facts = _read(payload)
    if facts.is_live != is_live():
        raise Garbage("This is not of the mode (live or test) that is connected here.")
    if facts.api_version != settings.STRIPE_API_VERSION:
        logger.warning("stripe_event_of_other_version", version=facts.api_version)
    with transaction.atomic(durable=True):
        event = store(facts, received_at=now, due_at=now + FIRST_REST)
        _note_life(endpoint, now)
    return event


def store(facts: EventFacts, *, received_at: datetime, due_at: datetime) -> StripeEvent:
    """The event's row, made now unless it is there."""
    event, _ = StripeEvent.objects.get_or_create(
        event_id=facts.id,
        defaults={
            "type": facts.type,
            "object_id": facts.object_id,
            "customer_id": facts.customer_id,
            "occurred_at": facts.occurred_at,
            "payload": storable(facts.payload),
            "received_at": received_at,
            "next_attempt_at": due_at,
        },
    )
    return event


def _read(payload: bytes) -> EventFacts:
    try:
        facts = EventFacts.read(json.loads(payload, parse_constant=_refuse))
        is_event = facts.id.startswith("evt_") and isinstance(facts.is_live, bool)
        named = (facts.id, facts.type, facts.object_id, facts.customer_id)
        if is_event and all(_fits(name) for name in named) and 0 < len(facts.type) <= LONGEST_TYPE:
            return facts
    except UNREADABLE as error:
        raise Garbage("This is not an event.") from error
    raise Garbage("This is not an event.")


def _fits(name: str) -> bool:
    return len(name) <= LONGEST_ID and name.isprintable()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _note_life(endpoint: StripeEndpoint, now: datetime) -> None:
    """That events arrive; a minute is close enough, and spares the row."""
    is_old = Q(last_event_at=None) | Q(last_event_at__lt=now - NOTED_EVERY)
    StripeEndpoint.objects.filter(is_old, pk=endpoint.pk).update(last_event_at=now)
