"""`POST /api/v1/portal-links`: who may let whom into which portal."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.choices import Role, Scope
from accounts.models import ApiKey, IdempotencyRecord, Membership, PortalLink, User
from accounts.oauth.people import name_for_apps
from tests.factories.accounts import make_api_key, make_member, make_person

from .conftest import NOW, Answer, Api, World

APP = "https://app.example"


@pytest.fixture(autouse=True)
def _own_apps(settings: Settings) -> None:
    settings.PORTAL_RETURN_URLS = [APP, "http://localhost:3000"]


def ask(api: Api, member: str = "bob@acme.example", **fields: Any) -> Answer:
    """Ask for a link for somebody at Acme."""
    return api.post("portal-links", {"organization": "customer-1", "member": member, **fields})


def place_of(world: World, email: str) -> Membership:
    """Somebody's place at Acme."""
    return Membership.objects.get(organization=world.acme, user__email=email)


def opened_page(answer: Answer) -> str:
    """Where the link leads."""
    path = answer.body["url"].removeprefix("http://127.0.0.1:8000")
    return str(Client().post(f"{path}enter/")["Location"])


def made_by(world: World, person: User | None) -> Api:
    """An app of Acme's with a key that a person made."""
    issued = make_api_key(world.acme)
    ApiKey.objects.filter(pk=issued.api_key.pk).update(created_by=person)
    return Api(issued.secret)


def test_the_answer_is_an_address_that_works_for_ten_minutes(world: World) -> None:
    answer = ask(world.as_platform)
    link = PortalLink.objects.get()
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "no-store")
    assert answer.body == {
        "id": link.public_id,
        "url": answer.body["url"],
        "organization": world.acme.public_id,
        "member": place_of(world, "bob@acme.example").public_id,
        "expires_at": "2026-09-20T12:10:00Z",
    }
    assert answer.body["url"].startswith("http://127.0.0.1:8000/portal-links/")
    assert link.made_by == f"API key {ApiKey.objects.get(organization=None).public_id}"
    assert opened_page(answer) == "/overview/"


def test_a_member_has_three_names(world: World) -> None:
    bob = User.objects.get(email="bob@acme.example")
    place = place_of(world, bob.email)
    for name in ("BOB@acme.example", place.public_id, name_for_apps(bob)):
        assert ask(world.as_platform, name).body["member"] == place.public_id


@pytest.mark.parametrize(
    ("subnav", "page"),
    [
        ("invoices", "/invoices/"),
        ("organization_plan_details", "/plan/"),
        ("payment_details", "/payment/"),
        ("plan_selection", "/pricing/"),
        ("organization_members", "/members/"),
    ],
)
def test_it_opens_a_page_by_our_name_or_kindes(world: World, subnav: str, page: str) -> None:
    assert opened_page(ask(world.as_platform, subnav=subnav)) == page


@pytest.mark.parametrize("name", ["charlie@crane.example", "mbr_" + "0" * 26, "nobody", "*", "%"])
def test_nobody_else_is_a_member(world: World, name: str) -> None:
    answer = ask(world.as_platform, name)
    assert (answer.status, answer.body["code"]) == (404, "member_not_found")
    assert not PortalLink.objects.exists()


def test_a_place_in_another_organization_is_none_here(world: World) -> None:
    cranes = Membership.objects.get(organization=world.crane)
    assert ask(world.as_platform, cranes.public_id).status == 404
    assert ask(world.as_platform, cranes.user.email).status == 404


def test_whoever_may_not_log_in_is_not_let_in(world: World) -> None:
    User.objects.filter(email="bob@acme.example").update(is_active=False)
    assert ask(world.as_platform).status == 404


def test_another_organization_is_not_there(world: World) -> None:
    alice = User.objects.get(email="alice@acme.example")
    api = made_by(world, alice)
    foreign = api.post(
        "portal-links", {"organization": world.crane.public_id, "member": "charlie@crane.example"}
    )
    missing = api.post(
        "portal-links", {"organization": "org_" + "0" * 26, "member": "charlie@crane.example"}
    )
    assert (foreign.status, foreign.body["code"]) == (404, "organization_not_found")
    assert (missing.status, missing.body["code"]) == (404, "organization_not_found")


class TestAnOrganizationsKey:
    def test_lets_in_whom_its_maker_stands_above(self, world: World) -> None:
        alice = User.objects.get(email="alice@acme.example")
        assert ask(made_by(world, alice)).status == 201
        assert ask(made_by(world, alice), alice.email).status == 201

    def test_opens_nothing_that_its_maker_could_not(self, world: World) -> None:
        dora = make_person("Dora")
        make_member(world.acme, dora, Role.DEVELOPER)
        api = made_by(world, dora)
        refused = ask(api, "alice@acme.example")
        assert (refused.status, refused.body["code"]) == (403, "member_above_the_key")
        assert ask(api, dora.email).status == 201
        assert ask(api, "bob@acme.example").status == 201
        billing = make_person("Bill")
        make_member(world.acme, billing, Role.BILLING)
        assert ask(api, billing.email).status == 403

    def test_is_nobodys_once_its_maker_left(self, world: World) -> None:
        dora = make_person("Dora")
        api = made_by(world, dora)
        assert (ask(api).status, ask(api).body["code"]) == (403, "key_of_nobody")
        assert ask(made_by(world, None)).body["code"] == "key_of_nobody"


def test_it_takes_the_scope_of_changing_organizations(world: World) -> None:
    others = [scope for scope in Scope.values if scope != Scope.ORGANIZATIONS_WRITE]
    lacking = Api(make_api_key(None, scopes=others).secret)
    having = Api(make_api_key(None, scopes=[Scope.ORGANIZATIONS_WRITE]).secret)
    assert ask(lacking).body["code"] == "missing_scope"
    assert ask(having).status == 201
    assert ask(Api(None)).status == 401


@pytest.mark.parametrize(
    "address",
    [
        APP,
        f"{APP}/",
        f"{APP}/settings?tab=billing&x=%2F#plan",
        f"{APP}?back",
        "HTTPS://APP.example/x",
        "http://localhost:3000/billing",
    ],
)
def test_people_are_sent_back_to_the_companys_own_apps(world: World, address: str) -> None:
    assert ask(world.as_platform, return_url=address).status == 201
    assert PortalLink.objects.get().return_url == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:pass@evil.example/",
        "https://app.example:443/",
        "https://app.example:8443/",
        "http://app.example/",
        "https://app.example\\@evil.example/",
        "https://app.example\\.evil.example/",
        "https://app.exampleevil.example",
        "https://sub.app.example/",
        "//app.example/",
        "/overview/",
        "javascript:alert(1)//https://app.example/",
        "data:text/html,https://app.example/",
        "https://app.example/\n",
        " https://app.example/",
        'https://app.example/"><script>',
        "https://app.example/'onmouseover=",
        "https://\u0430pp.example/",
        "https://app.example/" + "a" * 2000,
        "https:app.example/",
        "https:///app.example/",
        "x",
    ],
)
def test_and_nowhere_else(world: World, address: str) -> None:
    answer = ask(world.as_platform, return_url=address)
    assert (answer.status, answer.body["errors"]) == (
        400,
        [
            {
                "pointer": "/return_url",
                "code": "return_url_not_allowed",
                "detail": "People are sent back to the origins of PORTAL_RETURN_URLS only.",
            }
        ],
    )
    assert not PortalLink.objects.exists()


def test_nowhere_at_all_unless_the_installation_says_so(world: World, settings: Settings) -> None:
    settings.PORTAL_RETURN_URLS = []
    assert ask(world.as_platform, return_url=f"{APP}/").status == 400
    assert ask(world.as_platform).status == 201


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("expires_in_seconds", 59, "/expires_in_seconds"),
        ("expires_in_seconds", 601, "/expires_in_seconds"),
        ("expires_in_seconds", True, "/expires_in_seconds"),
        ("expires_in_seconds", "60", "/expires_in_seconds"),
        ("subnav", "kitchen", "/subnav"),
        ("subnav", "", "/subnav"),
        ("member", "a\u200bb", "/member"),
        ("member", 7, "/member"),
        ("member", "a" * 501, "/member"),
        ("page", "plan", "/page"),
    ],
)
def test_what_makes_no_sense_is_refused(
    world: World, field: str, value: object, pointer: str
) -> None:
    answer = world.as_platform.post(
        "portal-links", {"organization": "customer-1", "member": "bob@acme.example", field: value}
    )
    assert answer.status == 400
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
    assert not PortalLink.objects.exists()


def test_a_shorter_life_is_kept_to(world: World, clock: Any) -> None:
    answer = ask(world.as_platform, expires_in_seconds=60)
    assert answer.body["expires_at"] == "2026-09-20T12:01:00Z"
    clock.move_to(NOW + timedelta(seconds=60))
    path = answer.body["url"].removeprefix("http://127.0.0.1:8000")
    assert Client().post(f"{path}enter/").status_code == 410


def test_each_call_makes_a_link_of_its_own_and_keeps_no_answer(world: World) -> None:
    body = {"organization": "customer-1", "member": "bob@acme.example"}
    first, second = (
        world.as_platform.post("portal-links", body, Idempotency_Key="one") for _ in range(2)
    )
    assert (first.status, second.status) == (201, 201)
    assert first.body["url"] != second.body["url"]
    assert not IdempotencyRecord.objects.exists()
