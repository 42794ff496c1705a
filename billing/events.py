"""What billing announces to apps: the types of its webhook events."""

from enum import StrEnum


class EventType(StrEnum):
    """
    A kind of event. Apps hold on to these words, so they never change.

    `usage.threshold_crossed`: usage or charges reached a level at which somebody wants to know.
    `usage.limit_reached`: the credits of a feature ran out, or its limit was reached.
    `spend_cap.reached`: overage charges came to the most that the organization wants to spend.
    `top_up.ordered`: packs were ordered, by a person or automatically, and wait for payment.
    `top_up.paid`: their payment is confirmed, and their credits are granted.
    `top_up.failed`: their payment failed; `top_up.canceled`: the order was taken back.
    """

    USAGE_THRESHOLD_CROSSED = "usage.threshold_crossed"
    USAGE_LIMIT_REACHED = "usage.limit_reached"
    SPEND_CAP_REACHED = "spend_cap.reached"
    TOP_UP_ORDERED = "top_up.ordered"
    TOP_UP_PAID = "top_up.paid"
    TOP_UP_FAILED = "top_up.failed"
    TOP_UP_CANCELED = "top_up.canceled"
