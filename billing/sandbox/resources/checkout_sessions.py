"""
Checkout sessions: a page of Stripe's that sells something.

Stripe's documentation: "Checkout Sessions" in the API reference and "How Checkout works".
"""

from __future__ import annotations

from typing import Final

from billing.sandbox.call import Call, Tools, new_id
from billing.sandbox.checkout import basket, codes, rules
from billing.sandbox.engine.people import payer
from billing.sandbox.engine.rows import time_of
from billing.sandbox.errors import invalid
from billing.sandbox.listing import envelope, listed
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.routing import includable, operation, work
from billing.sandbox.store import Row

SESSION: Final = "checkout.session"
ECHOED: Final = (
    "allow_promotion_codes billing_address_collection cancel_url client_reference_id customer_email"
    " integration_identifier locale mode origin_context submit_type success_url"
).split()
KEPT: Final = ("subscription_data", "payment_intent_data", "setup_intent_data", "customer_update")
TEXTS: Final = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


@operation("POST", "/v1/checkout/sessions")
def create(call: Call) -> Row:
    params, tools = call.params, call.tools
    customer = payer(tools, params["customer"])["id"] if "customer" in params else None
    now = time_of(tools, customer)
    rules.check(params, now=now)
    if customer is not None:
        rules.check_taxable(params, tools.store.get("customer", customer))
    items = basket.fill(tools, params, now=now) if params["mode"] != "setup" else []
    discounts = params.get("discounts") or []
    if discounts:
        coupon = codes.given_coupon(tools, discounts[0], customer=customer)
        basket.reduce(items, coupon)
    session = tools.make(SESSION, "cs_test", id=_name(), created=now, customer=customer)
    session.update({name: params[name] for name in ECHOED if name in params})
    session.update(_answers(tools, session, params, items, discounts))
    session["_sandbox"] = {
        "items": items,
        **{name: params.get(name) or {} for name in KEPT},
        "discounts": discounts,
    }
    return tools.store.save(session)


@operation("GET", "/v1/checkout/sessions")
def index(call: Call) -> Row:
    fields = ("customer", "payment_intent", "subscription", "status")
    equals = {name: call.params[name] for name in fields if name in call.params}
    found = call.store.list(SESSION, **equals)
    email = (call.params.get("customer_details") or {}).get("email")
    if email is not None:
        found = [one for one in found if (one["customer_details"] or {}).get("email") == email]
    return listed(call, found)


@operation("GET", "/v1/checkout/sessions/{session}")
def retrieve(call: Call) -> Row:
    return call.store.get(SESSION, call.ids["session"])


@operation("POST", "/v1/checkout/sessions/{session}")
def update(call: Call) -> Row:
    session = call.store.get(SESSION, call.ids["session"])
    for name in call.params.keys() - {"expand", "metadata"}:
        raise rules.not_implemented(name)
    metadata = call.params.get("metadata", {})
    session["metadata"] = merged_metadata(session["metadata"] or {}, metadata)
    return call.store.save(session)


@operation("POST", "/v1/checkout/sessions/{session}/expire")
def expire(call: Call) -> Row:
    session = call.store.get(SESSION, call.ids["session"])
    if session["status"] != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of {session['status']}."
        )
    return close(call.tools, session)


@operation("GET", "/v1/checkout/sessions/{session}/line_items")
def line_items(call: Call) -> Row:
    session = call.store.get(SESSION, call.ids["session"])
    return listed(call, session["_sandbox"]["items"])


@includable(SESSION, "line_items")
def _line_items(tools: Tools, session: Row) -> Row:
    items = tools.store.get(SESSION, session["id"])["_sandbox"]["items"]
    return envelope(items, url=f"/v1/checkout/sessions/{session['id']}/line_items")


@work
def expire_next(tools: Tools) -> bool:
    """Expire one session whose time is over."""
    for session in tools.store.list(SESSION, status="open"):
        if session["expires_at"] <= time_of(tools, session):
            close(tools, session)
            return True
    return False


def close(tools: Tools, session: Row) -> Row:
    """A session that nobody can complete any more."""
    session.update(status="expired", url=None)
    tools.store.save(session)
    tools.emit("checkout.session.expired", session)
    return session


def _name() -> str:
    """As long as Stripe's, because whoever knows it can open the page."""
    return new_id("cs_test") + new_id("")[1:] + new_id("")[1:11]


def _answers(
    tools: Tools, session: Row, params: Row, items: list[Row], discounts: list[Row]
) -> Row:
    mode, customer = params["mode"], session["customer"]
    amounts = basket.totals(items) if items else {}
    return {
        **amounts,
        "automatic_tax": _automatic_tax(params),
        "currency": items[0]["currency"] if items else params.get("currency"),
        "custom_text": {
            name: (params.get("custom_text") or {}).get(name) or None for name in TEXTS
        },
        "customer_creation": _customer_creation(params),
        "customer_details": _details(tools, customer, params.get("customer_email")),
        "discounts": [_discount(one) for one in discounts] if mode != "setup" else None,
        "expires_at": params.get("expires_at", session["created"] + rules.LONGEST),
        "invoice_creation": _invoice_creation(params) if mode == "payment" else None,
        "metadata": params.get("metadata") or {},
        "payment_method_collection": params.get("payment_method_collection", "always")
        if mode == "subscription"
        else None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
        "phone_number_collection": {"enabled": False},
        "status": "open",
        "tax_id_collection": {
            "enabled": False,
            "required": "never",
            **(params.get("tax_id_collection") or {}),
        },
        "ui_mode": "hosted_page",
        "url": f"{tools.url}/c/pay/{session['id']}",
    }


def _automatic_tax(params: Row) -> Row:
    enabled = (params.get("automatic_tax") or {}).get("enabled", False)
    return {
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": "requires_location_inputs" if enabled else None,
    }


def _customer_creation(params: Row) -> str | None:
    if "customer" in params:
        return None
    default = "always" if params["mode"] == "subscription" else "if_required"
    return str(params.get("customer_creation", default))


def _details(tools: Tools, customer: str | None, email: str | None) -> Row | None:
    known = tools.store.get("customer", customer) if customer else {}
    if not known and email is None:
        return None
    return {
        "address": None,
        "business_name": None,
        "email": known.get("email") or email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": known.get("tax_exempt") or "none",
        "tax_ids": None,
    }


def _discount(given: Row) -> Row:
    return {"coupon": given.get("coupon"), "promotion_code": given.get("promotion_code")}


def _invoice_creation(params: Row) -> Row:
    given = params.get("invoice_creation") or {"enabled": False}
    data = given.get("invoice_data") or {}
    return {
        "enabled": given["enabled"],
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": data.get("description"),
            "footer": data.get("footer"),
            "issuer": None,
            "metadata": data.get("metadata") or {},
            "rendering_options": None,
        },
    }
