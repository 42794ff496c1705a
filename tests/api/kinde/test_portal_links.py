"""The ways into the portal as Kinde's apps ask for them, with a key and with a person's token."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import PortalLink, User
from accounts.oauth.people import name_for_apps
from tests.api.conftest import Answer, World

PATH = "portal/generate_url"


@pytest.fixture(autouse=True)
def _own_apps(settings: Settings) -> None:
    settings.PORTAL_RETURN_URLS = ["https://app.example"]


def ask(world: World, **fields: Any) -> Answer:
    """Ask as the company, for Bob unless told otherwise."""
    body = {"organization_code": world.acme.public_id, "user_id": "bob@acme.example", **fields}
    return world.as_platform.post(PATH, body)


def test_a_person_is_let_in_by_their_sub(world: World) -> None:
    bob = User.objects.get(email="bob@acme.example")
    answer = ask(
        world,
        user_id=name_for_apps(bob),
        sub_nav="organization_payment_details",
        return_url="https://app.example/back",
    )
    assert (answer.status, list(answer.body)) == (200, ["url"])
    link = PortalLink.objects.get()
    assert (link.membership.user, link.page, link.return_url) == (
        bob,
        "payment",
        "https://app.example/back",
    )
    path = answer.body["url"].removeprefix("http://127.0.0.1:8000")
    assert Client().post(f"{path}enter/")["Location"] == "/payment/"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"user_id": "kp_1234"}, 404, "MEMBER_NOT_FOUND"),
        ({"organization_code": "org_1234"}, 404, "ORGANIZATION_NOT_FOUND"),
        ({"sub_nav": "kitchen"}, 400, "INVALID_SUB_NAV"),
        ({"return_url": "https://evil.example/"}, 400, "RETURN_URL_NOT_ALLOWED"),
        ({"subnav": "profile"}, 400, "UNKNOWN_FIELD"),
    ],
)
def test_refusals_are_in_kindes_envelope(
    world: World, fields: dict[str, str], status: int, code: str
) -> None:
    answer = ask(world, **fields)
    assert (answer.status, [error["code"] for error in answer.body["errors"]]) == (status, [code])
    assert not PortalLink.objects.exists()


def test_a_key_that_nobody_made_lets_nobody_in(world: World) -> None:
    answer = world.as_acme.post(
        PATH, {"organization_code": "customer-1", "user_id": "bob@acme.example"}
    )
    assert (answer.status, answer.body["errors"][0]["code"]) == (403, "KEY_OF_NOBODY")
