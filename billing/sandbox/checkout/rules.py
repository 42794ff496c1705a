"""
What a Checkout session may be asked for.

Stripe's documentation: "Create a Checkout Session", and the parameters' own descriptions.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row

Params = dict[str, Any]

MINUTE, HOUR, DAY = 60, 3600, 86400
SHORTEST, LONGEST = 30 * MINUTE, 24 * HOUR
SOONEST_TRIAL_END = 48 * HOUR

ONE_MODE: Final = {
    "subscription_data": "subscription",
    "payment_intent_data": "payment",
    "invoice_creation": "payment",
    "setup_intent_data": "setup",
    "payment_method_collection": "subscription",
}
# Parameters that the hosted page would have to act on, and does not. Refused, so that nobody
# takes them to work.
NOT_IMPLEMENTED: Final = frozenset(
    (
        "adaptive_pricing after_expiration branding_settings consent_collection custom_fields"
        " customer_account managed_payments name_collection optional_items payment_method_data"
        " payment_method_options permissions phone_number_collection redirect_on_completion"
        " return_url saved_payment_method_options shipping_address_collection shipping_options"
        " wallet_options"
    ).split()
)
# What of a customer says where it is taxed.
PLACES: Final = ("address", "shipping")
DATA_IMPLEMENTED: Final = {
    "subscription_data": frozenset(
        (
            "billing_cycle_anchor billing_mode default_tax_rates description metadata"
            " proration_behavior trial_end trial_period_days trial_settings"
        ).split()
    ),
    "payment_intent_data": frozenset(
        (
            "description metadata receipt_email setup_future_usage shipping"
            " statement_descriptor statement_descriptor_suffix"
        ).split()
    ),
    "setup_intent_data": frozenset({"description", "metadata"}),
}


def check(params: Params, *, now: int) -> None:
    """Raises StripeError for what Stripe refuses, and for what the sandbox cannot do."""
    _check_implemented(params)
    _check_mode(params)
    _check_addresses(params)
    _check_customer(params)
    _check_discounts(params)
    _check_expiry(params, now=now)
    _check_trial(params.get("subscription_data") or {}, now=now)


def address(url: str, *, param: str) -> str:
    """A web address. Raises StripeError (`url_invalid`) for anything else, script included."""
    parts = urlsplit(url.replace("{CHECKOUT_SESSION_ID}", "id"))
    if parts.scheme not in {"http", "https"} or not parts.netloc or any(c.isspace() for c in url):
        raise invalid("Not a valid URL", param=param, code="url_invalid")
    return url


def not_implemented(what: str) -> StripeError:
    """Something that Stripe can do and the sandbox cannot."""
    return invalid(f"{what} is not implemented in the sandbox", param=what)


def _check_implemented(params: Params) -> None:
    for name in sorted(NOT_IMPLEMENTED & set(params)):
        raise not_implemented(name)
    for name, implemented in DATA_IMPLEMENTED.items():
        for inner in sorted(set(params.get(name) or {}) - implemented):
            raise not_implemented(f"{name}[{inner}]")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_implemented("ui_mode")
    if params.get("payment_method_types", ["card"]) != ["card"]:
        raise invalid("The sandbox takes cards only.", param="payment_method_types")


def _check_mode(params: Params) -> None:
    mode = params.get("mode")
    if mode is None:
        raise invalid("Missing required param: mode.", param="mode", code="parameter_missing")
    for name, only in ONE_MODE.items():
        if name in params and mode != only:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if mode == "subscription" and "customer_creation" in params:
        raise invalid(
            "`customer_creation` can only be used in `payment` and `setup` mode.",
            param="customer_creation",
        )
    if mode == "setup" and params.get("line_items"):
        raise invalid("You can not pass `line_items` in `setup` mode.", param="line_items")
    if mode != "setup" and not params.get("line_items"):
        raise invalid(
            "Missing required param: line_items.", param="line_items", code="parameter_missing"
        )


def _check_addresses(params: Params) -> None:
    if "success_url" not in params:
        raise invalid(
            "Missing required param: success_url.", param="success_url", code="parameter_missing"
        )
    address(params["success_url"], param="success_url")
    if "cancel_url" in params:
        address(params["cancel_url"], param="cancel_url")


def _check_customer(params: Params) -> None:
    update = params.get("customer_update") or {}
    if "customer" not in params:
        if update:
            raise invalid(
                "`customer_update` can only be used with `customer`.", param="customer_update"
            )
        return
    if "customer_email" in params:
        raise invalid(
            "You may only specify one of these parameters: customer, customer_email.",
            param="customer_email",
        )
    collects_tax_id = (params.get("tax_id_collection") or {}).get("enabled", False)
    if collects_tax_id and update.get("name") != "auto":
        raise invalid(
            "Tax ID collection requires updating business name on the customer. To enable tax ID"
            " collection for an existing customer, please set `customer_update[name]` to `auto`.",
            param="customer_update[name]",
        )


def check_taxable(params: Params, customer: Row) -> None:
    """Raises StripeError if tax is to be added and nobody would know where the customer lives."""
    is_taxed = (params.get("automatic_tax") or {}).get("enabled", False)
    update = params.get("customer_update") or {}
    if is_taxed and not customer["address"] and "auto" not in map(update.get, PLACES):
        raise invalid(
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a"
            " valid address to the Customer or set either `customer_update[address]` to 'auto' or"
            " `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the"
            " Customer.",
            param="automatic_tax",
            code="customer_tax_location_invalid",
        )


def _check_discounts(params: Params) -> None:
    discounts = params.get("discounts") or []
    if discounts and params.get("allow_promotion_codes"):
        raise invalid(
            "You may only specify one of these parameters: allow_promotion_codes, discounts.",
            param="discounts",
        )
    if len(discounts) > 1:
        raise invalid("You may only apply one discount to a Checkout Session.", param="discounts")
    if discounts and params["mode"] == "setup":
        raise invalid("You can not pass `discounts` in `setup` mode.", param="discounts")
    if discounts and len(discounts[0]) != 1:
        raise invalid(
            "You must specify exactly one of coupon and promotion_code.", param="discounts[0]"
        )


def _check_expiry(params: Params, *, now: int) -> None:
    expires_at = params.get("expires_at")
    if expires_at is not None and not now + SHORTEST <= expires_at <= now + LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from"
            " Checkout Session creation.",
            param="expires_at",
        )


def _check_trial(data: Params, *, now: int) -> None:
    if "trial_end" in data and "trial_period_days" in data:
        raise invalid(
            "You may only specify one of these parameters: trial_end, trial_period_days.",
            param="subscription_data[trial_end]",
        )
    if "trial_end" in data and data["trial_end"] < now + SOONEST_TRIAL_END:
        raise invalid(
            "The `trial_end` date has to be at least 2 days in the future.",
            param="subscription_data[trial_end]",
        )
    if data.get("trial_period_days", 1) < 1:
        raise invalid(
            "The minimum number of trial period days is 1.",
            param="subscription_data[trial_period_days]",
        )
