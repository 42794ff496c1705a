"""
What a customer may do in the customer portal.

Stripe's documentation: "Configure the customer portal with the API".
"""

from __future__ import annotations

from typing import Any, Final

from billing.sandbox.call import Call, Tools
from billing.sandbox.checkout.rules import address
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged, merged_part
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

CONFIGURATION: Final = "billing_portal.configuration"
ALL_REASONS: Final = (
    "too_expensive missing_features switched_service unused customer_service too_complex"
    " low_quality other"
).split()
DEFAULT_FEATURES: Final[Row] = {
    "customer_update": {"enabled": False, "allowed_updates": []},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
        "cancellation_reason": {"enabled": False, "options": ALL_REASONS},
    },
    "subscription_update": {
        "enabled": False,
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "products": [],
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}


@operation("POST", "/v1/billing_portal/configurations")
def create(call: Call) -> Row:
    return _make(call.tools, call.params)


@operation("GET", "/v1/billing_portal/configurations")
def index(call: Call) -> Row:
    equals = {name: call.params[name] for name in ("active", "is_default") if name in call.params}
    return listed(call, call.store.list(CONFIGURATION, **equals))


@operation("GET", "/v1/billing_portal/configurations/{configuration}")
def retrieve(call: Call) -> Row:
    return call.store.get(CONFIGURATION, call.ids["configuration"])


@operation("POST", "/v1/billing_portal/configurations/{configuration}")
def update(call: Call) -> Row:
    before = call.store.get(CONFIGURATION, call.ids["configuration"])
    if before["is_default"] and call.params.get("active") is False:
        raise invalid("The default configuration cannot be deactivated.", param="active")
    after = _with(call.tools, before, call.params)
    after["updated"] = int(call.tools.now.timestamp())
    return call.tools.emit_changed(before, after, "billing_portal.configuration.updated")


def default_configuration(tools: Tools) -> Row:
    """
    The configuration of a session that names none.

    With Stripe, somebody has to save it in the dashboard first; here it comes by itself.
    """
    found = tools.store.list(CONFIGURATION, is_default=True)
    if found:
        return found[0]
    everything = {
        "customer_update": {
            "enabled": True,
            "allowed_updates": ["address", "email", "name", "tax_id"],
        },
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {
            "enabled": True,
            "cancellation_reason": {"enabled": True, "options": ALL_REASONS},
        },
    }
    return _make(tools, {"features": everything}, is_default=True)


def _make(tools: Tools, params: dict[str, Any], *, is_default: bool = False) -> Row:
    now = int(tools.now.timestamp())
    blank = tools.make(
        CONFIGURATION,
        "bpc",
        created=now,
        updated=now,
        active=True,
        is_default=is_default,
        features=DEFAULT_FEATURES,
        metadata={},
    )
    configuration = _with(tools, blank, params)
    tools.store.save(configuration)
    tools.emit("billing_portal.configuration.created", configuration)
    return configuration


def _with(tools: Tools, row: Row, params: dict[str, Any]) -> Row:
    """The configuration with these parameters on top, each feature setting by setting."""
    given = dict(params)
    features = given.pop("features", {})
    profile = given.pop("business_profile", {})
    login = given.pop("login_page", {})
    _check_addresses(given, profile)
    if login.get("enabled"):
        raise invalid("login_page[enabled] is not implemented in the sandbox", param="login_page")
    changed = merged(row, given)
    changed["business_profile"] = merged_part(row["business_profile"], profile)
    changed["features"] = {
        name: _feature(feature, features.get(name, {})) for name, feature in row["features"].items()
    }
    _check_features(tools, changed["features"])
    return changed


def _feature(feature: Row, given: dict[str, Any]) -> Row:
    lists = {name for name, value in feature.items() if isinstance(value, list)}
    settings = merged_part(feature, given)
    for name in lists & given.keys():
        settings[name] = given[name] or []
    for name in ("cancellation_reason", "schedule_at_period_end"):
        if name in given:
            settings[name] = merged_part(feature[name], given[name])
    reason = settings.get("cancellation_reason")
    if reason is not None:
        reason["options"] = reason["options"] or []
    return settings


def _check_addresses(params: dict[str, Any], profile: dict[str, Any]) -> None:
    named = {
        "default_return_url": params.get("default_return_url"),
        "business_profile[privacy_policy_url]": profile.get("privacy_policy_url"),
        "business_profile[terms_of_service_url]": profile.get("terms_of_service_url"),
    }
    for name, url in named.items():
        if url:
            address(url, param=name)


def _check_features(tools: Tools, features: Row) -> None:
    if (
        features["customer_update"]["enabled"]
        and not features["customer_update"]["allowed_updates"]
    ):
        raise invalid(
            "At least one update must be allowed.",
            param="features[customer_update][allowed_updates]",
        )
    change = features["subscription_update"]
    if not change["enabled"]:
        return
    for name in ("default_allowed_updates", "products"):
        if not change[name]:
            raise invalid(
                f"{name} is required when subscription_update is enabled.",
                param=f"features[subscription_update][{name}]",
            )
    for product in change["products"]:
        product.setdefault("adjustable_quantity", {"enabled": False, "maximum": None, "minimum": 1})
        tools.store.get("product", product["product"], param="features", status=400)
        for price in product["prices"]:
            tools.store.get("price", price, param="features", status=400)
