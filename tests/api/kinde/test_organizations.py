"""`/api/v1/organization`: reading, making, changing and closing one as at Kinde."""

from typing import Any

import pytest

from accounts.models import Organization
from billing.agreements.operations import cancel_agreement
from billing.models import Agreement
from tests.api.conftest import NOW, World
from tests.api.kinde.test_entitlements import customer_of
from tests.factories.accounts import make_organization
from tests.factories.catalog import STAFF

PATH = "organization"
ORDER = {
    "name": "Dune",
    "external_id": "customer-3",
    "is_create_billing_customer": True,
    "billing_email": "billing@dune.example",
    "billing_plan_code": "starter",
}


def test_it_is_told_with_its_billing(world: World) -> None:
    code = world.acme.public_id
    answer = world.as_platform.get(f"{PATH}?code={code}&expand=billing")
    created_on = answer.body.pop("created_on")
    assert isinstance(created_on, str) and created_on.endswith("Z")
    assert (answer.status, answer.body) == (
        200,
        {
            "code": code,
            "name": "Acme",
            "handle": None,
            "is_default": False,
            "external_id": "customer-1",
            "is_auto_membership_enabled": False,
            "is_suspended": False,
            "suspended_on": None,
            "billing": {
                "billing_customer_id": customer_of(world.acme),
                "agreements": [
                    {"plan_code": "professional", "agreement_id": world.agreement.public_id}
                ],
            },
        },
    )


def test_billing_is_told_only_when_asked_for(world: World) -> None:
    assert "billing" not in world.as_acme.get(PATH).body
    wrong = world.as_acme.get(f"{PATH}?expand=everything")
    assert (wrong.status, wrong.body["errors"][0]["code"]) == (400, "INVALID_PARAMETER")


def test_who_may_read_it(world: World) -> None:
    assert world.as_acme.get(PATH).body["name"] == "Acme"
    assert world.as_platform.get(f"{PATH}?code=customer-1").body["name"] == "Acme"
    unnamed = world.as_platform.get(PATH)
    assert (unnamed.status, unnamed.body["errors"][0]["code"]) == (400, "ORGANIZATION_REQUIRED")
    names = [world.acme.public_id, "customer-1", "org_none", ""]
    answers = {world.as_crane.get(f"{PATH}?code={name}").raw for name in names}
    assert answers == {
        b'{"errors":[{"code":"ORGANIZATION_NOT_FOUND","message":"There is no such organization."}]}'
    }


def test_a_new_one_begins_on_a_plan(world: World) -> None:
    answer = world.as_platform.post(PATH, ORDER)
    dune = Organization.objects.get(external_id="customer-3")
    assert (answer.status, answer.body) == (
        200,
        {
            "message": "Success",
            "code": "OK",
            "organization": {"code": dune.public_id, "billing_customer_id": customer_of(dune)},
        },
    )
    assert (dune.name, dune.billing_email, dune.currency) == (
        "Dune",
        "billing@dune.example",
        "USD",
    )
    assert Agreement.objects.get(organization=dune).plan_version.plan.code == "starter"


def test_without_a_plan_it_has_none_and_colours_do_no_harm(world: World) -> None:
    body = {"name": "Dune", "handle": "dune", "theme_code": "dark", "button_color": "#fff"}
    assert world.as_platform.post(PATH, body).status == 200
    assert not Agreement.objects.filter(organization__name="Dune").exists()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"billing_plan_code": "no_such_plan"}, 404, "PLAN_NOT_OFFERED"),
        ({"billing_email": None}, 400, "MISSING"),
        ({"billing_email": "nobody"}, 400, "INVALID"),
        ({"is_create_billing_customer": False}, 400, "NOT_A_BILLING_CUSTOMER"),
        ({"external_id": "customer-1"}, 409, "EXTERNAL_ID_TAKEN"),
        ({"name": ""}, 400, "INVALID"),
        ({"name": None}, 400, "WRONG_TYPE"),
        ({"feature_flags": {"advanced_ai": "bool"}}, 400, "UNKNOWN_FIELD"),
    ],
)
def test_a_wrong_order_leaves_nothing_behind(
    world: World, change: dict[str, Any], status: int, code: str
) -> None:
    answer = world.as_platform.post(PATH, ORDER | change)
    assert (answer.status, answer.body["errors"][0]["code"]) == (status, code)
    assert Organization.objects.count() == 2


def test_the_same_order_is_carried_out_once(world: World) -> None:
    first = world.as_platform.post(PATH, ORDER, Idempotency_Key="dune")
    again = world.as_platform.post(PATH, ORDER, Idempotency_Key="dune")
    assert (again.status, again.raw) == (200, first.raw)
    assert Organization.objects.count() == 3


def test_only_a_platform_key_makes_and_closes(world: World) -> None:
    made = world.as_acme.post(PATH, ORDER)
    closed = world.as_acme.send("DELETE", f"{PATH}/{world.acme.public_id}", None)
    for answer in (made, closed):
        assert (answer.status, answer.body["errors"][0]["code"]) == (403, "PLATFORM_KEY_REQUIRED")
    assert Organization.objects.open().count() == 2


def test_it_is_renamed(world: World) -> None:
    path = f"{PATH}/{world.acme.public_id}"
    answer = world.as_acme.send("PATCH", path, '{"name": "Acme Ltd", "handle": "acme"}')
    assert (answer.status, answer.raw) == (200, b'{"message":"Success","code":"OK"}')
    world.acme.refresh_from_db()
    assert world.acme.name == "Acme Ltd"
    foreign = world.as_crane.send("PATCH", path, '{"name": "Mine"}')
    assert (foreign.status, foreign.body["errors"][0]["code"]) == (404, "ORGANIZATION_NOT_FOUND")
    suspended = world.as_acme.send("PATCH", path, '{"is_suspended": true}')
    assert (suspended.status, suspended.body["errors"][0]["code"]) == (400, "NOT_SUPPORTED")


def test_it_is_closed_once_nothing_is_agreed(world: World) -> None:
    path = f"{PATH}/{world.acme.public_id}"
    refused = world.as_platform.send("DELETE", path, None)
    assert (refused.status, refused.body["errors"][0]["code"]) == (409, "AGREEMENT_IN_FORCE")
    cancel_agreement(agreement=world.agreement, actor=STAFF, reason="test", now=NOW)
    answer = world.as_platform.send("DELETE", path, None)
    assert (answer.status, answer.raw) == (200, b'{"message":"Success","code":"OK"}')
    assert world.as_platform.send("DELETE", path, None).status == 404
    assert world.as_platform.get(f"{PATH}?code={world.acme.public_id}").status == 404


def test_one_that_never_agreed_to_anything_is_closed(world: World) -> None:
    dune = make_organization("Dune")
    assert world.as_platform.send("DELETE", f"{PATH}/{dune.public_id}", None).status == 200
