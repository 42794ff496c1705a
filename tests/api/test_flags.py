"""Flags over the API: evaluated, overridden, and told at once."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.choices import Scope
from accounts.models import AuditEntry
from billing.agreements.operations import cancel_agreement
from billing.choices import ValueType
from billing.flags.operations import set_override
from billing.models import FlagOverride
from tests.api.conftest import NOW, Answer, Api, World
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, make_flag


def put(world: World, key: str = "advanced_ai", **order: Any) -> Answer:
    """Override a flag of Acme's as the company."""
    document = {"organization": "customer-1", "value": True} | order
    return world.as_platform.send("PUT", f"flags/{key}", json.dumps(document))


def delete(
    world: World, query: str = "organization=customer-1", key: str = "advanced_ai"
) -> Answer:
    return world.as_platform.send("DELETE", f"flags/{key}?{query}", None)


def flag(value: Any, source: str, key: str = "advanced_ai", type_: str = "boolean") -> Any:
    return {"key": key, "type": type_, "value": value, "source": source}


def test_an_override_is_told_with_the_next_request_and_its_removal_too(world: World) -> None:
    assert world.as_acme.get("flags/advanced_ai").body == flag(True, "plan")
    assert put(world, value=False).body == flag(False, "organization")
    assert world.as_acme.get("flags/advanced_ai").body == flag(False, "organization")
    assert world.as_acme.get("entitlements/advanced_ai").body["reason"] == "override"
    assert put(world, member="u_17").body == flag(True, "user")
    assert world.as_acme.get("flags/advanced_ai?member=u_17").body == flag(True, "user")
    assert world.as_acme.get("flags?member=u_17").body["data"][0] == flag(True, "user")
    assert world.as_acme.get("flags?member=u_18").body["data"][0] == flag(False, "organization")
    gone = delete(world)
    assert (gone.status, gone.raw) == (204, b"")
    assert world.as_acme.get("flags/advanced_ai?member=u_18").body == flag(True, "plan")
    assert delete(world, "organization=customer-1&member=u_17").status == 204
    assert not FlagOverride.objects.exists()


def test_it_is_written_down_who_did_it_and_why(world: World) -> None:
    put(world, reason="Tries it first")
    delete(world, "organization=customer-1&reason=Tried")
    entries = AuditEntry.objects.filter(action__startswith="flag_override.").order_by("pk")
    assert [(entry.action, entry.reason) for entry in entries] == [
        ("flag_override.set", "Tries it first"),
        ("flag_override.removed", "Tried"),
    ]
    assert {entry.actor.split()[0] for entry in entries} == {"API"}


def test_an_upgrade_is_told_with_the_next_request_and_an_end_at_its_date(
    world: World, clock: time_machine.Traveller
) -> None:
    dune = make_organization("Dune")
    api = Api(make_api_key(dune, now=NOW).secret)
    assert api.get("flags/advanced_ai").body == flag(False, "default")
    agreement = make_agreement(dune, "professional", at=NOW)
    assert api.get("flags/advanced_ai").body == flag(True, "plan")
    cancel_agreement(agreement=agreement, actor=STAFF, reason="Enough", now=NOW)
    clock.shift(timedelta(seconds=2))
    assert api.get("flags/advanced_ai").body == flag(False, "default")


def test_customers_do_not_switch_on_what_they_have_not_bought(world: World) -> None:
    answers = [
        world.as_acme.send("PUT", "flags/advanced_ai", json.dumps({"value": True})),
        world.as_acme.send("DELETE", "flags/advanced_ai", None),
    ]
    assert {(answer.status, answer.body["code"]) for answer in answers} == {
        (403, "platform_key_required")
    }
    reader = Api(make_api_key(None, scopes=[Scope.ENTITLEMENTS_READ], now=NOW).secret)
    assert reader.send("PUT", "flags/advanced_ai", "{}").body["code"] == "missing_scope"
    assert Api().send("DELETE", "flags/advanced_ai", None).status == 401


@pytest.mark.parametrize(
    ("key", "order", "status", "code", "pointer"),
    [
        ("advanced_ai", {"value": "true"}, 400, "invalid_value", "/value"),
        ("advanced_ai", {"value": 1}, 400, "invalid_value", "/value"),
        ("advanced_ai", {"value": None}, 400, "invalid_value", "/value"),
        ("support", {"value": "a\0b"}, 400, None, None),
        ("ratio", {"value": 2**53}, 400, "invalid_value", "/value"),
        ("ratio", {"value": True}, 400, "invalid_value", "/value"),
        ("advanced_ai", {"member": ""}, 400, "invalid_member", "/member"),
        ("advanced_ai", {"member": "a\u202eb"}, 400, "invalid_member", "/member"),
        ("advanced_ai", {"member": 17}, 400, "wrong_type", "/member"),
        ("advanced_ai", {"reason": ""}, 400, "invalid_text", "/reason"),
        ("advanced_ai", {"colour": "red"}, 400, "unknown_field", "/colour"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    world: World,
    key: str,
    order: dict[str, Any],
    status: int,
    code: str | None,
    pointer: str | None,
) -> None:
    make_flag("ratio", value_type=ValueType.NUMBER, default_value=1)
    answer = put(world, key, **order)
    assert answer.status == status
    found = [(error["code"], error["pointer"]) for error in answer.body.get("errors", [])]
    assert found == ([] if code is None else [(code, pointer)])
    assert not FlagOverride.objects.exists()


def test_what_is_not_there_is_not_found(world: World) -> None:
    assert put(world, "no_such_flag").body["code"] == "flag_not_found"
    assert put(world, "ai_credits", value=5).body["code"] == "feature_is_metered"
    assert put(world, organization="nobody").body["code"] == "organization_not_found"
    missing = world.as_platform.send("PUT", "flags/advanced_ai", json.dumps({"value": True}))
    assert missing.body["code"] == "organization_required"
    nothing = delete(world)
    assert (nothing.status, nothing.body["code"]) == (404, "override_not_found")
    assert delete(world, "organization=customer-1&colour=red").status == 400
    assert world.as_acme.get("flags?member=").status == 400
    assert world.as_acme.get("flags/advanced_ai?member=a&member=b").status == 400
    assert world.as_acme.send("PATCH", "flags/advanced_ai", "{}").headers["Allow"] == (
        "DELETE, GET, HEAD, PUT"
    )


def test_another_organization_s_overrides_are_not_seen(world: World) -> None:
    set_override(
        organization=world.crane,
        key="advanced_ai",
        member="u_17",
        value=False,
        actor=STAFF,
        now=NOW,
    )
    assert world.as_acme.get("flags/advanced_ai?member=u_17").body == flag(True, "plan")
    assert world.as_crane.get("flags/advanced_ai?member=u_17").body == flag(False, "user")
    assert world.as_acme.get("flags/advanced_ai?organization=customer-2").status == 404
