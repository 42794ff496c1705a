"""Settings of the organization and of the person, and the way between organizations."""

import pytest

from accounts.models import AuditEntry, Membership, Organization, User
from billing.models import Agreement
from tests.factories.accounts import make_organization

from .conftest import SignIn
from .reading import text_of

NEW = {"name": "Acme Robotics", "time_zone": "Europe/Berlin", "language": "de"}


def test_shows_the_ids_that_apps_use(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    words = text_of(sign_in(alice).get("/settings/"))
    assert f"Organization id {acme.code}" in words
    assert f"Agreement id {agreement.public_id}" in words
    assert "External id acme-1" in words
    assert "Base price $299.00 USD a month" in words


def test_an_owner_changes_the_organization(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    Organization.objects.update(billing_email="ap@acme.example")
    assert sign_in(alice).post("/settings/", NEW)["location"] == "/settings/"
    acme.refresh_from_db()
    assert {name: getattr(acme, name) for name in NEW} == NEW
    assert acme.billing_email == "ap@acme.example"
    entry = AuditEntry.objects.get(organization=acme, action="organization.updated")
    assert entry.user == alice
    assert len(entry.request_id) == 32


def test_the_external_id_cannot_be_changed_here(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    sign_in(alice).post("/settings/", {**NEW, "external_id": "stolen", "currency": "EUR"})
    acme.refresh_from_db()
    assert (acme.external_id, acme.currency) == ("acme-1", "USD")


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/settings/", ["Settings"]),
        ("/settings/audit/", ["Settings"]),
        ("/settings/personal/", []),
        ("/settings/notifications/", []),
    ],
)
def test_the_navigation_knows_the_organizations_settings_from_the_persons(
    alice: User, acme: Organization, sign_in: SignIn, path: str, current: list[str]
) -> None:
    nav = sign_in(alice).get(path).context["shell"].nav
    assert [link.label for link in nav if link.is_current] == current


def test_a_member_reads_the_settings_and_is_told_who_changes_them(
    bob: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    client = sign_in(bob)
    words = text_of(client.get("/settings/"))
    assert "Your role does not let you change these settings. Ask Alice." in words
    assert "Base price" not in words
    assert client.post("/settings/", NEW).status_code == 403
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_a_person_changes_their_name_and_language(charlie: User, sign_in: SignIn) -> None:
    client = sign_in(charlie)
    filled = {"name": "Charles", "language": "de"}
    assert client.post("/settings/personal/", filled)["location"] == "/settings/personal/"
    charlie.refresh_from_db()
    assert (charlie.name, charlie.language) == ("Charles", "de")


@pytest.mark.parametrize("path", ["/settings/", "/settings/personal/"])
def test_a_language_that_is_not_offered_is_refused(
    path: str, alice: User, acme: Organization, sign_in: SignIn
) -> None:
    response = sign_in(alice).post(path, {**NEW, "language": "fr"})
    assert "fr is not one of the available choices" in text_of(response)
    alice.refresh_from_db()
    acme.refresh_from_db()
    assert (alice.language, acme.language, acme.name) == ("", "", "Acme")


def test_a_person_with_several_organizations_switches_between_them(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    second = make_organization("Zenith", owner=alice)
    client = sign_in(alice)
    assert "Acme in use" in text_of(client.get("/organizations/")).replace(f" {acme.code}", "")
    client.post("/organizations/switch/", {"organization": second.code})
    assert f"Organization id {second.code}" in text_of(client.get("/settings/"))


def test_nobody_switches_to_an_organization_they_do_not_belong_to(
    alice: User, acme: Organization, charlie: User, sign_in: SignIn
) -> None:
    elsewhere = make_organization("Elsewhere", owner=charlie)
    client = sign_in(alice)
    answer = client.post("/organizations/switch/", {"organization": elsewhere.code})
    assert answer.status_code == 404
    assert f"Organization id {acme.code}" in text_of(client.get("/settings/"))


def test_who_was_removed_no_longer_looks_at_the_organization(
    alice: User, acme: Organization, bob: User, sign_in: SignIn
) -> None:
    client = sign_in(bob)
    client.post("/organizations/switch/", {"organization": acme.code})
    Membership.objects.filter(user=bob).delete()
    assert client.get("/settings/")["location"] == "/start/"
