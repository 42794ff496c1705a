"""
Agreements, brought level with the subscriptions that collect for them.

Whatever Stripe tells of a subscription is only the occasion: it is asked for anew, compared with
the agreement, and the agreement takes the steps that are missing.
"""

from .subscriptions import StillChanging, bring_subscription_level
from .waiting import look_at_waiting

__all__ = ["StillChanging", "bring_subscription_level", "look_at_waiting"]
