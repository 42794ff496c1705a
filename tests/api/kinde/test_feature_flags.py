"""Feature flags as Kinde has them: read, overridden, and how the article's gate sees them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.choices import ValueType
from tests.api.conftest import NOW, Answer, Api, World
from tests.api.kinde.client import Kinde, kinde
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import make_flag

__all__ = ["kinde"]


def path(organization: Any, *more: str) -> str:
    """The address of an organization's flags."""
    return "/".join((f"organizations/{organization.public_id}/feature_flags", *more))


def flags(api: Api, organization: Any) -> dict[str, Any]:
    """What is told of the flags."""
    told: dict[str, Any] = api.get(path(organization)).body["feature_flags"]
    return told


def override(api: Api, organization: Any, key: str, value: str) -> Answer:
    """Send what Kinde's clients send: no body, no content type."""
    return api.send("PATCH", f"{path(organization, key)}?value={value}", None, content_type="")


def test_flags_are_told_as_text(world: World) -> None:
    make_flag("seats_shown", value_type=ValueType.NUMBER, default_value=3)
    make_flag("ratio", value_type=ValueType.NUMBER, default_value=2.5)
    make_flag("theme", value_type=ValueType.JSON, default_value={"dark": True})
    answer = world.as_acme.get(path(world.acme))
    assert (answer.status, answer.body) == (
        200,
        {
            "code": "OK",
            "message": "Success",
            "feature_flags": {
                "advanced_ai": {"type": "bool", "value": "true"},
                "support": {"type": "str", "value": "mail"},
                "seats_shown": {"type": "int", "value": "3"},
                "ratio": {"type": "str", "value": "2.5"},
                "theme": {"type": "str", "value": '{"dark": true}'},
            },
        },
    )


def test_the_articles_gate_opens_with_the_upgrade(world: World) -> None:
    """The sample answers 403 unless `getFlag` says true; after the upgrade it says true at once."""
    dune = make_organization("Dune", external_id="dune")
    make_agreement(dune, "starter")
    assert flags(world.as_platform, dune)["advanced_ai"] == {"type": "bool", "value": "false"}
    order = {"customer_id": "dune", "plan_code": "professional"}
    assert world.as_platform.post("billing/agreements", order).status == 200
    assert flags(world.as_platform, dune)["advanced_ai"] == {"type": "bool", "value": "true"}


def test_an_override_holds_until_it_is_removed(world: World) -> None:
    answer = override(world.as_platform, world.acme, "advanced_ai", "false")
    assert (answer.status, answer.raw) == (200, b'{"message":"Success","code":"OK"}')
    assert flags(world.as_acme, world.acme)["advanced_ai"]["value"] == "false"
    assert AuditEntry.objects.filter(action="flag_override.set").count() == 1
    removed = world.as_platform.send("DELETE", path(world.acme, "advanced_ai"), None)
    assert (removed.status, removed.raw) == (200, b'{"message":"Success","code":"OK"}')
    assert flags(world.as_acme, world.acme)["advanced_ai"]["value"] == "true"
    again = world.as_platform.send("DELETE", path(world.acme, "advanced_ai"), None)
    assert (again.status, again.body["errors"][0]["code"]) == (404, "OVERRIDE_NOT_FOUND")


def test_all_overrides_go_at_once(world: World) -> None:
    override(world.as_platform, world.acme, "advanced_ai", "false")
    override(world.as_platform, world.acme, "support", "phone")
    assert world.as_platform.send("DELETE", path(world.acme), None).status == 200
    told = flags(world.as_acme, world.acme)
    assert (told["advanced_ai"]["value"], told["support"]["value"]) == ("true", "mail")
    assert world.as_platform.send("DELETE", path(world.acme), None).status == 200


def test_a_persons_value_is_not_the_organizations(world: World) -> None:
    place = "users/bob/feature_flags/advanced_ai?value=false"
    unnamed = world.as_platform.send("PATCH", place, None, content_type="")
    assert (unnamed.status, unnamed.body["errors"][0]["code"]) == (400, "ORGANIZATION_REQUIRED")
    named = f"{place}&org_code={world.acme.public_id}"
    assert world.as_platform.send("PATCH", named, None, content_type="").status == 200
    assert flags(world.as_acme, world.acme)["advanced_ai"]["value"] == "true"


@pytest.mark.parametrize(
    ("key", "value", "status", "code"),
    [
        ("advanced_ai", "yes", 400, "WRONG_TYPE"),
        ("advanced_ai", "1", 400, "INVALID_VALUE"),
        ("advanced_ai", "", 400, "WRONG_TYPE"),
        ("no_such_flag", "true", 404, "FLAG_NOT_FOUND"),
        ("Advanced-AI", "true", 404, "FLAG_NOT_FOUND"),
        ("ai_credits", "5", 404, "FLAG_NOT_FOUND"),
    ],
)
def test_a_wrong_override_is_refused(
    world: World, key: str, value: str, status: int, code: str
) -> None:
    answer = override(world.as_platform, world.acme, key, value)
    assert (answer.status, answer.body["errors"][0]["code"]) == (status, code)


def test_others_flags_are_not_there(world: World) -> None:
    answer = world.as_crane.get(path(world.acme))
    assert (answer.status, answer.raw) == (
        404,
        b'{"errors":[{"code":"ORGANIZATION_NOT_FOUND",'
        b'"message":"There is no such organization."}]}',
    )


def test_no_organization_switches_on_what_it_has_not_bought(world: World) -> None:
    dune = make_organization("Dune")
    make_agreement(dune, "starter")
    as_dune = Api(make_api_key(dune, now=NOW).secret)
    of_bob = "users/bob/feature_flags/advanced_ai?value=true"
    for place in (dune, world.acme):
        answers = [
            override(as_dune, place, "advanced_ai", "true"),
            as_dune.send("DELETE", path(place), None),
            as_dune.send("DELETE", path(place, "advanced_ai"), None),
            as_dune.send("PATCH", of_bob, None, content_type=""),
        ]
        assert {(answer.status, answer.raw) for answer in answers} == {
            (
                403,
                b'{"errors":[{"code":"PLATFORM_KEY_REQUIRED",'
                b'"message":"Flags are overridden with a platform key."}]}',
            )
        }
    assert flags(as_dune, dune)["advanced_ai"]["value"] == "false"


@pytest.mark.django_db(transaction=True)
def test_it_overrides_flags(kinde: Kinde) -> None:
    acme, client = kinde.world.acme, kinde.of_the_company
    api = client.organizations_api

    def told() -> dict[str, Any]:
        found = api.get_organization_feature_flags(acme.public_id).feature_flags
        return {key: (flag.type, flag.value) for key, flag in found.items()}

    assert told() == {"advanced_ai": ("bool", "true"), "support": ("str", "mail")}
    key = "advanced_ai"
    assert api.update_organization_feature_flag_override(acme.public_id, key, "false").code == "OK"
    assert told()["advanced_ai"] == ("bool", "false")
    assert api.delete_organization_feature_flag_override(acme.public_id, key).code == "OK"
    assert told()["advanced_ai"] == ("bool", "true")
    api.update_organization_feature_flag_override(acme.public_id, "support", "phone")
    assert api.delete_organization_feature_flag_overrides(acme.public_id).code == "OK"
    assert told()["support"] == ("str", "mail")
