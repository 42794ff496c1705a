"""A write at Stripe, from the intent to its outcome."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ...choices import IntentStatus
from ...models import StripeIntent
from ..gateway.client import send
from ..gateway.configuration import require_connection
from ..gateway.errors import ObjectMissing, StripeRefused
from ..gateway.facts import Json
from .labels import DELETIONS, find_effect, labelled
from .outcome import end_done, end_refused, known_outcome, postpone

# Stripe forgets keys after 24 hours; by then nothing may be on its way any more.
KEY_LIVES_FOR = timedelta(hours=23)
# Whoever recorded the intent makes the call now; the sweep leaves it alone so long.
FIRST_REST = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Call:
    """
    What to write at Stripe.

    `operation` is a path below `StripeClient.v1`, `target` the id of what it changes. `key`
    follows from what is done, so that doing it again is the same call; `subject` names the row of
    ours that it is about. The parameters are plain JSON and hold no secret. What `replaces_earlier`
    is the latest wish for its target and subject: what was wished before and is still on its way
    is not asked for any more.
    """

    operation: str
    key: str
    params: Mapping[str, Any]
    subject: str = ""
    organization_id: int | None = None
    target: str = ""
    replaces_earlier: bool = False


def perform(call: Call, *, now: datetime) -> Json:
    """
    Make the call, unless it was made, and return Stripe's answer.

    What `concludes` registered has run when this returns. The same key again gives the stored
    answer (without secrets and links that open something) or raises the stored refusal, whatever
    the other values are, until `set_refusal_aside`. Must not run in a transaction.

    Raises `StripeNotConnected` (nothing is recorded); `StripeUnavailable` (the outcome is not
    known, and the sweep goes on); `StripeRefused` or `CardRefused` (it had no effect).
    """
    require_connection()
    intent = _record(call, now)
    if intent.status != IntentStatus.OPEN:
        return known_outcome(intent)
    if has_known_key(intent, now=now):
        return make_call(intent, now=now)
    found = take_found(intent, now=now)
    if found is not None:
        return found
    _begin_anew(intent, now)
    return make_call(intent, now=now)


def has_known_key(intent: StripeIntent, *, now: datetime) -> bool:
    """Whether Stripe still knows the intent's key, so that sending again is safe."""
    return now - intent.requested_at < KEY_LIVES_FOR


def make_call(intent: StripeIntent, *, now: datetime) -> Json:
    """Send an open intent with a known key, and see to its outcome. Raises as `perform` does."""
    with left_open_on_failure(intent, now=now):
        try:
            answer = _send(intent)
        except StripeRefused as error:
            end_refused(intent_id=intent.pk, error=error, now=now)
            raise
        return end_done(intent_id=intent.pk, answer=answer, now=now)


def _send(intent: StripeIntent) -> Json:
    """What is gone already was deleted by this call, sent before, or by whoever wanted the same."""
    try:
        return send(
            intent.operation, labelled(intent), target=intent.object_id, key=intent.sent_key
        )
    except ObjectMissing:
        gone = find_effect(intent) if intent.operation in DELETIONS else None
        if gone is None:
            raise
        return gone


def take_found(intent: StripeIntent, *, now: datetime) -> Json | None:
    """
    Conclude an open intent with what it has made or changed, found again at Stripe.

    None, and the intent is as before, if there is nothing. Raises as `perform` does.
    """
    with left_open_on_failure(intent, now=now):
        effect = find_effect(intent)
        return effect and end_done(intent_id=intent.pk, answer=effect, now=now)


@contextmanager
def left_open_on_failure(intent: StripeIntent, *, now: datetime) -> Iterator[None]:
    """Have the sweep try again after whatever is raised, unless the intent has ended."""
    try:
        yield
    except Exception as error:
        postpone(intent_id=intent.pk, error=error, now=now)
        raise


def _record(call: Call, now: datetime) -> StripeIntent:
    with transaction.atomic(durable=True):
        intent, _ = StripeIntent.objects.select_for_update().get_or_create(
            key=call.key,
            defaults={
                "organization_id": call.organization_id,
                "operation": call.operation,
                "subject": call.subject,
                "params": dict(call.params),
                # What is changed now, what was made later.
                "object_id": call.target,
                "requested_at": now,
                "next_attempt_at": now + FIRST_REST,
            },
        )
        if intent.status == IntentStatus.ABANDONED:
            if intent.next_attempt_at is None:
                # Its refusal was set aside: under the key of now nothing was sent yet.
                intent.params = dict(call.params)
            _begin_anew(intent, now)
        if call.replaces_earlier:
            _abandon_earlier(intent, now)
    return intent


def _abandon_earlier(intent: StripeIntent, now: datetime) -> None:
    StripeIntent.objects.filter(
        operation=intent.operation,
        object_id=intent.object_id,
        subject=intent.subject,
        status=IntentStatus.OPEN,
        pk__lt=intent.pk,
    ).update(status=IntentStatus.ABANDONED, ended_at=now)


def _begin_anew(intent: StripeIntent, now: datetime) -> None:
    """The call had no effect, and Stripe does not know its key: it is like new."""
    intent.status, intent.ended_at = IntentStatus.OPEN, None
    intent.requested_at, intent.next_attempt_at = now, now + FIRST_REST
    intent.save()
