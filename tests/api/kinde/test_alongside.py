"""Lists that both dialects have: ours, with what Kinde's clients read in them."""

from typing import Any

import pytest

from accounts.choices import PropertyType
from accounts.properties.definitions import PropertyDetails, define_property
from tests.api.conftest import NOW, Api, World
from tests.factories.accounts import TESTER


def kindes(api: Api, path: str) -> dict[str, Any]:
    """What Kinde's clients read."""
    body: dict[str, Any] = api.get(path).body
    return {name: value for name, value in body.items() if name not in {"data", "has_more"}}


def test_organizations_are_listed_as_at_kinde(world: World) -> None:
    told = kindes(world.as_acme, "organizations")
    assert told == {
        "message": "Success",
        "code": "OK",
        "organizations": [
            {
                "code": world.acme.public_id,
                "name": "Acme",
                "handle": None,
                "is_default": False,
                "external_id": "customer-1",
                "is_auto_membership_enabled": False,
            }
        ],
        "next_token": None,
    }


def test_pages_go_on_with_kindes_token(world: World) -> None:
    first = kindes(world.as_platform, "organizations?page_size=1&sort=name_asc")
    second = kindes(
        world.as_platform, f"organizations?page_size=1&next_token={first['next_token']}"
    )
    assert second["next_token"] is None
    names = [page["organizations"][0]["name"] for page in (first, second)]
    assert names == ["Crane", "Acme"]
    wrong = world.as_platform.get("organizations?next_token=org_none")
    assert (wrong.status, wrong.body["errors"][0]["code"]) == (400, "invalid_cursor")


@pytest.fixture
def properties(world: World) -> str:
    """The address of Acme's properties, of which there are two."""
    for key, type_ in (("industry", PropertyType.TEXT), ("resolved", PropertyType.INTEGER)):
        details = PropertyDetails(name=key.capitalize(), is_public=True)
        define_property(key=key, type=type_, details=details, actor=TESTER, now=NOW)
    return f"organizations/{world.acme.public_id}/properties"


def test_properties_are_set_and_told_as_at_kinde(world: World, properties: str) -> None:
    body = '{"properties": {"industry": "Retail", "resolved": "12"}}'
    several = world.as_platform.send("PATCH", properties, body)
    assert (several.status, several.body["code"], several.body["message"]) == (200, "OK", "Success")
    one = world.as_platform.send("PUT", f"{properties}/industry?value=Travel", None, "")
    assert (one.status, one.body["code"], one.body["message"]) == (200, "OK", "Success")
    assert kindes(world.as_acme, properties) == {
        "message": "Success",
        "code": "OK",
        "properties": [
            {
                "id": f"prop_{key}",
                "name": key.capitalize(),
                "description": "",
                "key": key,
                "value": value,
            }
            for key, value in (("industry", "Travel"), ("resolved", "12"))
        ],
        "next_token": None,
    }
    first = kindes(world.as_acme, f"{properties}?page_size=1")
    assert first["next_token"] == "industry"
    second = kindes(world.as_acme, f"{properties}?page_size=1&next_token=industry")
    assert [one["key"] for one in second["properties"]] == ["resolved"]
