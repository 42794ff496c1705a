"""What billing announces to apps: the types of its webhook events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_noop as _


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
    MONEY_CREDIT_GRANTED = "money_credit.granted"
    GUARANTEE_STARTED = "guarantee.started"
    GUARANTEE_CREDITED = "guarantee.credited"
    GUARANTEE_ENDED = "guarantee.ended"
    REPRICING_OFFER_MADE = "repricing_offer.made"
    REPRICING_OFFER_ACCEPTED = "repricing_offer.accepted"
    REPRICING_OFFER_DECLINED = "repricing_offer.declined"
    REPRICING_OFFER_APPLIED = "repricing_offer.applied"
    REPRICING_OFFER_LAPSED = "repricing_offer.lapsed"
    REPRICING_OFFER_WITHDRAWN = "repricing_offer.withdrawn"
    PRIVATE_OFFER_MADE = "private_offer.made"
    PRIVATE_OFFER_ACCEPTED = "private_offer.accepted"
    PRIVATE_OFFER_WITHDRAWN = "private_offer.withdrawn"
    PRIVATE_OFFER_LAPSED = "private_offer.lapsed"
    OUTCOME_RECORDED = "outcome.recorded"
    OUTCOME_CONFIRMED = "outcome.confirmed"
    OUTCOME_REVERSED = "outcome.reversed"
    OUTCOME_DISPUTE_OPENED = "outcome_dispute.opened"
    OUTCOME_DISPUTE_DECIDED = "outcome_dispute.decided"
    PLAN_PUBLISHED = "plan.published"
    RATE_CHANGE_SCHEDULED = "rate_change.scheduled"


WHEN: Final[Mapping[str, str]] = {
    EventType.SUBSCRIPTION_CREATED: _("An organization has agreed to a plan, on trial or not."),
    EventType.SUBSCRIPTION_UPDATED: _(
        "It moved to another plan, version or interval, or has more seats or fewer."
    ),
    EventType.SUBSCRIPTION_END_SCHEDULED: _("It is going to end."),
    EventType.SUBSCRIPTION_RESUMED: _("It was going to end, and goes on after all."),
    EventType.SUBSCRIPTION_CANCELED: _("It has ended."),
    EventType.SUBSCRIPTION_PAYMENT_OVERDUE: _("A payment failed and is overdue."),
    EventType.SUBSCRIPTION_PAYMENT_SETTLED: _("Nothing is overdue any more."),
    EventType.PLAN_CHANGE_SCHEDULED: _(
        "It will move to other terms when the period that is paid for ends."
    ),
    EventType.PLAN_CHANGE_UNDONE: _("Such a move will not happen."),
    EventType.TRIAL_ENDING: _("A trial ends within three days. Once for each trial."),
    EventType.TRIAL_ENDED: _("A trial is over, and the first paid period has begun."),
    EventType.USAGE_UPDATED: _(
        "What was used of a metered feature has changed. At most once a minute for each "
        "feature, and only to endpoints that name this type."
    ),
    EventType.USAGE_THRESHOLD_CROSSED: _(
        "Usage or overage charges reached a level at which somebody wants to know. Once for each "
        "level, period and size of the allowance."
    ),
    EventType.USAGE_LIMIT_REACHED: _(
        "The credits of a feature ran out, or its limit was reached. Once for each period and "
        "size of the allowance."
    ),
    EventType.SPEND_CAP_REACHED: _(
        "Overage charges came to the most that the organization wants to spend. Once for each "
        "period."
    ),
    EventType.TOP_UP_ORDERED: _("Packs of credits were ordered and wait for their payment."),
    EventType.TOP_UP_PAID: _("Their payment is confirmed, and their credits are granted."),
    EventType.TOP_UP_FAILED: _("Their payment failed."),
    EventType.TOP_UP_CANCELED: _("The order was taken back."),
    EventType.INVOICE_ISSUED: _("An invoice is final."),
    EventType.INVOICE_PAID: _("It is paid."),
    EventType.INVOICE_PAYMENT_FAILED: _("An attempt to collect it failed. Once for each attempt."),
    EventType.INVOICE_VOIDED: _("It is void."),
    EventType.MONEY_CREDIT_GRANTED: _("Money was given back: it comes off the next invoice."),
    EventType.GUARANTEE_STARTED: _(
        "An organization that moved to other prices pays no more than before for some months."
    ),
    EventType.GUARANTEE_CREDITED: _(
        "A month cost more than it would have cost before, and money is given back for it."
    ),
    EventType.GUARANTEE_ENDED: _("The months of such a promise are over, or it ended early."),
    EventType.REPRICING_OFFER_MADE: _(
        "A customer was told of a move to another plan: the notice runs from here."
    ),
    EventType.REPRICING_OFFER_ACCEPTED: _("It accepted, and moves when it was told."),
    EventType.REPRICING_OFFER_DECLINED: _("It declined, or took back that it accepted."),
    EventType.REPRICING_OFFER_APPLIED: _("It has moved."),
    EventType.REPRICING_OFFER_LAPSED: _(
        "The offer is over: not answered in time, or the plan of before was left in another way."
    ),
    EventType.REPRICING_OFFER_WITHDRAWN: _("Staff took the offer back."),
    EventType.PRIVATE_OFFER_MADE: _(
        "Staff offer an organization a plan that it could not choose by itself."
    ),
    EventType.PRIVATE_OFFER_ACCEPTED: _("It is on that plan."),
    EventType.PRIVATE_OFFER_WITHDRAWN: _("Staff took it back, or offered the plan anew."),
    EventType.PRIVATE_OFFER_LAPSED: _("Nobody has taken it in time."),
    EventType.OUTCOME_RECORDED: _("An outcome was reported. Once for each reference."),
    EventType.OUTCOME_CONFIRMED: _("It was confirmed, by hand or because its window has passed."),
    EventType.OUTCOME_REVERSED: _("It was taken back, confirmed or not."),
    EventType.OUTCOME_DISPUTE_OPENED: _("A customer says that an outcome was none."),
    EventType.OUTCOME_DISPUTE_DECIDED: _("It was upheld, or rejected."),
    EventType.PLAN_PUBLISHED: _(
        "New terms of a plan are on sale. Sent to endpoints of the installation alone."
    ),
    EventType.RATE_CHANGE_SCHEDULED: _(
        "An action will take more credits or fewer from a date on. Once for each customer whose "
        "plan has it, as many days before as the notice has."
    ),
}

# It happens so often that only those are told who name it.
ON_REQUEST: Final = (EventType.USAGE_UPDATED,)
