"""Staff try a call again that is stuck."""

from datetime import datetime

from accounts.organizations.clock import time_of

from ..models import StripeIntent
from .intents import set_refusal_aside, try_again
from .settling.operations import collect_overage


def try_call_again(*, intent_id: int, now: datetime) -> None:
    """
    Send an open call again, and have a refused one made anew by whoever wanted it.

    What collects the money of its organization looks again at once, and makes with a fresh key
    what it still wants; other calls are made anew when they are next asked for. So a wish that is
    out of date is never sent, and nothing is given back twice.

    Raises `StripeUnavailable`, `StripeRefused`, and what the conclusions raise.
    """
    if not set_refusal_aside(intent_id=intent_id, now=now):
        try_again(intent_id=intent_id, now=now)
        return
    organization_id = StripeIntent.objects.get(pk=intent_id).organization_id
    if organization_id is not None:
        time = time_of(organization_id=organization_id, now=now)
        collect_overage(organization_id=organization_id, now=time)
