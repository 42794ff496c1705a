"""
The webhook's door as a server would open it: the whole application, given raw requests.

Whatever Stripe did not sign is refused and leaves nothing behind, also with DEBUG on, and whatever
headers dj-stripe would believe.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from djstripe.models import WebhookEndpoint, WebhookEventTrigger
from pytest_django import Settings

from billing.models import StripeEvent
from billing.stripe.endpoint import WEBHOOK_PATH, find_endpoint, secret_of
from billing.stripe.inbox.signatures import sign
from tests.integration.billing.stripe.traffic.letters import event
from tests.support.stripe_at_hand import NOW, StripeAtHand, stripe

__all__ = ["stripe"]

pytestmark = pytest.mark.usefixtures("stripe")

MEGABYTE = 1024 * 1024
GENUINE = json.dumps(event()).encode()


@pytest.fixture
def application() -> Iterator[WSGIHandler]:
    """All middleware and all addresses. The test's connection stays open after a request."""
    with_server = (signals.request_started, signals.request_finished)
    for signal in with_server:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in with_server:
        signal.connect(close_old_connections)


@pytest.fixture(params=[False, True], ids=["production", "debug"])
def debug(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Each test that uses it is run with and without DEBUG."""
    settings.DEBUG = request.param


def knock(
    application: WSGIHandler,
    body: bytes,
    *,
    signature: str | None = None,
    secret: str = "",
    signed_at: int = 0,
    environment: Mapping[str, Any] | None = None,
) -> tuple[int, bytes]:
    """Send bytes to the door; signed as Stripe would unless told otherwise."""
    if signature is None:
        signature = signed(body, secret=secret, at=signed_at)
    told: list[str] = []

    def start(status: str, headers: Any, failure: Any = None, /) -> Callable[[bytes], object]:
        told.append(status)
        return BytesIO().write

    raw = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": WEBHOOK_PATH,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_STRIPE_SIGNATURE": signature,
        **(environment or {}),
    }
    with time_machine.travel(NOW, tick=False):
        answer = application(raw, start)
        content = b"".join(answer)
        answer.close()
    return int(told[0].split()[0]), content


def signed(body: bytes, *, secret: str = "", at: int = 0) -> str:
    endpoint = find_endpoint()
    assert endpoint is not None
    at = at or int(NOW.timestamp())
    return f"t={at},v1={sign(payload=body, signed_at=at, secret=secret or secret_of(endpoint))}"


@pytest.mark.usefixtures("debug")
def test_what_stripe_signed_comes_in(application: WSGIHandler) -> None:
    assert knock(application, GENUINE) == (200, b"")
    assert StripeEvent.objects.get().event_id == "evt_1"


@pytest.mark.usefixtures("debug")
@pytest.mark.parametrize(
    ("body", "how", "status"),
    [
        (GENUINE, {"signature": ""}, 400),
        (GENUINE, {"signature": f"t={int(NOW.timestamp())},v1={'0' * 64}"}, 400),
        (GENUINE, {"signature": "t=\xff,v1=\xff"}, 400),
        (GENUINE, {"signature": f"t={int(NOW.timestamp())}," + "v1=0," * 100_000}, 400),
        (GENUINE, {"secret": "whsec_somebody_elses"}, 400),
        (GENUINE, {"signed_at": int((NOW - timedelta(minutes=6)).timestamp())}, 400),
        (GENUINE, {"signed_at": int((NOW + timedelta(minutes=6)).timestamp())}, 400),
        (b"", {}, 400),
        (b"\x00" * 2_000, {}, 400),
        (b"{" * 200_000, {}, 400),
        (
            b"id=evt_1&type=invoice.paid",
            {"environment": {"CONTENT_TYPE": "application/x-www-form-urlencoded"}},
            400,
        ),
        (json.dumps(event(livemode=True)).encode(), {}, 400),
        (b" " * (MEGABYTE + 1), {}, 413),
        # Told to be small, or of no length at all.
        (GENUINE, {"environment": {"CONTENT_LENGTH": "10"}}, 400),
        (GENUINE, {"environment": {"CONTENT_LENGTH": ""}}, 400),
        (GENUINE, {"environment": {"CONTENT_LENGTH": "-1"}}, 400),
    ],
)
def test_nothing_else_does(
    application: WSGIHandler, body: bytes, how: dict[str, Any], status: int
) -> None:
    found, content = knock(application, body, **how)

    assert found == status
    assert b"Traceback" not in content
    nothing_is_left()


def nothing_is_left() -> None:
    """Neither in our inbox nor in dj-stripe's."""
    assert not StripeEvent.objects.exists()
    assert not WebhookEventTrigger.objects.exists()
    endpoint = find_endpoint()
    assert endpoint is not None
    assert endpoint.last_event_at is None


@pytest.mark.usefixtures("debug")
@pytest.mark.parametrize(
    "header", ["HTTP_X_DJSTRIPE_WEBHOOK_SECRET", "HTTP_STRIPE_CLI", "HTTP_X_STRIPE_WEBHOOK_SECRET"]
)
def test_no_header_replaces_the_secret(application: WSGIHandler, header: str) -> None:
    status, _ = knock(application, GENUINE, secret="whsec_mine", environment={header: "whsec_mine"})

    assert status == 400
    nothing_is_left()


@pytest.mark.usefixtures("debug")
@pytest.mark.parametrize("path", ["/stripe/webhook/", "/stripe/webhook/1", "/djstripe/webhook/"])
def test_there_is_no_other_door(application: WSGIHandler, path: str) -> None:
    WebhookEndpoint.objects.create(
        id="we_1",
        url="http://testserver/",
        secret="whsec_mine",
        api_version="",
        enabled_events=["*"],
        metadata={},
    )

    status, _ = knock(application, GENUINE, secret="whsec_mine", environment={"PATH_INFO": path})

    assert status == 404
    nothing_is_left()


def test_a_live_account_takes_no_test_events(
    application: WSGIHandler, stripe: StripeAtHand, settings: Settings
) -> None:
    settings.STRIPE_LIVE_MODE = True

    assert knock(application, GENUINE)[0] == 400
    nothing_is_left()

    assert knock(application, json.dumps(event(livemode=True)).encode())[0] == 200
