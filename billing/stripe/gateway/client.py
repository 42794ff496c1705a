"""Calls to Stripe: plain values go in, JSON comes out, and what goes wrong is an error of ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import stripe
from django.conf import settings

from .configuration import require_connection
from .errors import (
    CardRefused,
    CustomerGone,
    KeyRefused,
    ObjectMissing,
    StripeRefused,
    StripeUnavailable,
)
from .facts import Json
from .transport import TRANSPORT, Patience, briefly, use_http_client

__all__ = ["Patience", "ask", "ask_for_all", "briefly", "connect", "send", "use_http_client"]

# Stripe's words; which parameter it was about is not the same for every call.
_NO_CUSTOMER: Final = "No such customer"


def connect() -> None:
    """Have dj-stripe speak through our HTTP client too: it knows the key and the address."""
    stripe.default_http_client = TRANSPORT
    stripe.max_network_retries = 0
    stripe.enable_telemetry = False


def send(
    operation: str, params: Mapping[str, Any] | None = None, *, target: str = "", key: str
) -> dict[str, Any]:
    """
    Change something at Stripe. The operation is a path below `StripeClient.v1`, such as
    `subscriptions.update`; the target is the id of what is changed (ids of an object inside
    another one are joined by a slash).

    The same key is the same call for 24 hours. Raises `StripeUnavailable`, `StripeRefused` and
    its kinds, `StripeNotConnected`. Everything but the setup goes through `intents.perform`.
    """
    with _told_in_our_words():
        answer = _method(operation)(
            *_ids(target), params=dict(params or {}), options={"idempotency_key": key}
        )
    return plain(answer)


def ask(
    operation: str, params: Mapping[str, Any] | None = None, *, target: str = ""
) -> dict[str, Any]:
    """What Stripe says to a call that changes nothing. Raises as `send` does."""
    with _told_in_our_words():
        answer = _method(operation)(*_ids(target), params=dict(params or {}))
    return plain(answer)


def ask_for_all(
    operation: str, params: Mapping[str, Any] | None = None, *, target: str = ""
) -> Iterator[dict[str, Any]]:
    """Every object of a list, page by page. Raises as `send` does, also on the way."""
    with _told_in_our_words():
        found = _method(operation)(*_ids(target), params={"limit": 100, **(params or {})})
        for each in found.auto_paging_iter():
            yield plain(each)


def plain(answer: stripe.StripeObject) -> dict[str, Any]:
    """The JSON of an object of the client library."""
    return answer.to_dict(for_json=True)


def _method(operation: str) -> Any:
    require_connection()
    step: Any = _client(settings.STRIPE_KEY, settings.STRIPE_URL, settings.STRIPE_API_VERSION).v1
    for name in operation.split("."):
        step = getattr(step, name)
    return step


@cache
def _client(key: str, url: str, version: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={"api": url, "connect": url, "files": url, "meter_events": url},
        http_client=TRANSPORT,
        max_network_retries=0,
    )


def _ids(target: str) -> list[str]:
    return target.split("/") if target else []


@contextmanager
def _told_in_our_words() -> Iterator[None]:
    try:
        yield
    except stripe.CardError as error:
        why = _said(error).get("decline_code")
        raise CardRefused(**_facts(error), decline_code=why or "") from error
    except stripe.InvalidRequestError as error:
        raise _kind_of(error)(**_facts(error)) from error
    except stripe.IdempotencyError as error:
        raise StripeRefused(**_facts(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise KeyRefused(str(error)) from error
    except stripe.StripeError as error:
        raise StripeUnavailable(str(error)) from error


def _kind_of(error: stripe.InvalidRequestError) -> type[StripeRefused]:
    if error.code != "resource_missing":
        return StripeRefused
    is_customer = (error.user_message or "").startswith(_NO_CUSTOMER)
    return CustomerGone if is_customer else ObjectMissing


def _facts(error: stripe.StripeError) -> dict[str, str]:
    said = _said(error)
    return {
        "detail": error.user_message or str(error),
        "stripe_code": said.get("code") or said.get("type") or "",
        "param": said.get("param") or "",
    }


def _said(error: stripe.StripeError) -> Json:
    body = error.json_body
    return body["error"] if isinstance(body, dict) and "error" in body else {}
