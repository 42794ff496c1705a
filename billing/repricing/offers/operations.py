"""Writes of offers: prepare, tell, answer, take back, move."""

from .answering import accept_offer, decline_offer, note_seen, withdraw_offer
from .moving import move_due_offers, move_offer
from .noticing import send_due_notices
from .preparing import close_campaign, open_campaign

__all__ = [
    "accept_offer",
    "close_campaign",
    "decline_offer",
    "move_due_offers",
    "move_offer",
    "note_seen",
    "open_campaign",
    "send_due_notices",
    "withdraw_offer",
]
