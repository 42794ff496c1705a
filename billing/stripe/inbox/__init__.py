"""
What Stripe tells us: verified before anything is stored, stored once, seen to until it is done.

An event only says where to look. Handlers ask Stripe for the object as it is now, so neither the
order of events nor their repetition matters.
"""

from .catching_up import catch_up
from .errors import EventRefused, Forged, Garbage, Stale, TooLarge
from .handlers import ReceivedEvent, handles
from .handling import handle, handle_waiting, try_again
from .receiving import LARGEST_PAYLOAD, receive
from .retention import forget_old_payloads

__all__ = [
    "LARGEST_PAYLOAD",
    "EventRefused",
    "Forged",
    "Garbage",
    "ReceivedEvent",
    "Stale",
    "TooLarge",
    "catch_up",
    "forget_old_payloads",
    "handle",
    "handle_waiting",
    "handles",
    "receive",
    "try_again",
]
