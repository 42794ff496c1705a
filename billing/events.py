"""What billing announces to apps: the types of its webhook events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class EventType(StrEnum):
    """
    A kind of event. Apps hold on to these words, so they never change.

    A subscription is what apps call an agreement: decision 0031 says why the wire does too.
    """

    SUBSCRIPTION_CREATED = "subscription.created"
    SUBSCRIPTION_UPDATED = "subscription.updated"
    SUBSCRIPTION_END_SCHEDULED = "subscription.end_scheduled"
    SUBSCRIPTION_RESUMED = "subscription.resumed"
    SUBSCRIPTION_CANCELED = "subscription.canceled"
    SUBSCRIPTION_PAYMENT_OVERDUE = "subscription.payment_overdue"
    SUBSCRIPTION_PAYMENT_SETTLED = "subscription.payment_settled"
    PLAN_CHANGE_SCHEDULED = "plan_change.scheduled"
    PLAN_CHANGE_UNDONE = "plan_change.undone"
    TRIAL_ENDING = "trial.ending"
    TRIAL_ENDED = "trial.ended"
    USAGE_UPDATED = "usage.updated"
    USAGE_THRESHOLD_CROSSED = "usage.threshold_crossed"
    USAGE_LIMIT_REACHED = "usage.limit_reached"
    SPEND_CAP_REACHED = "spend_cap.reached"
    TOP_UP_ORDERED = "top_up.ordered"
    TOP_UP_PAID = "top_up.paid"
    TOP_UP_FAILED = "top_up.failed"
    TOP_UP_CANCELED = "top_up.canceled"
    INVOICE_ISSUED = "invoice.issued"
    INVOICE_PAID = "invoice.paid"
    INVOICE_PAYMENT_FAILED = "invoice.payment_failed"
    INVOICE_VOIDED = "invoice.voided"
    OUTCOME_RECORDED = "outcome.recorded"
    OUTCOME_CONFIRMED = "outcome.confirmed"
    OUTCOME_REVERSED = "outcome.reversed"
    PLAN_PUBLISHED = "plan.published"


WHEN: Final[Mapping[str, str]] = {
    EventType.SUBSCRIPTION_CREATED: "An organization has agreed to a plan, on trial or not.",
    EventType.SUBSCRIPTION_UPDATED: (
        "It moved to another plan, version or interval, or has more seats or fewer."
    ),
    EventType.SUBSCRIPTION_END_SCHEDULED: "It is going to end.",
    EventType.SUBSCRIPTION_RESUMED: "It was going to end, and goes on after all.",
    EventType.SUBSCRIPTION_CANCELED: "It has ended.",
    EventType.SUBSCRIPTION_PAYMENT_OVERDUE: "A payment failed and is overdue.",
    EventType.SUBSCRIPTION_PAYMENT_SETTLED: "Nothing is overdue any more.",
    EventType.PLAN_CHANGE_SCHEDULED: (
        "It will move to other terms when the period that is paid for ends."
    ),
    EventType.PLAN_CHANGE_UNDONE: "Such a move will not happen.",
    EventType.TRIAL_ENDING: "A trial ends within three days. Once for each trial.",
    EventType.TRIAL_ENDED: "A trial is over, and the first paid period has begun.",
    EventType.USAGE_UPDATED: (
        "What was used of a metered feature has changed. At most once a minute for each "
        "feature, and only to endpoints that name this type."
    ),
    EventType.USAGE_THRESHOLD_CROSSED: (
        "Usage or overage charges reached a level at which somebody wants to know. Once for each "
        "level, period and size of the allowance."
    ),
    EventType.USAGE_LIMIT_REACHED: (
        "The credits of a feature ran out, or its limit was reached. Once for each period and "
        "size of the allowance."
    ),
    EventType.SPEND_CAP_REACHED: (
        "Overage charges came to the most that the organization wants to spend. Once for each "
        "period."
    ),
    EventType.TOP_UP_ORDERED: "Packs of credits were ordered and wait for their payment.",
    EventType.TOP_UP_PAID: "Their payment is confirmed, and their credits are granted.",
    EventType.TOP_UP_FAILED: "Their payment failed.",
    EventType.TOP_UP_CANCELED: "The order was taken back.",
    EventType.INVOICE_ISSUED: "An invoice is final.",
    EventType.INVOICE_PAID: "It is paid.",
    EventType.INVOICE_PAYMENT_FAILED: "An attempt to collect it failed. Once for each attempt.",
    EventType.INVOICE_VOIDED: "It is void.",
    EventType.OUTCOME_RECORDED: "An outcome was reported. Once for each reference.",
    EventType.OUTCOME_CONFIRMED: "It was confirmed, by hand or because its window has passed.",
    EventType.OUTCOME_REVERSED: "It was taken back, confirmed or not.",
    EventType.PLAN_PUBLISHED: (
        "New terms of a plan are on sale. Sent to endpoints of the installation alone."
    ),
}

# It happens so often that only those are told who name it.
ON_REQUEST: Final = (EventType.USAGE_UPDATED,)
