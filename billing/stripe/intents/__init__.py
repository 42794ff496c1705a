"""
Writes at Stripe that survive whatever happens on the way.

Each is three steps: what is intended is recorded; the call is made; its outcome and what follows
from it are recorded. A process may die between any two of them: `finish_open_intents` does the
rest, and the idempotency key keeps the call from being made twice.
"""

from .conclusions import concludes
from .outcome import set_refusal_aside
from .performing import Call, perform
from .sweep import finish_open_intents, try_again

__all__ = ["Call", "concludes", "finish_open_intents", "perform", "set_refusal_aside", "try_again"]
