"""
Sessions of the customer portal, and the flows that lead straight to one task.

Stripe's documentation: "Customer portal" and "Deep links in the customer portal".
"""

from __future__ import annotations

from typing import Any, Final

from billing.sandbox.call import Call, Tools, id_of
from billing.sandbox.checkout.rules import address
from billing.sandbox.engine.people import payer
from billing.sandbox.errors import invalid
from billing.sandbox.resources.merging import refuse
from billing.sandbox.resources.portal_configurations import CONFIGURATION, default_configuration
from billing.sandbox.routing import operation
from billing.sandbox.skeleton import shape
from billing.sandbox.store import Row

SESSION: Final = "billing_portal.session"
NEEDS: Final = {
    "payment_method_update": "payment_method_update",
    "subscription_cancel": "subscription_cancel",
    "subscription_update": "subscription_update",
    "subscription_update_confirm": "subscription_update",
}


@operation("POST", "/v1/billing_portal/sessions")
def create(call: Call) -> Row:
    params, tools = call.params, call.tools
    refuse(params, "customer_account", "on_behalf_of")
    if "customer" not in params:
        raise invalid(
            "Missing required param: customer.", param="customer", code="parameter_missing"
        )
    customer = payer(tools, params["customer"])
    configuration = _configuration(tools, params)
    if "return_url" in params:
        address(params["return_url"], param="return_url")
    flow = params.get("flow_data")
    session = tools.make(
        SESSION,
        "bps",
        created=int(tools.now.timestamp()),
        customer=customer["id"],
        configuration=configuration["id"],
        flow=_flow(tools, flow, customer, configuration) if flow else None,
        locale=params.get("locale"),
        return_url=params.get("return_url", configuration["default_return_url"]),
    )
    session["url"] = f"{tools.url}/p/session/{session['id']}"
    tools.store.save(session)
    tools.emit("billing_portal.session.created", session)
    return session


def _configuration(tools: Tools, params: dict[str, Any]) -> Row:
    if "configuration" not in params:
        return default_configuration(tools)
    found = tools.store.get(
        CONFIGURATION, params["configuration"], param="configuration", status=400
    )
    if not found["active"]:
        raise invalid("This configuration is not active.", param="configuration")
    return found


def _flow(tools: Tools, given: dict[str, Any], customer: Row, configuration: Row) -> Row:
    kind = given["type"]
    if kind == "subscription_update":
        raise invalid(
            "flow_data[type]=subscription_update is not implemented in the sandbox",
            param="flow_data[type]",
        )
    needed = NEEDS[kind]
    if not configuration["features"][needed]["enabled"]:
        raise invalid(
            f"This flow needs the feature {needed} of the portal configuration, which is disabled.",
            param="flow_data[type]",
        )
    flow = {**shape("portal_flows_flow"), "type": kind, "after_completion": _completion(given)}
    if kind != "payment_method_update":
        task = given.get(kind)
        if task is None:
            raise invalid(
                f"Missing required param: flow_data[{kind}].",
                param=f"flow_data[{kind}]",
                code="parameter_missing",
            )
        refuse(task, "retention", "discounts")
        subscription = _subscription(tools, task["subscription"], customer, kind)
        flow[kind] = _task(tools, kind, task, subscription)
    return flow


def _completion(given: dict[str, Any]) -> Row:
    wanted = given.get("after_completion") or {"type": "portal_homepage"}
    redirect = wanted.get("redirect")
    if wanted["type"] == "redirect":
        if redirect is None:
            raise invalid(
                "Missing required param: flow_data[after_completion][redirect].",
                param="flow_data[after_completion][redirect]",
                code="parameter_missing",
            )
        address(redirect["return_url"], param="flow_data[after_completion][redirect][return_url]")
    confirmation = wanted.get("hosted_confirmation")
    return {
        "type": wanted["type"],
        "redirect": redirect,
        "hosted_confirmation": {"custom_message": confirmation.get("custom_message")}
        if confirmation is not None
        else None,
    }


def _subscription(tools: Tools, id: str, customer: Row, kind: str) -> Row:
    where = f"flow_data[{kind}][subscription]"
    found = tools.store.get("subscription", id, param=where, status=400)
    if id_of(found["customer"]) != customer["id"]:
        raise invalid("This subscription belongs to another customer.", param=where)
    if found["status"] in {"canceled", "incomplete_expired"}:
        raise invalid(f"This subscription is {found['status']}.", param=where)
    if kind == "subscription_cancel" and (found["cancel_at_period_end"] or found["cancel_at"]):
        raise invalid("This subscription is already set to be canceled.", param=where)
    return found


def _task(tools: Tools, kind: str, task: dict[str, Any], subscription: Row) -> Row:
    if kind == "subscription_cancel":
        return {"subscription": subscription["id"], "retention": None}
    items = [_item(tools, one, subscription) for one in task["items"]]
    return {"subscription": subscription["id"], "discounts": None, "items": items}


def _item(tools: Tools, given: dict[str, Any], subscription: Row) -> Row:
    where = "flow_data[subscription_update_confirm][items]"
    known = {item["id"]: item for item in subscription["items"]["data"]}
    if given["id"] not in known:
        raise invalid(f"No such subscription item: '{given['id']}'", param=where)
    if "price" in given:
        tools.store.get("price", given["price"], param=where, status=400)
    present = known[given["id"]]
    return {
        "id": given["id"],
        "price": given.get("price", present["price"]["id"]),
        "quantity": given.get("quantity", present.get("quantity", 1)),
    }
