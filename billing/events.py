"""What billing announces to apps: the types of its webhook events."""

from enum import StrEnum


class EventType(StrEnum):
    """
    A kind of event. Apps hold on to these words, so they never change.

    `usage.threshold_crossed`: usage or charges reached a level at which somebody wants to know.
    `usage.limit_reached`: the credits of a feature ran out, or its limit was reached.
    `spend_cap.reached`: overage charges came to the most that the organization wants to spend.
    `agreement.started`: an organization has agreed to a plan, on trial or not.
    `agreement.trial_ended`: its trial is over, and its first paid period has begun.
    `agreement.plan_changed`: it moved to another plan, version or interval.
    `agreement.seats_changed`: it has more seats, or fewer, on the same plan.
    `agreement.change_scheduled`: it will move at the end of the period that is paid for;
    `agreement.change_undone`: now it will not.
    `agreement.end_scheduled`: it is going to end; `agreement.resumed`: now it is not.
    `agreement.canceled`: it has ended.
    `agreement.payment_overdue`: a payment failed; `agreement.payment_settled`: nothing is
    overdue any more.
    `top_up.ordered`: packs were ordered, by a person or automatically, and wait for payment.
    `top_up.paid`: their payment is confirmed, and their credits are granted.
    `top_up.failed`: their payment failed; `top_up.canceled`: the order was taken back.
    `invoice.issued`: an invoice is final; `invoice.paid`: it is paid; `invoice.voided`: it is void.
    `invoice.payment_failed`: an attempt to collect it failed, each attempt once.
    """

    USAGE_THRESHOLD_CROSSED = "usage.threshold_crossed"
    USAGE_LIMIT_REACHED = "usage.limit_reached"
    SPEND_CAP_REACHED = "spend_cap.reached"
    AGREEMENT_STARTED = "agreement.started"
    AGREEMENT_TRIAL_ENDED = "agreement.trial_ended"
    AGREEMENT_PLAN_CHANGED = "agreement.plan_changed"
    AGREEMENT_SEATS_CHANGED = "agreement.seats_changed"
    AGREEMENT_CHANGE_SCHEDULED = "agreement.change_scheduled"
    AGREEMENT_CHANGE_UNDONE = "agreement.change_undone"
    AGREEMENT_END_SCHEDULED = "agreement.end_scheduled"
    AGREEMENT_RESUMED = "agreement.resumed"
    AGREEMENT_CANCELED = "agreement.canceled"
    AGREEMENT_PAYMENT_OVERDUE = "agreement.payment_overdue"
    AGREEMENT_PAYMENT_SETTLED = "agreement.payment_settled"
    TOP_UP_ORDERED = "top_up.ordered"
    TOP_UP_PAID = "top_up.paid"
    TOP_UP_FAILED = "top_up.failed"
    TOP_UP_CANCELED = "top_up.canceled"
    INVOICE_ISSUED = "invoice.issued"
    INVOICE_PAID = "invoice.paid"
    INVOICE_PAYMENT_FAILED = "invoice.payment_failed"
    INVOICE_VOIDED = "invoice.voided"
