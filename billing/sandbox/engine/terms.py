"""The terms of a subscription that move no money at once."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine.people import own_method
from billing.sandbox.engine.rows import not_implemented, unset
from billing.sandbox.errors import invalid
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.store import Row


def plain_terms(tools: Tools, subscription: Row, params: dict[str, Any]) -> None:
    """Take over description, metadata, means and manner of payment. Raises ``StripeError``."""
    for name in ("description", "collection_method", "days_until_due", "trial_settings"):
        if name in params:
            subscription[name] = unset(params[name])
    if "metadata" in params:
        subscription["metadata"] = merged_metadata(subscription["metadata"], params["metadata"])
    if "default_payment_method" in params:
        subscription["default_payment_method"] = _method(tools, subscription, params)
    if "automatic_tax" in params:
        subscription["automatic_tax"] = _automatic_tax(params["automatic_tax"])
    if "payment_settings" in params:
        subscription["payment_settings"].update(_payment_settings(params["payment_settings"]))
    if params.get("invoice_settings"):
        raise not_implemented("invoice_settings")
    _check_collection(subscription, params)


def cancel_terms(subscription: Row, params: dict[str, Any], *, at: int) -> None:
    """When the subscription is to end by itself. Raises ``StripeError``.

    ``cancel_at_period_end`` and ``cancel_at`` are two words for one date.
    """
    if params.get("cancel_at_period_end") and unset(params.get("cancel_at")) is not None:
        raise invalid(
            "You may only specify one of cancel_at and cancel_at_period_end.",
            param="cancel_at_period_end",
        )
    if "cancel_at_period_end" in params:
        ends = params["cancel_at_period_end"]
        _schedule_end(subscription, latest_end(subscription) if ends else None, at=at)
        subscription["cancel_at_period_end"] = ends
    if "cancel_at" in params:
        _schedule_end(subscription, _cancel_at(subscription, params["cancel_at"], at), at=at)
        subscription["cancel_at_period_end"] = False
    if "cancellation_details" in params:
        said = {name: unset(value) for name, value in params["cancellation_details"].items()}
        subscription["cancellation_details"] = {**subscription["cancellation_details"], **said}


def latest_end(subscription: Row) -> int:
    return int(max(item["current_period_end"] for item in subscription["items"]["data"]))


def earliest_end(subscription: Row) -> int:
    return int(min(item["current_period_end"] for item in subscription["items"]["data"]))


def _schedule_end(subscription: Row, end: int | None, *, at: int) -> None:
    subscription["cancel_at"] = end
    subscription["canceled_at"] = None if end is None else at
    subscription["cancellation_details"]["reason"] = (
        None if end is None else "cancellation_requested"
    )


def _cancel_at(subscription: Row, given: Any, at: int) -> int | None:
    if given == "":
        return None
    if given == "min_period_end":
        return earliest_end(subscription)
    if given == "max_period_end":
        return latest_end(subscription)
    if not isinstance(given, int):
        raise not_implemented("cancel_at")
    if given <= at:
        raise invalid("cancel_at must be in the future.", param="cancel_at")
    return given


def _method(tools: Tools, subscription: Row, params: dict[str, Any]) -> str | None:
    given = unset(params["default_payment_method"])
    if given is None:
        return None
    method = own_method(
        tools, given, customer=subscription["customer"], param="default_payment_method"
    )
    return str(method["id"])


def _automatic_tax(given: Row) -> Row:
    enabled = given["enabled"]
    return {
        "disabled_reason": None,
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
    }


def _payment_settings(given: Row) -> Row:
    known = {"save_default_payment_method", "payment_method_types", "payment_method_options"}
    for name in given:
        if name not in known:
            raise not_implemented(f"payment_settings[{name}]")
    types = unset(given.get("payment_method_types"))
    if types is not None and types != ["card"]:
        raise not_implemented("payment_settings[payment_method_types]")
    return {name: unset(value) for name, value in given.items() if name != "payment_method_options"}


def _check_collection(subscription: Row, params: dict[str, Any]) -> None:
    sent = subscription["collection_method"] == "send_invoice"
    if not sent:
        if params.get("days_until_due") is not None:
            raise invalid(
                "days_until_due may only be given if collection_method is send_invoice.",
                param="days_until_due",
            )
        subscription["days_until_due"] = None
    elif subscription["days_until_due"] is None:
        raise invalid(
            "days_until_due is required if collection_method is send_invoice.",
            param="days_until_due",
        )
