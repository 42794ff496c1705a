"""Staff pages: every write is an operation with an audit entry, and nothing is deleted."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.api_keys.queries import authenticate
from accounts.audit.operations import record
from accounts.memberships.operations import invite
from accounts.models import ApiKey, AuditEntry, Invitation, Membership, Organization, User
from tests.factories.accounts import NOON, TESTER, make_api_key, make_organization, make_person

OUR_MODELS = [ApiKey, AuditEntry, Invitation, Organization, User]


@pytest.fixture
def sam(db: None) -> User:
    """Runs the installation."""
    return make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    """Sam's browser."""
    client.force_login(sam)
    return client


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:accounts_{model.__name__.lower()}_{name}", args=args)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_staff_log_in_where_everybody_does(client: Client, alice: User) -> None:
    response = client.get(reverse("admin:index"), follow=True)
    to_admin_login, to_login = [url for url, _status in response.redirect_chain]
    assert to_admin_login == f"{reverse('admin:login')}?next=/admin/"
    assert to_login == f"{reverse('account_login')}?next=%2Fadmin%2F"
    client.force_login(alice)
    assert client.get(reverse("admin:login")).status_code == 403


@pytest.mark.parametrize("model", OUR_MODELS)
def test_customers_see_no_staff_page(client: Client, alice: User, model: type) -> None:
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 302
    assert client.get(page(model, "add")).status_code == 302


@pytest.mark.parametrize("model", OUR_MODELS)
def test_staff_without_permission_see_nothing(client: Client, alice: User, model: type) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 403
    assert client.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("model", OUR_MODELS)
def test_nothing_is_deleted_here(staff: Client, model: type) -> None:
    assert staff.post(page(model, "delete", 1), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in text_of(staff, page(model, "changelist"))


def test_organizations_are_listed_with_their_members_counted(
    staff: Client, acme: Organization, globex: Organization
) -> None:
    listed = text_of(staff, page(Organization, "changelist"))
    assert re.findall(r'class="field-member_count">(\d+)<', listed) == ["1", "2"]
    assert acme.public_id in listed
    assert globex.public_id in listed


@pytest.mark.parametrize("term", ["Acme", "acme", "bob@acme.example", "crm-7"])
def test_an_organization_is_found_by_what_staff_know(
    staff: Client, acme: Organization, globex: Organization, term: str
) -> None:
    Organization.objects.filter(pk=acme.pk).update(external_id="crm-7")
    listed = text_of(staff, f"{page(Organization, 'changelist')}?q={term}")
    assert acme.public_id in listed
    assert globex.public_id not in listed


def test_staff_create_an_organization(staff: Client) -> None:
    response = staff.post(
        page(Organization, "add"),
        {
            "name": " Initech ",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "billing_email": "",
            "external_id": "",
        },
        headers={"x-request-id": "request-0001"},
    )
    organization = Organization.objects.get()
    assert response.status_code == 302
    assert (organization.name, organization.currency) == ("Initech", "EUR")
    assert (organization.time_zone, organization.external_id) == ("Europe/Berlin", None)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target) == ("organization.created", organization.public_id)
    assert entry.actor == "sam@tallybook.example"
    assert entry.request_id == "request-0001"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Ac\u202eme"),
        ("currency", "DEM"),
        ("time_zone", "Berlin"),
        ("billing_email", "nobody"),
        ("external_id", "crm-7"),
    ],
)
def test_a_wrong_entry_is_shown_beside_its_field(staff: Client, field: str, value: str) -> None:
    make_organization("Globex", external_id="crm-7")
    entered = {"name": "Acme", "currency": "EUR", "time_zone": "UTC", field: value}
    response = staff.post(page(Organization, "add"), entered)
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert Organization.objects.count() == 1


def test_staff_correct_an_organization_but_not_its_currency(
    staff: Client, acme: Organization
) -> None:
    response = staff.post(
        page(Organization, "change", acme.pk),
        {
            "name": "Acme GmbH",
            "time_zone": "Europe/Berlin",
            "billing_email": "billing@acme.example",
            "currency": "EUR",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )
    assert response.status_code == 302
    acme.refresh_from_db()
    assert (acme.name, acme.time_zone, acme.currency) == ("Acme GmbH", "Europe/Berlin", "USD")
    entry = AuditEntry.objects.get()
    assert entry.action == "organization.updated"
    assert sorted(entry.changes) == ["billing_email", "name", "time_zone"]


def test_an_organizations_page_shows_its_people(staff: Client, acme: Organization) -> None:
    shown = text_of(staff, page(Organization, "change", acme.pk))
    assert "alice@acme.example" in shown
    assert "bob@acme.example" in shown


def test_a_closed_organization_is_only_shown(staff: Client, acme: Organization) -> None:
    Organization.objects.filter(pk=acme.pk).update(closed_at=NOON)
    shown = text_of(staff, page(Organization, "change", acme.pk))
    assert 'name="_save"' not in shown
    assert staff.post(page(Organization, "change", acme.pk), {"name": "X"}).status_code == 403


def test_a_persons_page_shows_where_they_belong(
    staff: Client, acme: Organization, bob: User
) -> None:
    assert "bob@acme.example" in text_of(staff, f"{page(User, 'changelist')}?q=bob")
    assert acme.public_id in text_of(staff, page(User, "change", bob.pk))


def person_form(**changes: object) -> dict[str, object]:
    return {
        "name": "Bob",
        "is_active": "on",
        "reason": "asked by mail",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
        "emailaddress_set-TOTAL_FORMS": "0",
        "emailaddress_set-INITIAL_FORMS": "0",
    } | changes


def test_staff_make_a_person_staff(staff: Client, bob: User) -> None:
    support = Group.objects.create(name="Support")
    staff.post(
        page(User, "change", bob.pk),
        person_form(name="Robert", is_staff="on", groups=[support.pk]),
    )
    bob.refresh_from_db()
    assert (bob.name, bob.is_staff, list(bob.groups.all())) == ("Robert", True, [support])
    assert list(AuditEntry.objects.values_list("action", "reason").order_by("pk")) == [
        ("person.renamed", ""),
        ("person.staff_access_changed", "asked by mail"),
    ]


def test_a_reason_is_asked_for(staff: Client, bob: User) -> None:
    response = staff.post(page(User, "change", bob.pk), person_form(reason=""))
    assert list(response.context["adminform"].form.errors) == ["reason"]


def test_a_refusal_is_told_and_changes_nothing(staff: Client, sam: User) -> None:
    entered = person_form(name="Samuel", reason="a slip")
    del entered["is_active"]
    response = staff.post(page(User, "change", sam.pk), entered, follow=True)
    assert "You cannot shut yourself out." in response.content.decode()
    sam.refresh_from_db()
    assert (sam.name, sam.is_active) == ("Sam", True)
    assert AuditEntry.objects.count() == 0


def test_only_superusers_decide_who_is_staff(client: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    alice.user_permissions.set(
        Permission.objects.filter(content_type__app_label="accounts", codename__endswith="user")
    )
    client.force_login(alice)
    client.post(page(User, "change", bob.pk), person_form(is_staff="on", is_superuser="on"))
    bob.refresh_from_db()
    assert (bob.is_staff, bob.is_superuser) == (False, False)
    assert AuditEntry.objects.count() == 0


def test_staff_invite_the_first_owner(staff: Client) -> None:
    organization = make_organization("Empty")
    response = staff.post(
        page(Invitation, "add"),
        {
            "organization": organization.pk,
            "email": "Charlie@globex.example",
            "role": "owner",
            "reason": "new customer",
        },
    )
    assert response.status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("charlie@globex.example", "owner")
    assert AuditEntry.objects.get().reason == "new customer"


def test_a_refused_invitation_is_explained(staff: Client) -> None:
    organization = make_organization("Empty")
    entered = {
        "organization": organization.pk,
        "email": "charlie@globex.example",
        "role": "member",
        "reason": "new customer",
    }
    response = staff.post(page(Invitation, "add"), entered, follow=True)
    assert "The organization has no owner yet" in response.content.decode()
    assert Invitation.objects.count() == 0


def test_staff_take_invitations_back(
    staff: Client, acme: Organization, alices_place: Membership
) -> None:
    invitation = invite(
        organization=acme,
        email="charlie@globex.example",
        role="member",
        invited_by=alices_place,
        now=NOON,
    )
    entered = {"action": "revoke", "_selected_action": [invitation.pk]}
    for expected in ("taken back", "There is no such open invitation"):
        response = staff.post(page(Invitation, "changelist"), entered, follow=True)
        assert expected in response.content.decode()
    assert AuditEntry.objects.filter(action="invitation.revoked").count() == 1


def test_the_secret_of_a_new_key_is_shown_exactly_once(staff: Client, acme: Organization) -> None:
    assert "Issue an API key" in text_of(staff, page(ApiKey, "add"))
    response = staff.post(
        page(ApiKey, "add"),
        {"name": "Worker", "organization": acme.pk, "scopes": ["usage:write", "balances:read"]},
    )
    shown = response.content.decode()
    [secret] = re.findall(r"tb_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}", shown)
    assert "no-store" in response["Cache-Control"]
    key = ApiKey.objects.get()
    assert (key.organization, key.name, key.created_by) == (
        acme,
        "Worker",
        User.objects.get(email="sam@tallybook.example"),
    )
    caller = authenticate(secret=secret, now=timezone.now())
    assert caller is not None
    assert caller.scopes == {"usage:write", "balances:read"}
    for url in (page(ApiKey, "changelist"), page(ApiKey, "change", key.pk)):
        later = text_of(staff, url)
        assert key.prefix in later
        assert secret not in later
    assert AuditEntry.objects.get().action == "api_key.issued"


def test_a_key_without_scopes_is_not_issued(staff: Client) -> None:
    response = staff.post(page(ApiKey, "add"), {"name": "Worker", "scopes": []})
    assert list(response.context["form"].errors) == ["scopes"]
    response = staff.post(page(ApiKey, "add"), {"name": "A\u202eb", "scopes": ["usage:write"]})
    assert "must not contain control characters" in response.content.decode()
    assert ApiKey.objects.count() == 0


def test_a_key_is_rotated(staff: Client, acme: Organization) -> None:
    old = make_api_key(acme).api_key
    assert page(ApiKey, "rotate", old.pk) in text_of(staff, page(ApiKey, "change", old.pk))
    response = staff.post(
        page(ApiKey, "rotate", old.pk), {"overlap": "24", "reason": "yearly change"}
    )
    [secret] = re.findall(r"tb_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}", response.content.decode())
    now = timezone.now()
    assert authenticate(secret=secret, now=now) is not None
    old.refresh_from_db()
    assert old.expires_at is not None
    assert timedelta(hours=23) < old.expires_at - now <= timedelta(hours=24)
    assert AuditEntry.objects.get(action="api_key.rotated").reason == "yearly change"


def test_a_key_is_revoked_once(staff: Client, acme: Organization) -> None:
    issued = make_api_key(acme)
    url = page(ApiKey, "revoke", issued.api_key.pk)
    assert f"Revoke {issued.api_key.prefix}" in text_of(staff, url)
    assert staff.post(url, {"reason": "leaked"}).status_code == 302
    assert authenticate(secret=issued.secret, now=timezone.now()) is None
    response = staff.post(url, {"reason": "leaked"})
    assert "was revoked before" in response.content.decode()
    assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1


def test_what_can_be_done_to_a_key_stands_on_its_page_until_it_is_revoked(
    staff: Client, acme: Organization
) -> None:
    key = make_api_key(acme).api_key

    def ways() -> list[str]:
        shown = staff.get(page(ApiKey, "change", key.pk))
        return [way.address for way in shown.context["ways"]]

    assert ways() == [page(ApiKey, "rotate", key.pk), page(ApiKey, "revoke", key.pk)]
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    assert ways() == []


def test_who_may_only_look_at_keys_changes_none(
    client: Client, alice: User, acme: Organization
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    alice.user_permissions.set(
        Permission.objects.filter(content_type__app_label="accounts", codename="view_apikey")
    )
    client.force_login(alice)
    key = make_api_key(acme).api_key
    assert client.get(page(ApiKey, "changelist")).status_code == 200
    assert client.get(page(ApiKey, "change", key.pk)).context["ways"] == []
    for url in (
        page(ApiKey, "add"),
        page(ApiKey, "rotate", key.pk),
        page(ApiKey, "revoke", key.pk),
    ):
        assert client.get(url).status_code == 403
        assert client.post(url, {"reason": "x", "overlap": "0"}).status_code == 403
    key.refresh_from_db()
    assert (key.revoked_at, key.expires_at) == (None, None)


def test_an_unknown_key_is_not_found(staff: Client) -> None:
    assert staff.get(page(ApiKey, "rotate", 7)).status_code == 404


def test_the_audit_can_be_read_and_not_written(staff: Client, acme: Organization) -> None:
    record(
        actor=TESTER,
        action="agreement.cancelled",
        target="agr_1",
        organization=acme,
        reason="asked by mail",
        now=NOON,
    )
    entry = AuditEntry.objects.get()
    assert "asked by mail" in text_of(staff, f"{page(AuditEntry, 'changelist')}?q=agr_1")
    shown = text_of(staff, page(AuditEntry, "change", entry.pk))
    assert 'name="_save"' not in shown
    assert staff.get(page(AuditEntry, "add")).status_code == 403
    assert staff.post(page(AuditEntry, "change", entry.pk), {"actor": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("model", "state", "found"),
    [
        (Organization, "state=open", {"Acme", "Globex"}),
        (Organization, "state=closed", {"Gone"}),
        (ApiKey, "state=active", {"Live", "Platform"}),
        (ApiKey, "state=expired", {"Old"}),
        (ApiKey, "state=revoked", {"Leaked"}),
        (ApiKey, "kind=platform", {"Platform"}),
        (ApiKey, "kind=organization", {"Live", "Old", "Leaked"}),
    ],
)
@pytest.mark.usefixtures("globex")
def test_lists_are_filtered_by_what_is_meant(
    staff: Client, acme: Organization, model: type, state: str, found: set[str]
) -> None:
    Organization.objects.filter(pk=make_organization("Gone").pk).update(closed_at=NOON)
    make_api_key(acme, name="Live")
    make_api_key(None, name="Platform")
    make_api_key(acme, name="Old", expires_at=NOON + timedelta(hours=1))
    leaked = make_api_key(acme, name="Leaked").api_key
    ApiKey.objects.filter(pk=leaked.pk).update(revoked_at=NOON)

    listed = staff.get(f"{page(model, 'changelist')}?{state}").context["cl"].result_list
    assert {row.name for row in listed} == found


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"expires_at": "2999-01-01T00:00Z"}, "open"),
        ({}, "expired"),
        ({"accepted_at": NOON}, "accepted"),
        ({"revoked_at": NOON}, "revoked"),
    ],
)
def test_an_invitation_is_in_one_state(
    staff: Client,
    acme: Organization,
    alices_place: Membership,
    changes: dict[str, object],
    state: str,
) -> None:
    invite(
        organization=acme,
        email="charlie@globex.example",
        role="member",
        invited_by=alices_place,
        now=NOON,
    )
    Invitation.objects.update(**changes)
    counts = {
        asked: staff.get(f"{page(Invitation, 'changelist')}?state={asked}")
        .context["cl"]
        .result_count
        for asked in ("open", "expired", "accepted", "revoked")
    }
    assert counts == dict.fromkeys(counts, 0) | {state: 1}


def test_how_people_prove_who_they_are_is_not_for_staff(staff: Client) -> None:
    registered = {model._meta.label for model in admin.site._registry}
    assert registered.isdisjoint(
        {"account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession"}
    )


def test_a_group_of_staff_is_changed_by_superusers_and_written_down(staff: Client) -> None:
    permission = Permission.objects.get(content_type__app_label="accounts", codename="view_apikey")
    staff.post(reverse("admin:auth_group_add"), {"name": "Support", "permissions": permission.pk})
    group = Group.objects.get()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target) == ("staff_group.saved", f"group_{group.pk}")
    assert entry.changes == {"name": "Support", "permissions": ["accounts.view_apikey"]}


def test_staff_do_not_raise_their_own_group(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    alice.user_permissions.set(Permission.objects.filter(content_type__model="group"))
    group = Group.objects.create(name="Support")
    client.force_login(alice)
    url = reverse("admin:auth_group_change", args=[group.pk])
    assert client.post(url, {"name": "Everything"}).status_code == 403
    assert Group.objects.get().name == "Support"
