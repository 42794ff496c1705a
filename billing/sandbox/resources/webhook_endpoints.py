"""Webhook endpoints: where events are told."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from billing.sandbox import spec
from billing.sandbox.call import Call
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import deleted, merged, refuse
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

MOST_ENDPOINTS = 16


@operation("POST", "/v1/webhook_endpoints")
def create(call: Call) -> Row:
    """The answer holds the secret; no later one does."""
    params = {**call.params}
    if params.pop("connect", False):
        refuse(call.params, "connect")
    version = params.get("api_version")
    if version not in {None, spec.load().version}:
        raise invalid(f"The sandbox speaks {spec.load().version} only.", param="api_version")
    _check_url(params["url"])
    if len(call.store.list("webhook_endpoint")) >= MOST_ENDPOINTS:
        raise invalid(f"You have reached the maximum of {MOST_ENDPOINTS} test webhook endpoints.")
    secret = "whsec_" + secrets.token_hex(16)
    made = call.tools.make(
        "webhook_endpoint",
        "we",
        metadata={},
        status="enabled",
        _sandbox={"secret": secret},
    )
    endpoint = call.store.save(merged(made, params))
    return {**endpoint, "secret": secret}


@operation("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(call: Call) -> Row:
    return call.store.get("webhook_endpoint", call.ids["webhook_endpoint"])


@operation("POST", "/v1/webhook_endpoints/{webhook_endpoint}")
def update(call: Call) -> Row:
    params = {**call.params}
    endpoint = call.store.get("webhook_endpoint", call.ids["webhook_endpoint"])
    if "url" in params:
        _check_url(params["url"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params.pop("disabled") else "enabled"
    return call.store.save(merged(endpoint, params))


@operation("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete(call: Call) -> Row:
    endpoint = call.store.get("webhook_endpoint", call.ids["webhook_endpoint"])
    call.store.delete(endpoint)
    return deleted(endpoint)


@operation("GET", "/v1/webhook_endpoints")
def index(call: Call) -> Row:
    return listed(call, call.store.list("webhook_endpoint"))


def _check_url(url: str) -> None:
    """Plain HTTP is allowed, as for Stripe's own test endpoints."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", param="url"
        )
