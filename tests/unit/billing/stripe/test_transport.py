"""What our HTTP client adds to a call, and when it asks again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import stripe as library
from djstripe import models as djstripe
from pytest_django import Settings

from billing.stripe.gateway.client import ask, send
from billing.stripe.gateway.errors import (
    CardRefused,
    KeyRefused,
    ObjectMissing,
    StripeNotConnected,
    StripeRefused,
    StripeUnavailable,
)
from billing.stripe.gateway.pace import Pace
from billing.stripe.gateway.transport import TRANSPORT, Patience, briefly, use_http_client
from config.payments import stripe_settings

KEY = "sk_test_" + "a1B2" * 8
CUSTOMER = '{"id": "cus_1", "object": "customer"}'
BROKEN: Any = library.APIConnectionError

Reply = tuple[str, int, dict[str, str]]


def error(status: int, **facts: str) -> Reply:
    said = ", ".join(f'"{name}": "{value}"' for name, value in facts.items())
    return f'{{"error": {{{said}}}}}', status, {}


class Line(library.HTTPClient):
    """Answers what it was told to, in this order, and remembers what it was asked."""

    name = "line"

    def __init__(self, *replies: Reply | Exception) -> None:
        super().__init__()
        self.replies = list(replies)
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> Reply:
        self.asked.append((method, url, dict(headers or {})))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


class Clock:
    """Time that passes by waiting only."""

    def __init__(self) -> None:
        self.waits: list[int] = []

    def wait(self, milliseconds: int) -> None:
        self.waits.append(milliseconds)

    def nanoseconds(self) -> int:
        return sum(self.waits) * 1_000_000

    @property
    def patience(self) -> Patience:
        # The highest chance there is.
        return Patience(
            wait=self.wait, nanoseconds=self.nanoseconds, chance=lambda below: below - 1
        )


@pytest.fixture(autouse=True)
def connected(settings: Settings) -> None:
    for name, value in stripe_settings(secret_key=KEY, sandbox_url="").items():
        setattr(settings, name, value)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def create(line: Line, clock: Clock) -> dict[str, Any]:
    with use_http_client(line, patience=clock.patience):
        return send("customers.create", {"name": "Acme"}, key="customer:org_1")


def test_a_write_carries_key_version_and_idempotency_key(clock: Clock) -> None:
    line = Line((CUSTOMER, 200, {}))

    assert create(line, clock) == {"id": "cus_1", "object": "customer"}

    [(method, url, headers)] = line.asked
    assert (method, url) == ("post", "https://api.stripe.com/v1/customers")
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["Stripe-Version"] == "2026-05-27.dahlia"
    assert headers["Idempotency-Key"] == "customer:org_1"


def test_deleting_carries_an_idempotency_key_too(clock: Clock) -> None:
    line = Line(('{"id": "cus_1", "deleted": true}', 200, {}))
    with use_http_client(line, patience=clock.patience):
        send("customers.delete", target="cus_1", key="forget:org_1")

    [(method, _url, headers)] = line.asked
    assert (method, headers["Idempotency-Key"]) == ("delete", "forget:org_1")


def test_djstripe_speaks_with_the_real_key_although_it_knows_only_the_alias(
    settings: Settings, clock: Clock
) -> None:
    line = Line(('{"object": "list", "data": [], "has_more": false, "url": "/v1/prices"}', 200, {}))
    with use_http_client(line, patience=clock.patience):
        assert list(djstripe.Price.api_list(api_key=settings.STRIPE_SECRET_KEY)) == []

    [(_method, url, headers)] = line.asked
    assert settings.STRIPE_SECRET_KEY != KEY
    assert url.startswith("https://api.stripe.com/v1/prices")
    assert headers["Authorization"] == f"Bearer {KEY}"


def test_in_the_sandbox_every_call_goes_there(settings: Settings, clock: Clock) -> None:
    for name, value in stripe_settings(secret_key="", sandbox_url="http://127.0.0.1:9").items():
        setattr(settings, name, value)
    line = Line((CUSTOMER, 200, {}))

    create(line, clock)

    assert line.asked[0][1] == "http://127.0.0.1:9/v1/customers"


def test_nothing_is_said_when_nothing_is_connected(settings: Settings, clock: Clock) -> None:
    settings.STRIPE_MODE = "off"
    line = Line()

    with pytest.raises(StripeNotConnected):
        create(line, clock)

    assert line.asked == []


@pytest.mark.parametrize(
    "passing",
    [
        error(429, code="rate_limit", message="Too many requests"),
        error(429, code="lock_timeout", message="The object is locked"),
        error(409, code="idempotency_key_in_use", message="In progress"),
        error(500, type="api_error", message="Oops"),
        ("<html>Bad gateway</html>", 502, {}),
        BROKEN("Timed out", should_retry=True),
    ],
)
def test_what_may_pass_is_asked_again_with_the_same_key(
    passing: Reply | Exception, clock: Clock
) -> None:
    line = Line(passing, passing, (CUSTOMER, 200, {}))

    assert create(line, clock)["id"] == "cus_1"

    assert [headers["Idempotency-Key"] for *_, headers in line.asked] == ["customer:org_1"] * 3
    assert clock.waits == [499, 999]


def test_it_waits_as_long_as_stripe_asks_for(clock: Clock) -> None:
    line = Line((*error(429, message="Slow down")[:2], {"Retry-After": "3"}), (CUSTOMER, 200, {}))

    create(line, clock)

    assert clock.waits == [3_000]


def test_it_does_not_wait_longer_than_a_person_would(clock: Clock) -> None:
    line = Line((*error(429, message="Slow down")[:2], {"Retry-After": "60"}))

    with pytest.raises(StripeUnavailable):
        create(line, clock)

    assert clock.waits == []


def test_stripes_advice_not_to_ask_again_is_followed(clock: Clock) -> None:
    line = Line((*error(500, message="Oops")[:2], {"Stripe-Should-Retry": "false"}))

    with pytest.raises(StripeUnavailable):
        create(line, clock)

    assert len(line.asked) == 1


def test_after_four_attempts_the_effect_is_unknown(clock: Clock) -> None:
    line = Line(*[BROKEN("Timed out", should_retry=True)] * 4)

    with pytest.raises(StripeUnavailable) as failure:
        create(line, clock)

    assert len(line.asked) == 4
    assert failure.value.status == 503
    assert "Timed out" not in failure.value.detail


def test_what_can_be_done_without_is_asked_for_once(clock: Clock) -> None:
    line = Line(error(500), (CUSTOMER, 200, {}))
    with use_http_client(line, patience=clock.patience):
        with briefly(), pytest.raises(StripeUnavailable):
            ask("customers.retrieve", target="cus_1")
        assert (len(line.asked), clock.waits) == (1, [])
        assert ask("customers.retrieve", target="cus_1")["id"] == "cus_1"


def test_its_answer_is_waited_for_by_a_client_that_waits_less() -> None:
    patient, brief = Line(), Line((CUSTOMER, 200, {}))
    with use_http_client(patient):
        TRANSPORT.wire.brief_client = brief
        with briefly():
            ask("customers.retrieve", target="cus_1")
    assert (len(patient.asked), len(brief.asked)) == (0, 1)


def test_a_refusal_is_told_once_with_its_code(clock: Clock) -> None:
    line = Line(
        error(400, type="invalid_request_error", message="No", code="bad", param="items[0]")
    )

    with pytest.raises(StripeRefused) as refusal:
        create(line, clock)

    assert refusal.value.facts == {
        "kind": "StripeRefused",
        "detail": "No",
        "stripe_code": "bad",
        "param": "items[0]",
    }
    assert len(line.asked) == 1


def test_a_declined_card_says_why(clock: Clock) -> None:
    line = Line(
        error(
            402,
            type="card_error",
            message="Your card has insufficient funds.",
            code="card_declined",
            decline_code="insufficient_funds",
        )
    )

    with pytest.raises(CardRefused) as refusal:
        create(line, clock)

    assert refusal.value.status == 402
    assert refusal.value.detail == "Your card has insufficient funds."
    assert refusal.value.extra == {"decline_code": "insufficient_funds"}


def test_a_missing_object_is_told_apart(clock: Clock) -> None:
    line = Line(
        error(404, type="invalid_request_error", message="No such", code="resource_missing")
    )
    with use_http_client(line, patience=clock.patience), pytest.raises(ObjectMissing):
        ask("customers.retrieve", target="cus_x")


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_accepted_leaves_everything_open(status: int, clock: Clock) -> None:
    line = Line(error(status, message="Invalid API Key provided"))

    with pytest.raises(KeyRefused):
        create(line, clock)


def test_an_answer_that_cannot_be_read_leaves_the_effect_unknown(clock: Clock) -> None:
    with pytest.raises(StripeUnavailable):
        create(Line(("<html>", 200, {})), clock)


def test_calls_of_one_second_may_come_at_once_and_the_next_ones_wait() -> None:
    clock = Clock()
    pace = Pace(per_second=25, nanoseconds=clock.nanoseconds, wait=clock.wait)

    for _ in range(25):
        pace.keep()
    assert clock.waits == []

    pace.keep()
    pace.keep()
    assert clock.waits == [40, 40]


def test_what_was_not_used_of_a_second_is_not_saved_up() -> None:
    clock = Clock()
    pace = Pace(per_second=25, nanoseconds=clock.nanoseconds, wait=clock.wait)
    clock.wait(10_000)

    for _ in range(26):
        pace.keep()

    assert clock.waits == [10_000, 40]
