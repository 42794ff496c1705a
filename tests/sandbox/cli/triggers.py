"""Every script that the CLI knows, by what becomes of it."""

from __future__ import annotations

# As shipped: the script runs through, and the event is announced.
AS_SHIPPED = """
    billing_portal.configuration.created billing_portal.configuration.updated
    billing_portal.session.created
    charge.failed charge.refund.updated charge.refunded charge.succeeded
    checkout.session.completed checkout.session.expired
    coupon.created coupon.deleted coupon.updated
    credit_note.created credit_note.updated credit_note.voided
    customer.created customer.deleted customer.updated
    customer.source.created customer.source.updated
    customer.subscription.created customer.subscription.deleted
    customer.subscription.trial_will_end customer.subscription.updated
    invoice.created invoice.deleted invoice.finalized invoice.marked_uncollectible invoice.paid
    invoice.payment_action_required invoice.payment_failed invoice.payment_succeeded invoice.sent
    invoice.updated invoice.voided
    invoiceitem.created invoiceitem.deleted
    payment_intent.canceled payment_intent.created payment_intent.payment_failed
    payment_intent.requires_action payment_intent.succeeded
    payment_method.attached payment_method.detached payment_method.updated
    price.created price.updated
    product.created product.deleted product.updated
    setup_intent.canceled setup_intent.created setup_intent.requires_action
    setup_intent.setup_failed setup_intent.succeeded
    subscription.payment_failed subscription.payment_succeeded
    test_helpers.test_clock.advancing test_helpers.test_clock.created
    test_helpers.test_clock.deleted test_helpers.test_clock.ready
""".split()

# Names that the CLI gives to a story; the event at its end is another one.
ANNOUNCED_AS = {
    "subscription.payment_failed": "invoice.payment_failed",
    "subscription.payment_succeeded": "invoice.payment_succeeded",
}

_PHASES = (
    "--remove", "subscription_schedule:phases",
    "--add", "subscription_schedule:phases[0][items][0][price]=${price:id}",
    "--add", "subscription_schedule:phases[0][duration][interval]=month",
    "--add", "subscription_schedule:phases[1][items][0][price]=${price:id}",
    "--add", "subscription_schedule:phases[1][duration][interval]=month",
)  # fmt: skip
_PROMOTION = (
    "--remove", "promotion_code:coupon",
    "--add", "promotion_code:promotion[type]=coupon",
    "--add", "promotion_code:promotion[coupon]=${coupon:id}",
)  # fmt: skip

# The script's parameters are older than the API version. Told the new ones, with the CLI's own
# flags, it runs through.
BROUGHT_UP_TO_DATE = {
    "promotion_code.created": _PROMOTION,
    "promotion_code.updated": _PROMOTION,
    "subscription_schedule.canceled": _PHASES,
    "subscription_schedule.created": _PHASES,
    "subscription_schedule.released": _PHASES,
    "subscription_schedule.updated": _PHASES,
}

_RUNS = "Trigger succeeded"
_NO_DEBITS = "Bank debits are not implemented."
_NO_CAPTURE = "Capturing later is not implemented."
_NO_COUPON = "Customers have no coupon of their own in this API version."
_NO_PLANS = "Prices have taken the place of plans."
_NO_CARD = "The script subscribes somebody who has no card, which the sandbox refuses."
_NO_TAX = "Tax is passed through, never computed."
_NO_V2 = "The /v2 API is not implemented."

# About billing, and not brought about: what the CLI prints, and why.
NOT_BROUGHT_ABOUT = {
    "charge.captured": ("capture_method", _NO_CAPTURE),
    "checkout.session.async_payment_failed": (_RUNS, f"{_NO_DEBITS} The script takes that well."),
    "checkout.session.async_payment_succeeded": ("payment_method_types", _NO_DEBITS),
    "customer.discount.created": ("coupon", _NO_COUPON),
    "customer.discount.deleted": ("coupon", _NO_COUPON),
    "customer.discount.updated": ("coupon", _NO_COUPON),
    "customer.subscription.paused": (_RUNS, "A trial that is ended by hand is billed, not paused."),
    "payment_intent.amount_capturable_updated": ("capture_method", _NO_CAPTURE),
    "payment_intent.partially_funded": ("payment_method_options", "No bank transfers."),
    "payment_intent.processing": ("type", _NO_DEBITS),
    "plan.created": ("/v1/plans", _NO_PLANS),
    "plan.deleted": ("/v1/plans", _NO_PLANS),
    "plan.updated": ("/v1/plans", _NO_PLANS),
    "subscription_schedule.aborted": (_RUNS, "The script cancels: that is another event."),
    "subscription_schedule.completed": ("phases[0][iterations]", _NO_CARD),
    "subscription_schedule.expiring": ("no attached payment source", _NO_CARD),
    "tax_rate.created": ("/v1/tax_rates", _NO_TAX),
    "tax_rate.updated": ("/v1/tax_rates", _NO_TAX),
    "v1.billing.meter.error_report_triggered": ("/v2/", _NO_V2),
    "v1.billing.meter.no_meter_found": ("/v2/", _NO_V2),
}

# Not about billing: Connect, disputes, payouts, identity, issuing, quotes, payment links, reports.
OF_OTHER_PRODUCTS = (
    "account.", "balance.", "cash_balance.", "charge.dispute.",
    "customer_cash_balance_transaction.", "identity.", "issuing_", "payment_link.", "payout.",
    "quote.", "reporting.", "topup.", "transfer.",
)  # fmt: skip


def flags_of(event: str) -> tuple[str, ...]:
    """What the CLI is told along with the name of the event."""
    return BROUGHT_UP_TO_DATE.get(event, ())
