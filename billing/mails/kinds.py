"""What billing mails: which facts, and by which kinds of mails."""

from collections.abc import Mapping
from typing import Final

from accounts.mails.kinds import Choice, Kind
from metering.events import EventType as MeteringEvent

from ..events import EventType
from . import payments, plans, prices, private_offers, repricing, staff, usage


def _always(kind: str) -> Choice:
    return lambda _facts, _now: kind


KINDS: Final[list[Kind]] = [
    *usage.KINDS,
    *payments.KINDS,
    *plans.KINDS,
    *prices.KINDS,
    *repricing.KINDS,
    *private_offers.KINDS,
    *staff.KINDS,
]

MAILED: Final[Mapping[str, Choice]] = {
    EventType.TRIAL_ENDING: _always(plans.TRIAL_ENDING),
    EventType.PLAN_CHANGE_SCHEDULED: _always(plans.CHANGE_SCHEDULED),
    EventType.PLAN_CHANGE_UNDONE: _always(plans.CHANGE_UNDONE),
    EventType.SUBSCRIPTION_UPDATED: plans.kind_of_update,
    EventType.SUBSCRIPTION_END_SCHEDULED: plans.kind_of_scheduled_end,
    EventType.SUBSCRIPTION_RESUMED: _always(plans.RESUMED),
    EventType.SUBSCRIPTION_CANCELED: _always(plans.ENDED),
    EventType.INVOICE_PAID: payments.kind_of_paid_invoice,
    EventType.INVOICE_PAYMENT_FAILED: _always(payments.PAYMENT_FAILED),
    EventType.MONEY_CREDIT_GRANTED: _always(payments.MONEY_CREDIT),
    EventType.REPRICING_OFFER_ACCEPTED: _always(repricing.ACCEPTED),
    EventType.PRIVATE_OFFER_MADE: _always(private_offers.OFFERED),
    EventType.TOP_UP_PAID: payments.kind_of_paid_top_up,
    EventType.TOP_UP_FAILED: payments.kind_of_failed_top_up,
    EventType.USAGE_THRESHOLD_CROSSED: usage.kind_of_threshold,
    EventType.USAGE_LIMIT_REACHED: _always(usage.LIMIT_REACHED),
    EventType.SPEND_CAP_REACHED: _always(usage.SPEND_CAP),
    EventType.RATE_CHANGE_SCHEDULED: _always(prices.RATE_CHANGE),
    MeteringEvent.CREDITS_EXPIRING: _always(usage.CREDITS_EXPIRING),
}
