"""How an intent ends, or goes on."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import F

from ...choices import IntentStatus
from ...models import StripeIntent
from ..gateway.errors import StripeRefused, refusal
from ..gateway.facts import Json
from ..gateway.storable import storable
from ..resting import rest_after
from .conclusions import conclusions_of

LONGEST_REST = timedelta(hours=1)
LONGEST_ERROR = 1000


def known_outcome(intent: StripeIntent) -> Json:
    """The stored answer of an intent that has ended. Raises the stored refusal anew."""
    if intent.status == IntentStatus.REFUSED:
        raise refusal(cast(dict[str, Any], intent.error))
    return cast(Json, intent.answer)


def end_done(*, intent_id: int, answer: Json, now: datetime) -> Json:
    """
    Store the answer and do what follows from it, unless somebody else just did. One that was
    abandoned on its way has had its effect all the same.

    Raises what the conclusions raise; the intent is open as before then.
    """
    with transaction.atomic(durable=True):
        intent = StripeIntent.objects.select_for_update().get(pk=intent_id)
        if intent.status not in (IntentStatus.OPEN, IntentStatus.ABANDONED):
            return known_outcome(intent)
        intent.status, intent.ended_at, intent.error = IntentStatus.DONE, now, None
        intent.answer = storable(answer)
        intent.object_id = answer.get("id") or intent.object_id
        intent.attempts += 1
        intent.save()
        for conclude in conclusions_of(intent.operation):
            conclude(intent, cast(Json, intent.answer), now)
    return answer


def end_refused(*, intent_id: int, error: StripeRefused, now: datetime) -> None:
    """Store the refusal, unless the intent has ended."""
    _end(intent_id, IntentStatus.REFUSED, now, error=error.facts)


def end_abandoned(*, intent_id: int, now: datetime) -> None:
    """Store that the call had no effect and will not be made, unless the intent has ended."""
    _end(intent_id, IntentStatus.ABANDONED, now, error=None)


def set_refusal_aside(*, intent_id: int, now: datetime) -> bool:
    """
    Let a refused call be made anew by whoever still wants it; return whether it was refused.

    Nothing is sent: by now its owner may want something else, or nothing any more. Whoever
    performs it next gives the parameters anew, and Stripe is given a key that it has not heard.
    """
    refused = StripeIntent.objects.filter(pk=intent_id, status=IntentStatus.REFUSED)
    return bool(
        refused.update(
            status=IntentStatus.ABANDONED,
            ended_at=now,
            next_attempt_at=None,
            refusals_set_aside=F("refusals_set_aside") + 1,
        )
    )


def postpone(*, intent_id: int, error: Exception, now: datetime) -> None:
    """Have the sweep try again later, each time after a longer rest."""
    with transaction.atomic(durable=True):
        intent = StripeIntent.objects.select_for_update().get(pk=intent_id)
        if intent.status != IntentStatus.OPEN:
            return
        intent.error = {"kind": type(error).__name__, "detail": str(error)[:LONGEST_ERROR]}
        intent.next_attempt_at = now + rest_after(intent.attempts, longest=LONGEST_REST)
        intent.attempts += 1
        intent.save()


def _end(
    intent_id: int, status: IntentStatus, now: datetime, *, error: dict[str, Any] | None
) -> None:
    with transaction.atomic(durable=True):
        StripeIntent.objects.filter(pk=intent_id, status=IntentStatus.OPEN).update(
            status=status, ended_at=now, error=error, attempts=F("attempts") + 1
        )
