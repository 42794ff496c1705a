"""Organizations and their people, for the company and for an organization's own apps."""

import json
from typing import Any

import pytest
import time_machine

from accounts.choices import Role
from accounts.models import ApiKey, AuditEntry, Invitation, Membership, Organization, User
from billing.models import Agreement
from tests.api.conftest import Api, World, at_once
from tests.api.nasty import NASTY
from tests.factories.accounts import make_api_key, make_member, make_person

ORDER: dict[str, Any] = {
    "name": "Dune",
    "external_id": "customer-3",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "billing_email": "invoices@dune.example",
}


def patch(api: Api, path: str, document: dict[str, Any]) -> Any:
    return api.send("PATCH", path, json.dumps(document))


def key_of(world: World, person: User | None) -> Api:
    """An app with a key for Acme that a person made, or nobody did."""
    issued = make_api_key(world.acme)
    ApiKey.objects.filter(pk=issued.api_key.pk).update(created_by=person)
    return Api(issued.secret)


def alice() -> User:
    return User.objects.get(email="alice@acme.example")


def bob() -> User:
    return User.objects.get(email="bob@acme.example")


def place_of(person: User) -> Membership:
    return Membership.objects.get(user=person)


def test_the_company_creates_a_customer(world: World) -> None:
    answer = world.as_platform.post("organizations", ORDER)
    assert answer.status == 201
    created = Organization.objects.get(external_id="customer-3")
    assert answer.body == ORDER | {
        "id": created.public_id,
        "language": "",
        "created_at": answer.body["created_at"],
        "closed_at": None,
    }
    [entry] = AuditEntry.objects.filter(action="organization.created", organization=created)
    assert entry.actor.startswith("API key key_")
    again = world.as_platform.post("organizations", ORDER)
    assert (again.status, again.body) == (200, answer.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Organization.objects.filter(external_id="customer-3").count() == 1


def test_what_is_left_out_is_the_installations_own(world: World) -> None:
    body = world.as_platform.post("organizations", {"name": "Ember"}).body
    assert (body["currency"], body["time_zone"], body["billing_email"]) == ("USD", "UTC", "")
    assert body["external_id"] is None
    other = world.as_platform.post("organizations", {"name": "Ember"}).body
    assert other["id"] != body["id"]


@pytest.mark.parametrize(
    "other", [{"name": "Duna"}, {"currency": "USD"}, {"billing_email": ""}, {"time_zone": "UTC"}]
)
def test_another_customer_of_the_same_id_is_refused(world: World, other: dict[str, str]) -> None:
    world.as_platform.post("organizations", ORDER)
    answer = world.as_platform.post("organizations", ORDER | other)
    assert (answer.status, answer.body["code"]) == (409, "external_id_taken")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\u0000b"},
        {"name": "x" * 121},
        {"external_id": ""},
        {"external_id": "a\u200bb"},
        {"currency": "usd"},
        {"currency": "XXX"},
        {"time_zone": "Mars/Olympus"},
        {"billing_email": "nobody"},
        {"owner": "alice@acme.example"},
    ],
)
def test_a_wrong_customer_is_not_created(world: World, wrong: dict[str, str]) -> None:
    before = Organization.objects.count()
    answer = world.as_platform.post("organizations", ORDER | wrong)
    assert answer.status == 400
    assert Organization.objects.count() == before


def test_created_at_once_it_is_one_customer(crowd: World) -> None:
    answers = at_once(*[lambda: crowd.as_platform.post("organizations", ORDER)] * 4)
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
    assert len({answer.body["id"] for answer in answers}) == 1


def test_the_company_lists_all_and_a_customer_its_own(world: World) -> None:
    names = [item["name"] for item in world.as_platform.get("organizations").body["data"]]
    assert names == ["Crane", "Acme"]
    first = world.as_platform.get("organizations?page_size=1").body
    assert ([item["name"] for item in first["data"]], first["has_more"]) == (["Crane"], True)
    rest = world.as_platform.get(f"organizations?starting_after={first['data'][0]['id']}").body
    assert ([item["name"] for item in rest["data"]], rest["has_more"]) == (["Acme"], False)
    found = world.as_platform.get("organizations?external_id=customer-1").body["data"]
    assert [item["id"] for item in found] == [world.acme.public_id]
    own = world.as_acme.get("organizations").body
    assert ([item["name"] for item in own["data"]], own["has_more"]) == (["Acme"], False)
    assert world.as_acme.get("organizations?external_id=customer-2").body["data"] == []
    foreign = world.as_acme.get(f"organizations?starting_after={world.crane.public_id}")
    assert foreign.status == 400


def test_a_customer_reads_and_changes_its_own(world: World) -> None:
    path = f"organizations/{world.acme.public_id}"
    before = world.as_acme.get(path).body
    assert world.as_platform.get(path).body == before
    change = {"name": "Acme Ltd", "language": "de", "billing_email": "Money@Acme.example"}
    answer = patch(world.as_acme, path, change)
    after = before | change | {"billing_email": "money@acme.example"}
    assert (answer.status, answer.body) == (200, after)
    assert world.as_acme.get(path).body == after
    [entry] = AuditEntry.objects.filter(action="organization.updated")
    assert entry.changes == {
        "name": ["Acme", "Acme Ltd"],
        "language": ["", "de"],
        "billing_email": ["", "money@acme.example"],
    }
    for wrong in (
        {"currency": "EUR"},
        {"external_id": "x"},
        {"name": ""},
        {"time_zone": "x"},
        {"language": "x"},
    ):
        assert patch(world.as_acme, path, wrong).status == 400
    assert world.as_acme.get(path).body == after


def test_the_company_closes_who_has_no_agreement(
    world: World, clock: time_machine.Traveller
) -> None:
    path = f"organizations/{world.acme.public_id}"
    held = world.as_platform.post(f"{path}/close", {"reason": "Moved"})
    assert (held.status, held.body["code"]) == (409, "agreement_in_force")
    Agreement.objects.filter(organization=world.acme).update(
        status="canceled", ended_at=world.agreement.started_at
    )
    answer = world.as_platform.post(f"{path}/close", {"reason": "Moved"})
    assert (answer.status, answer.body["closed_at"]) == (200, "2026-09-20T12:00:00Z")
    [entry] = AuditEntry.objects.filter(action="organization.closed")
    assert (entry.target, entry.reason) == (world.acme.public_id, "Moved")
    assert world.as_platform.post(f"{path}/close", {}).status == 404
    assert world.as_platform.get(path).status == 404
    names = [item["name"] for item in world.as_platform.get("organizations").body["data"]]
    assert names == ["Crane"]
    clock.shift(2)
    assert world.as_acme.get(path).status == 401


@pytest.mark.parametrize("path", ["organizations", "organizations/{id}/close"])
def test_only_the_company_creates_and_closes(world: World, path: str) -> None:
    answer = world.as_acme.post(path.format(id=world.acme.public_id), ORDER)
    assert (answer.status, answer.body["code"]) == (403, "platform_key_required")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "organizations/{id}", None),
        ("PATCH", "organizations/{id}", '{"name": "Stolen"}'),
        ("GET", "memberships?organization={id}", None),
        ("GET", "memberships/invitations?organization={id}", None),
        ("DELETE", "memberships/mbr_00000000000000000000000000?organization={id}", None),
        ("GET", "organizations/{id}/properties", None),
        ("PATCH", "organizations/{id}/properties", '{"properties": {"a": 1}}'),
        ("PUT", "organizations/{id}/properties/a", '{"value": 1}'),
        ("POST", "organizations/{id}/properties/a/increment", "{}"),
    ],
)
def test_anothers_organization_is_none(
    world: World, method: str, path: str, body: str | None
) -> None:
    answers = [
        world.as_crane.send(method, path.format(id=named), body, X_Request_ID="a" * 32)
        for named in (world.acme.public_id, "org_00000000000000000000000000")
    ]
    sets = "properties" in path and method != "GET"
    code = "platform_key_required" if sets else "organization_not_found"
    assert (answers[0].status, answers[0].body["code"]) == (403 if sets else 404, code)
    assert answers[0].raw == answers[1].raw
    assert Organization.objects.get(pk=world.acme.pk).name == "Acme"


def test_members_are_listed_with_their_roles(world: World) -> None:
    answer = world.as_acme.get("memberships")
    assert answer.status == 200
    assert answer.body == {
        "data": [
            {
                "id": place_of(person).public_id,
                "name": person.name,
                "email": person.email,
                "role": role,
                "joined_at": answer.body["data"][place]["joined_at"],
            }
            for place, (person, role) in enumerate([(alice(), "owner"), (bob(), "member")])
        ],
        "has_more": False,
    }
    assert world.as_platform.get("memberships?organization=customer-1").body == answer.body
    assert world.as_platform.get("memberships").body["code"] == "organization_required"


def test_an_invitation_is_made_in_the_name_of_the_keys_maker(world: World) -> None:
    order = {"email": "Dora@acme.example", "role": "developer"}
    answer = key_of(world, alice()).post("memberships/invitations", order)
    assert answer.status == 201
    stored = Invitation.objects.get()
    assert answer.body == {
        "id": stored.public_id,
        "email": "dora@acme.example",
        "role": "developer",
        "invited_by": "Alice",
        "expires_at": "2026-09-27T12:00:00Z",
    }
    assert (stored.organization_id, stored.invited_by) == (world.acme.pk, alice())
    listed = world.as_acme.get("memberships/invitations").body
    assert listed == {"data": [answer.body], "has_more": False}
    assert world.as_crane.get("memberships/invitations").body["data"] == []


@pytest.mark.parametrize(
    ("role_of_maker", "role", "code"),
    [
        (Role.MEMBER, "member", "forbidden"),
        (Role.ADMIN, "owner", "forbidden"),
        (None, "member", "key_of_nobody"),
    ],
)
def test_a_key_may_not_do_more_than_its_maker(
    world: World, role_of_maker: str | None, role: str, code: str
) -> None:
    maker = make_person("Mallory")
    if role_of_maker is not None:
        make_member(world.acme, maker, role_of_maker)
    app = key_of(world, maker)
    answer = app.post("memberships/invitations", {"email": "dora@acme.example", "role": role})
    assert (answer.status, answer.body["code"]) == (403, code)
    removal = app.send("DELETE", f"memberships/{place_of(alice()).public_id}", None)
    assert (removal.status, removal.body["code"]) == (403, code)
    assert not Invitation.objects.exists()


def test_a_key_of_nobody_invites_nobody(world: World) -> None:
    order = {"email": "dora@acme.example", "role": "member"}
    for app, more in ((world.as_acme, {}), (world.as_platform, {"organization": "customer-1"})):
        answer = app.post("memberships/invitations", order | more)
        assert (answer.status, answer.body["code"]) == (403, "key_of_nobody")
    wrong = world.as_acme.post("memberships/invitations", order | {"role": "king"})
    assert wrong.status == 400


def test_the_company_invites_an_owner_first(world: World) -> None:
    staff = make_person("Zoe", email="zoe@tallybook.example", is_staff=True)
    issued = make_api_key(None)
    ApiKey.objects.filter(pk=issued.api_key.pk).update(created_by=staff)
    world.as_platform.post("organizations", ORDER)
    order = {"email": "dora@dune.example", "organization": "customer-3"}
    refused = Api(issued.secret).post("memberships/invitations", order | {"role": "member"})
    assert (refused.status, refused.body["code"]) == (409, "first_member_is_owner")
    answer = Api(issued.secret).post("memberships/invitations", order | {"role": "owner"})
    assert (answer.status, answer.body["invited_by"]) == (201, "Zoe")


def test_members_are_removed_but_never_the_last_owner(world: World) -> None:
    app = key_of(world, alice())
    last = app.send("DELETE", f"memberships/{place_of(alice()).public_id}", None)
    assert (last.status, last.body["code"]) == (409, "last_owner")
    membership_id = place_of(bob()).public_id
    foreign = world.as_platform.send(
        "DELETE", f"memberships/{membership_id}?organization=customer-2", None
    )
    assert (foreign.status, foreign.body["code"]) == (404, "not_found")
    removed = app.send("DELETE", f"memberships/{membership_id}", None)
    assert (removed.status, removed.raw) == (204, b"")
    assert not Membership.objects.filter(user=bob()).exists()
    assert app.send("DELETE", f"memberships/{membership_id}", None).status == 404


def test_the_company_removes_members_too(world: World) -> None:
    for person, status in ((alice(), 409), (bob(), 204)):
        path = f"memberships/{place_of(person).public_id}?organization=customer-1"
        assert world.as_platform.send("DELETE", path, None).status == status
    [entry] = AuditEntry.objects.filter(action="membership.removed")
    assert entry.actor.startswith("API key key_")
    assert entry.changes == {"person": "bob@acme.example", "role": "member"}


@pytest.mark.parametrize("field", ["name", "external_id", "currency", "time_zone", "billing_email"])
def test_nasty_values_break_nothing(world: World, field: str) -> None:
    for value in NASTY:
        name = "" if field == "name" else '"name": "Dune", '
        body = f'{{{name}"{field}": {value}}}'.encode("utf-8", "surrogatepass")
        before = Organization.objects.count()
        answer = world.as_platform.send("POST", "organizations", body)
        assert answer.status in {200, 201, 400, 409}, (value, answer)
        made = Organization.objects.count() - before
        assert made == (1 if answer.status == 201 else 0)
