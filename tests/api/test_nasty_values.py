"""
Every nasty value in every place where one can be sent.

Whatever is sent: no failure of ours, an answer in the API's own words, and nothing stored by a
request that was refused.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from accounts.models import IdempotencyRecord
from billing.models import Agreement
from metering.ledger.audit import find_violations
from metering.models import CreditGrant, Hold, LedgerTransfer, UsageEvent
from tests.api.conftest import Answer, Api, World
from tests.api.nasty import NASTY, TEXTS
from tests.factories.accounts import make_organization
from tests.support.counting import count_rows

EVENT = {"id": '"nasty"', "action": '"EXTRACT_TEXT"'}
VALUE = {"id": '"nasty"', "feature": '"ai_credits"', "value": '"1"'}
HOLD = {"id": '"nasty"', "action": '"EXTRACT_TEXT"'}
GRANT = {
    "organization": '"customer-1"',
    "feature": '"ai_credits"',
    "category": '"promotion"',
    "amount": '"1"',
    "reason": '"test"',
}
ORDER = {"organization": '"customer-3"', "plan": '"starter"'}


def written(fields: dict[str, str]) -> str:
    """A JSON object of fields whose values are JSON already."""
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


def stored() -> tuple[int, ...]:
    return count_rows(UsageEvent, LedgerTransfer, Agreement, IdempotencyRecord, CreditGrant, Hold)


def check(answer: Answer, sent: object) -> None:
    """The answer is one of ours."""
    assert answer.status in {200, 201, 202, 400, 401, 402, 403, 404, 409, 413, 415, 422}, (
        sent,
        answer,
    )
    if answer.status >= 400:
        assert answer.body.get("code") or answer.body["errors"][0]["code"], (sent, answer)
    assert b"Traceback" not in answer.raw


def send_all(api: Api, path: str, bodies: list[str]) -> None:
    """Send each body; what is refused has stored nothing."""
    before = stored()
    for body in bodies:
        answer = api.send("POST", path, body.encode("utf-8", "surrogatepass"))
        check(answer, body)
        after = stored()
        rejected = answer.body.get("counts", {}).get("rejected") == 1
        if answer.status >= 400 or rejected:
            assert after == before, body
        before = after


def test_there_are_many_of_them() -> None:
    assert len(set(NASTY)) >= 250


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "action",
        "quantity",
        "organization",
        "occurred_at",
        "member",
        "cost",
        "properties",
        "mode",
        "enforce",
        "extra",
    ],
)
def test_in_a_field_of_an_event(world: World, field: str) -> None:
    send_all(world.as_acme, "usage", [written(EVENT | {field: value}) for value in NASTY])
    assert list(find_violations()) == []


@pytest.mark.parametrize("field", ["feature", "value", "mode"])
def test_in_a_field_of_a_plain_quantity(world: World, field: str) -> None:
    send_all(world.as_acme, "usage", [written(VALUE | {field: value}) for value in NASTY])
    assert list(find_violations()) == []


def test_as_the_total_of_a_period(world: World) -> None:
    total = VALUE | {"mode": '"absolute"'}
    send_all(world.as_acme, "usage", [written(total | {"value": value}) for value in NASTY])
    assert list(find_violations()) == []


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "action",
        "quantity",
        "feature",
        "value",
        "organization",
        "member",
        "expires_in_seconds",
        "extra",
    ],
)
def test_in_a_field_of_a_hold(world: World, field: str) -> None:
    order = VALUE if field in {"feature", "value"} else HOLD
    send_all(world.as_acme, "holds", [written(order | {field: value}) for value in NASTY])
    assert list(find_violations()) == []


@pytest.mark.parametrize(
    "field",
    ["quantity", "value", "id", "organization", "occurred_at", "cost", "properties", "extra"],
)
def test_in_a_field_of_a_settlement(world: World, field: str) -> None:
    hold = world.as_acme.post("holds", {"id": "a", "action": "EXTRACT_TEXT"}).body["id"]
    settlement = {"quantity": '"1"'}
    bodies = [written(settlement | {field: value}) for value in NASTY]
    send_all(world.as_acme, f"holds/{hold}/settle", bodies)
    assert list(find_violations()) == []


@pytest.mark.parametrize("field", ["organization", "extra"])
def test_in_a_field_of_a_release(world: World, field: str) -> None:
    hold = world.as_acme.post("holds", {"id": "a", "action": "EXTRACT_TEXT"}).body["id"]
    bodies = [written({field: value}) for value in NASTY]
    send_all(world.as_acme, f"holds/{hold}/release", bodies)


@pytest.mark.parametrize("field", ["reason", "organization", "extra"])
def test_in_a_field_of_a_reversal(world: World, field: str) -> None:
    world.as_acme.post("usage", {"id": "a", "action": "EXTRACT_TEXT"})
    bodies = [written({"reason": '"test"', field: value}) for value in NASTY]
    send_all(world.as_acme, "usage/a/reverse", bodies)
    assert list(find_violations()) == []


@pytest.mark.parametrize(
    "field",
    [
        "organization",
        "feature",
        "category",
        "amount",
        "reason",
        "expires_at",
        "priority",
        "actions",
        "extra",
    ],
)
def test_in_a_field_of_a_grant(world: World, field: str) -> None:
    bodies = [written(GRANT | {field: value}) for value in NASTY]
    send_all(world.as_platform, "credit-grants", bodies)
    assert list(find_violations()) == []


def test_as_an_action_that_a_grant_may_pay_for(world: World) -> None:
    bodies = [written({**GRANT, "actions": f"[{value}]"}) for value in NASTY]
    send_all(world.as_platform, "credit-grants", bodies)


def test_as_a_property(world: World) -> None:
    names = [json.dumps(text) for text in TEXTS]
    send_all(
        world.as_acme,
        "usage",
        [written({**EVENT, "properties": f'{{"a": {value}}}'}) for value in NASTY]
        + [written({**EVENT, "properties": f"{{{name}: 1}}"}) for name in names],
    )


def test_in_the_place_of_an_event_of_a_batch(world: World) -> None:
    send_all(world.as_acme, "usage", [f'{{"events": [{value}]}}' for value in NASTY])


def test_in_the_place_of_a_batch(world: World) -> None:
    api = world.as_platform
    send_all(api, "usage", [f'{{"events": {value}}}' for value in NASTY])
    event = written(EVENT)
    bodies = [f'{{"organization": {value}, "events": [{event}]}}' for value in NASTY]
    send_all(api, "usage", bodies)


@pytest.mark.parametrize(
    "path",
    [
        "usage",
        "holds",
        "holds/hold_00000000000000000000000000/settle",
        "holds/hold_00000000000000000000000000/release",
        "usage/a/reverse",
        "credit-grants",
        "agreements",
        "agreements/agr_00000000000000000000000000/change",
        "agreements/agr_00000000000000000000000000/cancel",
        "agreements/agr_00000000000000000000000000/end",
        "checkouts",
        "payment-pages",
        "top-ups",
        "top-ups/top_00000000000000000000000000/cancel",
        "billing/meter_usage",
    ],
)
def test_in_the_place_of_the_body(world: World, path: str) -> None:
    send_all(world.as_platform, path, NASTY)


@pytest.mark.parametrize(
    "field", ["organization", "plan", "interval", "currency", "seats", "extra"]
)
def test_in_a_field_of_an_order(world: World, field: str) -> None:
    make_organization("Dune", external_id="customer-3")
    send_all(world.as_platform, "agreements", [written(ORDER | {field: value}) for value in NASTY])


@pytest.mark.parametrize(
    ("deed", "field"),
    [
        ("preview", "plan"),
        ("preview", "interval"),
        ("preview", "seats"),
        ("preview", "organization"),
        ("change", "proration_at"),
        ("change", "due_now"),
        ("cancel", "feedback"),
        ("cancel", "comment"),
    ],
)
def test_in_a_field_of_a_change(world: World, deed: str, field: str) -> None:
    change = {"plan": '"gold"', "proration_at": '"2026-09-20T12:00:00Z"', "due_now": "{}"}
    order = change if deed == "change" else {}
    path = f"agreements/{world.agreement.public_id}/{deed}"
    send_all(world.as_acme, path, [written(order | {field: value}) for value in NASTY])


@pytest.mark.parametrize(
    "field",
    [
        "customer_agreement_id",
        "billing_feature_code",
        "meter_value",
        "meter_type_code",
        "meter_usage_timestamp",
    ],
)
def test_in_a_field_of_kindes_call(world: World, field: str) -> None:
    body = {
        "customer_agreement_id": json.dumps(world.agreement.public_id),
        "billing_feature_code": '"ai_credits"',
        "meter_value": '"5"',
    }
    bodies = [written(body | {field: value}) for value in NASTY]
    send_all(world.as_platform, "billing/meter_usage", bodies)


@pytest.mark.parametrize("name", ["organization", "page_size", "starting_after", "extra"])
def test_in_the_query(world: World, name: str) -> None:
    for text in TEXTS:
        query = f"{name}={quote(text)}"
        for path in ("balances", "plans", "invoices", "top-ups"):
            check(world.as_platform.get(f"{path}?{query}"), query)
    for raw in ("%00", "%ff", "%ed%a0%80", "%u0000", "%", "%zz", "a%00b"):
        check(world.as_platform.get(f"agreements?{name}={raw}"), raw)


@pytest.mark.parametrize(
    "name", ["feature", "from", "to", "by", "kind", "action", "member", "credit_grant", "at"]
)
def test_in_a_question_about_usage(world: World, name: str) -> None:
    month = {"from": "2026-09-01T00:00:00Z", "to": "2026-10-01T00:00:00Z"}
    for text in TEXTS:
        for path, asked in (
            ("usage/summary", {"feature": "ai_credits", **month}),
            ("ledger", {"feature": "ai_credits"}),
            ("balances", {}),
        ):
            query = urlencode(asked | {name: text})
            check(world.as_acme.get(f"{path}?{query}"), query)


@pytest.mark.parametrize(
    "path", ["flags", "entitlements", "usage", "holds", "credit-grants", "invoices", "checkouts"]
)
def test_in_the_address(world: World, path: str) -> None:
    for text in [*TEXTS, "\0", "a\0b"]:
        check(world.as_acme.get(f"{path}/{quote(text, safe='')}"), text)


@pytest.mark.parametrize("path", ["usage/{}/reverse", "holds/{}/settle", "holds/{}/release"])
def test_within_the_address(world: World, path: str) -> None:
    for text in [*TEXTS, "\0", "a\0b"]:
        body = {"reason": "test"} if "usage" in path else {}
        check(world.as_acme.post(path.format(quote(text, safe="")), body), text)


@pytest.mark.parametrize(
    "header",
    ["Authorization", "X_API_Key", "Idempotency_Key", "X_Request_ID", "Accept", "Content_Length"],
)
def test_in_a_header(world: World, header: str) -> None:
    for text in TEXTS:
        value = text.encode("utf-8", "surrogatepass").decode("latin-1")
        headers: dict[str, Any] = {header: value}
        api = Api() if header in {"Authorization", "X_API_Key"} else world.as_platform
        check(api.get("balances?organization=customer-1", **headers), text)
        check(
            api.post("agreements", {"organization": "customer-1", "plan": "starter"}, **headers),
            text,
        )
        check(Api().get("plans", **headers), text)
