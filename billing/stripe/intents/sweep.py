"""Finishing what was left open, whatever interrupted it."""

from datetime import datetime

import structlog
from django.db.models import Q

from ...choices import IntentStatus
from ...models import StripeIntent
from ..gateway.configuration import is_connected
from ..gateway.errors import StripeRefused, StripeUnavailable
from .outcome import end_abandoned
from .performing import has_known_key, make_call, take_found

logger = structlog.get_logger(__name__)

AT_ONCE = 200


def finish_open_intents(*, now: datetime) -> int:
    """
    See to the intents that are due; return how many.

    One under 23 hours old is sent again with its key. An older one is looked up at Stripe, and
    concluded if its effect is found, else abandoned.
    """
    if not is_connected():
        return 0
    # One recorded in the time of a test clock may be ahead of ours.
    is_due = Q(next_attempt_at__lte=now) | Q(requested_at__gt=now)
    due = list(
        StripeIntent.objects.filter(is_due, status=IntentStatus.OPEN)
        .order_by("next_attempt_at")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    for intent_id in due:
        _finish_safely(intent_id, now)
    return len(due)


def try_again(*, intent_id: int, now: datetime) -> None:
    """
    See to one intent at once, if it is open. Raises `StripeUnavailable`, `StripeRefused`, and
    what its conclusions raise.
    """
    intent = StripeIntent.objects.get(pk=intent_id)
    if intent.status != IntentStatus.OPEN:
        return
    now = max(now, intent.requested_at)
    if has_known_key(intent, now=now):
        make_call(intent, now=now)
        return
    if take_found(intent, now=now) is None:
        end_abandoned(intent_id=intent_id, now=now)


def _finish_safely(intent_id: int, now: datetime) -> None:
    try:
        try_again(intent_id=intent_id, now=now)
    except StripeRefused as error:
        logger.warning("stripe_intent_refused", intent=intent_id, reason=str(error))
    except StripeUnavailable as error:
        logger.warning("stripe_intent_left_open", intent=intent_id, reason=str(error))
    except Exception:
        # It is stored on the intent and shown to staff; the others must not wait for it.
        logger.exception("stripe_intent_failed", intent=intent_id)
