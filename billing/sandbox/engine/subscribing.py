"""How subscriptions begin.

Stripe's documentation: "How subscriptions work", "Use trial periods on subscriptions", "Setting
the subscription billing cycle date".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine import basket, invoicing, payment, standing
from billing.sandbox.engine.calendar import DAY, HOUR, next_boundary
from billing.sandbox.engine.debits import cost_of_period, note_lines, whole_period
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.extras import add_invoice_items
from billing.sandbox.engine.lines import subscription_lines, trial_line
from billing.sandbox.engine.people import adopt_currency, method_to_charge, own_method, payer
from billing.sandbox.engine.proration import charge_for_rest
from billing.sandbox.engine.rows import private, refuse_others
from billing.sandbox.engine.setup import open_setup
from billing.sandbox.engine.terms import cancel_terms, plain_terms
from billing.sandbox.errors import invalid
from billing.sandbox.store import Row

INCOMPLETE_FOR = 23 * HOUR
KNOWN = frozenset(
    "add_invoice_items automatic_tax billing_cycle_anchor billing_mode cancel_at"
    " cancel_at_period_end collection_method currency customer days_until_due"
    " default_payment_method description discounts items metadata off_session payment_behavior"
    " payment_settings proration_behavior trial_end trial_period_days trial_settings"
    " invoice_settings".split()
)


def subscribe(tools: Tools, params: dict[str, Any], *, at: int) -> Row:
    """A new subscription by the parameters of "Create a subscription".

    Raises ``StripeError``; with ``error_if_incomplete`` also for a declined payment.
    """
    refuse_others(params, known=KNOWN)
    customer = payer(tools, params.get("customer", ""))
    subscription = _new(tools, customer, params, at=at)
    _check_payment(tools, subscription, customer, params)
    private(subscription)["untold"] = True
    standing.keep(tools, subscription)
    lines = first_lines(tools, subscription, prorated=params.get("proration_behavior") != "none")
    add_invoice_items(tools, subscription, params.get("add_invoice_items") or [], at=at)
    waits = params.get("payment_behavior") == "default_incomplete"
    if waits:
        tell(tools, subscription)
    _first_invoice(tools, subscription, lines, at=at, params=params)
    subscription = tools.store.get("subscription", subscription["id"])
    if not waits:
        tell(tools, subscription)
    return subscription


def tell(tools: Tools, subscription: Row) -> None:
    """From now on the world knows of the subscription."""
    private(subscription).pop("untold", None)
    tools.store.save(subscription)
    tools.emit("customer.subscription.created", subscription)


def first_lines(tools: Tools, subscription: Row, *, prorated: bool = True) -> list[Row]:
    """What the first invoice bills in advance: nothing for a trial, else the first period."""
    items = basket.licensed(subscription)
    if subscription["status"] == "trialing":
        return [trial_line(tools, subscription, item, period=_period(item)) for item in items]
    anchored = subscription["billing_cycle_anchor"] > subscription["start_date"]
    if anchored and not prorated:
        return []
    lines = [
        line
        for item in items
        for line in subscription_lines(
            tools,
            subscription,
            item,
            quantity=Decimal(item["quantity"]),
            period=_period(item),
        )
    ]
    if anchored:
        _shorten(subscription, lines)
    return lines


def _period(item: Row) -> tuple[int, int]:
    return item["current_period_start"], item["current_period_end"]


def _shorten(subscription: Row, lines: Sequence[Row]) -> None:
    """A first period that ends early at the anchor costs its share of a whole one."""
    items = {item["id"]: item for item in subscription["items"]["data"]}
    for line in lines:
        item = items[line["parent"]["subscription_item_details"]["subscription_item"]]
        begins, end = whole_period(subscription, item)
        line["amount"] = charge_for_rest(
            line["amount"], start=begins, end=end, at=item["current_period_start"]
        )
        line["subtotal"] = line["amount"]


def _new(tools: Tools, customer: Row, params: dict[str, Any], *, at: int) -> Row:
    subscription = tools.make(
        "subscription",
        "sub",
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
        billing_cycle_anchor=at,
        billing_mode=_billing_mode(params),
        billing_schedules=[],
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        created=at,
        customer=customer["id"],
        default_tax_rates=[],
        discounts=[],
        invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        metadata={},
        payment_settings={
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        start_date=at,
        status="incomplete",
        test_clock=tools.clock_of(customer["id"]),
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
    )
    plain_terms(tools, subscription, params)
    _set_trial(subscription, params, at=at)
    _set_items(tools, subscription, params, at=at)
    adopt_currency(tools, customer, subscription["currency"])
    target = Target(customer=customer["id"], at=at, subscription=subscription["id"])
    subscription["discounts"] = grant(tools, params.get("discounts"), target=target)
    cancel_terms(subscription, params, at=at)
    return subscription


def _billing_mode(params: dict[str, Any]) -> Row:
    mode = params.get("billing_mode") or {"type": "flexible"}
    if mode["type"] != "flexible":
        raise invalid(
            "billing_mode classic is not implemented in the sandbox.", param="billing_mode"
        )
    if (mode.get("flexible") or {}).get("proration_discounts", "included") != "included":
        raise invalid(
            "proration_discounts itemized is not implemented in the sandbox.",
            param="billing_mode[flexible][proration_discounts]",
        )
    return {"type": "flexible", "flexible": {"proration_discounts": "included"}}


def _set_trial(subscription: Row, params: dict[str, Any], *, at: int) -> None:
    if "trial_end" in params and "trial_period_days" in params:
        raise invalid("You may only specify one of trial_end and trial_period_days.")
    end = params.get("trial_end")
    if "trial_period_days" in params:
        if params["trial_period_days"] < 1:
            raise invalid("Invalid trial_period_days: must be 1 or more.")
        end = at + params["trial_period_days"] * DAY
    if end is None or end == "now":
        return
    if end <= at:
        raise invalid("Invalid timestamp: must be in the future.", param="trial_end")
    subscription.update(billing_cycle_anchor=end, status="trialing", trial_end=end, trial_start=at)


def _set_items(tools: Tools, subscription: Row, params: dict[str, Any], *, at: int) -> None:
    given = params.get("items") or []
    if not given:
        raise invalid("Missing required param: items.", param="items", code="parameter_missing")
    items = [
        basket.new_item(tools, subscription, one, at=at, param=f"items[{number}]")
        for number, one in enumerate(given)
    ]
    subscription["currency"] = items[0]["price"]["currency"]
    currency = params["currency"].lower() if "currency" in params else subscription["currency"]
    basket.check_together(items, currency=currency)
    anchor = int(params.get("billing_cycle_anchor") or subscription["billing_cycle_anchor"])
    _check_anchor(items, anchor, subscription, at=at)
    subscription["billing_cycle_anchor"] = anchor
    for item in items:
        basket.set_period(item, start=at, anchor=anchor, until=subscription["trial_end"])
    subscription["items"] = basket.item_list(subscription["id"], items)


def _check_anchor(items: list[Row], anchor: int, subscription: Row, *, at: int) -> None:
    """Stripe: an anchor lies in the future, not later than the first natural renewal."""
    begins = subscription["trial_end"] or at
    for item in items:
        interval, count = basket.interval_of(item)
        latest = next_boundary(begins, interval=interval, count=count, after=begins)
        if not begins <= anchor <= latest:
            raise invalid(
                "billing_cycle_anchor must be in the future, and not later than the next natural"
                " billing date.",
                param="billing_cycle_anchor",
            )


def _check_payment(tools: Tools, subscription: Row, customer: Row, params: dict[str, Any]) -> None:
    """Without any means of payment only a trial, a bill to be sent or a wait is possible."""
    method = params.get("default_payment_method")
    if method:
        own_method(tools, method, customer=customer["id"], param="default_payment_method")
    free = not any(cost_of_period(tools, subscription, at=subscription["start_date"]).values())
    waits = params.get("payment_behavior") == "default_incomplete"
    sent = subscription["collection_method"] == "send_invoice"
    if subscription["status"] == "trialing" or free or waits or sent:
        return
    if method_to_charge(tools, customer=customer, subscription=subscription) is None:
        raise payment.no_method()


def _first_invoice(
    tools: Tools, subscription: Row, lines: list[Row], *, at: int, params: dict[str, Any]
) -> None:
    """Made with the subscription and finalized at once; none at all if there is nothing on it."""
    waiting = params.get("add_invoice_items")
    if not lines and not waiting:
        _start_without_invoice(tools, subscription)
        return
    sent = subscription["collection_method"] == "send_invoice"
    if sent and subscription["status"] == "incomplete":
        subscription["status"] = "active"
    invoice = invoicing.subscription_draft(
        tools, subscription, reason="subscription_create", at=at, lines=lines
    )
    note_lines(subscription, invoice, lines)
    standing.keep(tools, subscription)
    if sent:
        return
    invoice = invoicing.finalize(tools, invoice, at=at)
    if invoice["status"] == "paid":
        _ask_for_method(tools, subscription["id"], params)
    elif params.get("payment_behavior") != "default_incomplete":
        _collect_first(tools, invoice, params, at=at)


def _collect_first(tools: Tools, invoice: Row, params: dict[str, Any], *, at: int) -> None:
    invoice = payment.collect(tools, invoice, at=at)
    error = payment.refusal(tools, invoice)
    if error is not None and params.get("payment_behavior") == "error_if_incomplete":
        error.effect_kept = False
        raise error


def _start_without_invoice(tools: Tools, subscription: Row) -> None:
    if subscription["status"] == "incomplete":
        subscription["status"] = "active"
    standing.keep(tools, subscription)


def _ask_for_method(tools: Tools, subscription_id: str, params: dict[str, Any]) -> None:
    """Nothing is due yet: a setup intent waits for the means to pay later."""
    if params.get("payment_behavior") != "default_incomplete":
        return
    subscription = tools.store.get("subscription", subscription_id)
    customer = tools.store.get("customer", subscription["customer"])
    if method_to_charge(tools, customer=customer, subscription=subscription) is None:
        intent = open_setup(
            tools,
            customer=customer["id"],
            at=subscription["created"],
            for_subscription=subscription_id,
        )
        subscription["pending_setup_intent"] = intent["id"]
        standing.keep(tools, subscription)
