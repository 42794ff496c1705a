"""Custom properties: defined by the company, typed, counted up, public or not."""

import json
from typing import Any

import pytest

from accounts.models import AuditEntry, PropertyDefinition, PropertyValue
from tests.api.conftest import Answer, Api, World, at_once
from tests.api.nasty import NASTY

# One of each type, with a value and how it is answered.
PROPERTIES: dict[str, tuple[str, Any, Any]] = {
    "a_text": ("text", "Zoe", "Zoe"),
    "b_lines": ("multiline", "one\r\ntwo\n", "one\ntwo"),
    "c_flag": ("boolean", False, False),
    "d_number": ("integer", 17, 17),
    "e_amount": ("decimal", "-12.50", "-12.5"),
    "f_day": ("date", "2026-02-28", "2026-02-28"),
}


@pytest.fixture(autouse=True)
def defined(request: pytest.FixtureRequest) -> None:
    """Every type; the text and the number are public."""
    world = request.getfixturevalue("crowd" if "crowd" in request.fixturenames else "world")
    for key, (type_, _value, _answer) in PROPERTIES.items():
        order = {
            "key": key,
            "name": key.title(),
            "type": type_,
            "category": "Sales",
            "is_public": key in {"a_text", "d_number"},
        }
        assert world.as_platform.post("properties", order).status == 201


def send(api: Api, method: str, path: str, document: Any) -> Answer:
    return api.send(method, path, json.dumps(document))


def values_of(world: World, api: Api | None = None) -> dict[str, Any]:
    answer = (api or world.as_platform).get(f"organizations/{world.acme.public_id}/properties")
    return {item["key"]: item["value"] for item in answer.body["data"]}


def test_a_property_is_defined_changed_and_removed(world: World) -> None:
    order = {"key": "manager", "name": "Account manager", "type": "text"}
    kind = order | {"description": "", "category": "", "is_public": False}
    answer = world.as_platform.post("properties", order)
    assert (answer.status, answer.body) == (201, kind)
    taken = world.as_platform.post("properties", order)
    assert (taken.status, taken.body["code"]) == (409, "property_key_taken")
    change = {"name": "Manager", "is_public": True, "description": "Who calls"}
    changed = send(world.as_platform, "PATCH", "properties/manager", change)
    assert (changed.status, changed.body) == (200, kind | change)
    for wrong in ({"key": "other"}, {"type": "date"}, {"name": ""}):
        assert send(world.as_platform, "PATCH", "properties/manager", wrong).status == 400
    assert world.as_platform.send("DELETE", "properties/manager", None).status == 204
    assert world.as_platform.send("DELETE", "properties/manager", None).status == 404
    assert list(
        AuditEntry.objects.filter(target="manager").order_by("pk").values_list("action", flat=True)
    ) == ["property.created", "property.updated", "property.removed"]


def test_a_property_in_use_stays(world: World) -> None:
    path = f"organizations/{world.acme.public_id}/properties/a_text"
    send(world.as_platform, "PUT", path, {"value": "Zoe"})
    answer = world.as_platform.send("DELETE", "properties/a_text", None)
    assert (answer.status, answer.body["code"]) == (409, "property_in_use")
    assert answer.body["organizations"] == 1
    assert send(world.as_platform, "PUT", path, {"value": None}).body["value"] is None
    assert world.as_platform.send("DELETE", "properties/a_text", None).status == 204


def test_every_type_is_set_and_read(world: World) -> None:
    path = f"organizations/{world.acme.public_id}/properties"
    written = {key: value for key, (_type, value, _answer) in PROPERTIES.items()}
    answer = send(world.as_platform, "PATCH", path, {"properties": written})
    assert answer.status == 200
    assert values_of(world) == {key: answer for key, (_t, _v, answer) in PROPERTIES.items()}
    assert answer.body["data"][0] == {
        "key": "a_text",
        "name": "A_Text",
        "type": "text",
        "description": "",
        "category": "Sales",
        "is_public": True,
        "value": "Zoe",
        "changed_at": "2026-09-20T12:00:00Z",
    }
    [entry] = AuditEntry.objects.filter(action="organization.properties_changed")
    assert entry.organization_id == world.acme.pk
    assert entry.changes == {key: [None, value] for key, (_t, _v, value) in PROPERTIES.items()}
    send(world.as_platform, "PATCH", path, {"properties": written})
    assert AuditEntry.objects.filter(action="organization.properties_changed").count() == 1
    assert PropertyValue.objects.owned_by(world.crane).count() == 0


def test_a_map_is_set_wholly_or_not(world: World) -> None:
    path = f"organizations/{world.acme.public_id}/properties"
    for wrong, status in (({"d_number": "x"}, 400), ({"nothing": 1}, 404), ({}, 400)):
        sent = {"a_text": "Zoe"} | wrong if wrong else {}
        answer = send(world.as_platform, "PATCH", path, {"properties": sent})
        assert answer.status == status
    assert not PropertyValue.objects.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("a_text", 1),
        ("a_text", "a\nb"),
        ("a_text", "x" * 501),
        ("b_lines", "a\u0000b"),
        ("b_lines", "x" * 5_001),
        ("b_lines", "a\u202eb"),
        ("c_flag", "true"),
        ("c_flag", 1),
        ("d_number", True),
        ("d_number", "1.0"),
        ("d_number", 10**12),
        ("d_number", "-0"),
        ("e_amount", 1.5),
        ("e_amount", "1e3"),
        ("e_amount", "0.0000001"),
        ("e_amount", "1,5"),
        ("f_day", "2026-02-29"),
        ("f_day", "20260228"),
        ("f_day", "0001-01-01"),
        ("f_day", 20260228),
    ],
)
def test_a_value_of_another_type_is_refused(world: World, key: str, value: Any) -> None:
    path = f"organizations/{world.acme.public_id}/properties/{key}"
    answer = send(world.as_platform, "PUT", path, {"value": value})
    assert answer.status == 400, answer
    assert not PropertyValue.objects.exists()


def test_counters_count_up_and_down(world: World) -> None:
    path = f"organizations/{world.acme.public_id}/properties"
    steps: list[tuple[str, dict[str, Any], Any]] = [
        ("d_number", {}, 1),
        ("d_number", {"by": 41}, 42),
        ("d_number", {"by": "-50"}, -8),
        ("e_amount", {"by": "0.1"}, "0.1"),
        ("e_amount", {"by": "0.2"}, "0.3"),
        ("e_amount", {"by": -1}, "-0.7"),
    ]
    for key, body, value in steps:
        answer = world.as_platform.post(f"{path}/{key}/increment", body)
        assert (answer.status, answer.body["value"]) == (200, value)
    changes = AuditEntry.objects.filter(action="organization.properties_changed").order_by("pk")
    assert changes[2].changes == {"d_number": [42, -8]}
    for key, body, code in (
        ("a_text", {}, "not_a_counter"),
        ("d_number", {"by": "0.5"}, "invalid_property"),
        ("d_number", {"by": "x"}, "invalid_property"),
        ("e_amount", {"by": "999999999999"}, None),
        ("e_amount", {"by": "2"}, "invalid_property"),
    ):
        answer = world.as_platform.post(f"{path}/{key}/increment", body)
        assert (answer.status, answer.body.get("code")) == (400 if code else 200, code)


def test_a_repeated_increment_adds_once(world: World) -> None:
    path = f"organizations/{world.acme.public_id}/properties/d_number/increment"
    for _ in range(2):
        answer = world.as_platform.post(path, {}, Idempotency_Key="meeting-1")
        assert (answer.status, answer.body["value"]) == (200, 1)
    assert values_of(world)["d_number"] == 1


def test_nothing_is_lost_however_many_count(crowd: World) -> None:
    path = f"organizations/{crowd.acme.public_id}/properties/d_number/increment"
    at_once(*[lambda: crowd.as_platform.post(path, {"by": 2})] * 6)
    assert values_of(crowd)["d_number"] == 12


def test_what_is_private_is_not_the_customers_to_see(world: World) -> None:
    path = f"organizations/{world.acme.public_id}/properties"
    send(
        world.as_platform,
        "PATCH",
        path,
        {"properties": {key: value for key, (_t, value, _a) in PROPERTIES.items()}},
    )
    assert values_of(world, world.as_acme) == {"a_text": "Zoe", "d_number": 17}
    kinds = world.as_acme.get("properties").body["data"]
    assert [kind["key"] for kind in kinds] == ["a_text", "d_number"]
    assert len(world.as_platform.get("properties").body["data"]) == len(PROPERTIES)
    page = world.as_platform.get("properties?page_size=2&starting_after=b_lines").body
    assert ([kind["key"] for kind in page["data"]], page["has_more"]) == (
        ["c_flag", "d_number"],
        True,
    )
    cursor = world.as_acme.get("properties?starting_after=b_lines")
    assert (cursor.status, cursor.body["errors"][0]["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "properties", {"key": "x", "name": "X", "type": "text"}),
        ("PATCH", "properties/a_text", {"name": "X"}),
        ("DELETE", "properties/a_text", None),
        ("DELETE", "properties/nothing", None),
        ("PATCH", "organizations/{id}/properties", {"properties": {"a_text": "X"}}),
        ("PUT", "organizations/{id}/properties/b_lines", {"value": "X"}),
        ("PUT", "organizations/{id}/properties/nothing", {"value": "X"}),
        ("POST", "organizations/{id}/properties/d_number/increment", {}),
    ],
)
def test_only_the_company_defines_and_sets(world: World, method: str, path: str, body: Any) -> None:
    written = None if body is None else json.dumps(body)
    answer = world.as_acme.send(method, path.format(id=world.acme.public_id), written)
    assert (answer.status, answer.body["code"]) == (403, "platform_key_required")
    assert not PropertyValue.objects.exists()
    assert PropertyDefinition.objects.count() == len(PROPERTIES)


@pytest.mark.parametrize("key", sorted(PROPERTIES))
def test_nasty_values_break_nothing(world: World, key: str) -> None:
    path = f"organizations/{world.acme.public_id}/properties/{key}"
    for value in NASTY:
        body = f'{{"value": {value}}}'.encode("utf-8", "surrogatepass")
        answer = world.as_platform.send("PUT", path, body)
        assert answer.status in {200, 400}, (value, answer)


@pytest.mark.parametrize("field", ["key", "name", "type", "category", "is_public"])
def test_nasty_definitions_break_nothing(world: World, field: str) -> None:
    order = {"key": '"x"', "name": '"X"', "type": '"text"'}
    for value in NASTY:
        members = ", ".join(f'"{name}": {text}' for name, text in (order | {field: value}).items())
        body = f"{{{members}}}".encode("utf-8", "surrogatepass")
        answer = world.as_platform.send("POST", "properties", body)
        assert answer.status in {201, 400, 409}, (value, answer)
