"""Webhooks, as an app that receives them sees them."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from tallybook import InvalidWebhook, verify_webhook

SECRET = f"whsec_{base64.b64encode(b'a secret of thirty-two bytes....').decode()}"
BODY = json.dumps(
    {
        "type": "subscription.updated",
        "timestamp": "2026-11-22T18:24:28Z",
        "data": {
            "organization": {"id": "org_1", "external_id": "acme-1"},
            "plan": "professional",
            "previous_attributes": {"plan": "starter"},
        },
    }
).encode()


def signed(body: bytes, *, secret: str = SECRET, age: timedelta = timedelta(0)) -> dict[str, str]:
    """The headers of a delivery."""
    at = datetime.now(UTC) - age
    return {
        "Webhook-Id": "evt_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("evt_1", at, body.decode(errors="replace")),
    }


def test_an_event_of_ours_can_be_read() -> None:
    event = verify_webhook(BODY, signed(BODY), SECRET)

    assert (event.id, event.type) == ("evt_1", "subscription.updated")
    assert event.timestamp == datetime(2026, 11, 22, 18, 24, 28, tzinfo=UTC)
    assert event.organization is not None
    assert (event.organization.id, event.organization.external_id) == ("org_1", "acme-1")
    assert event.data["plan"] == "professional"
    assert event.previous_attributes == {"plan": "starter"}


def test_a_fact_of_the_installation_is_about_no_organization() -> None:
    body = b'{"type": "plan.published", "timestamp": "2026-11-22T18:24:28Z", "data": {}}'

    assert verify_webhook(body, signed(body), SECRET).organization is None


OTHER = f"whsec_{base64.b64encode(b'another secret of 32 bytes......').decode()}"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY + b" ", signed(BODY)),
        (BODY, signed(BODY, secret=OTHER)),
        (BODY, signed(BODY, age=timedelta(minutes=6))),
        # The headers are made when the tests are collected, and may be read much later.
        (BODY, signed(BODY, age=timedelta(hours=-2))),
        (BODY, {}),
        (BODY, {**signed(BODY), "Webhook-Signature": "nonsense"}),
        (BODY, {**signed(BODY), "Webhook-Signature": "v1,%%%"}),
        (BODY, {**signed(BODY), "Webhook-Timestamp": "yesterday"}),
        (b"\xff\xfe", signed(b"\xff\xfe")),
        (b"[]", signed(b"[]")),
        (b"{}", signed(b"{}")),
        (b"not JSON", signed(b"not JSON")),
    ],
)
def test_what_is_not_signed_by_us_just_now_or_cannot_be_read_is_refused(
    body: bytes, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidWebhook):
        verify_webhook(body, headers, SECRET)


def test_during_a_rotation_either_signature_is_good() -> None:
    headers = signed(BODY)
    both = f"{signed(BODY, secret=OTHER)['Webhook-Signature']} {headers['Webhook-Signature']}"

    assert verify_webhook(BODY, {**headers, "Webhook-Signature": both}, SECRET).id == "evt_1"
