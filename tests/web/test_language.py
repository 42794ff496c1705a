"""Which language a page speaks: the person's, the organization's, the switch's, the browser's."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Organization, User
from tests.factories.accounts import make_person

from .conftest import SignIn

GERMAN = {"Accept-Language": "de-AT,de;q=0.9"}
FRENCH = {"Accept-Language": "fr"}


def language_of(client: Client, path: str, headers: Mapping[str, str] | None = None) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    language: str = response["Content-Language"]
    assert f'<html lang="{language}"' in response.content.decode()
    return language


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "language"), [(None, "en"), (GERMAN, "de"), (FRENCH, "en")], ids=str
)
def test_a_visitor_is_spoken_to_in_the_browsers_language(headers: Any, language: str) -> None:
    assert language_of(Client(), "/pricing/", headers) == language


@pytest.mark.django_db
def test_the_switch_wins_over_the_browser() -> None:
    client = Client(headers=GERMAN)
    answer = client.post("/language/", {"language": "en", "next": "/pricing/?interval=year"})
    assert (answer.status_code, answer["location"]) == (302, "/pricing/?interval=year")
    assert language_of(client, "/pricing/") == "en"
    cookie = client.cookies["tallybook_language"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 31536000)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", ["", "https://evil.example/", "//evil.example/", "/\\evil.example"]
)
def test_the_switch_leads_to_no_other_site(page: str) -> None:
    answer = Client().post("/language/", {"language": "de", "next": page})
    assert answer["location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "fr", "de-AT", "../en", "d\0e"])
def test_there_is_no_other_language(language: str) -> None:
    answer = Client().post("/language/", {"language": language})
    assert answer.status_code == 400
    assert "tallybook_language" not in answer.cookies


@pytest.mark.django_db
def test_the_switch_is_not_worked_from_another_site() -> None:
    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "de"})
    assert answer.status_code == 403


def test_the_switch_is_remembered_with_the_person(charlie: User, sign_in: SignIn) -> None:
    client = sign_in(charlie)
    client.post("/language/", {"language": "de", "next": "/settings/personal/"})
    charlie.refresh_from_db()
    assert charlie.language == "de"
    assert language_of(sign_in(charlie), "/settings/personal/") == "de"
    entry = AuditEntry.objects.get(action="person.language_changed")
    assert (entry.user, entry.changes) == (charlie, {"language": ["", "de"]})


def test_the_person_comes_before_the_organization_and_both_before_the_browser(
    alice: User, bob: User, acme: Organization, sign_in: SignIn
) -> None:
    Organization.objects.update(language="de")
    User.objects.filter(pk=bob.pk).update(language="en")
    assert language_of(sign_in(alice), "/members/", FRENCH) == "de"
    assert language_of(sign_in(bob), "/members/", GERMAN) == "en"


def test_one_without_an_organization_is_spoken_to_as_a_visitor(
    charlie: User, sign_in: SignIn
) -> None:
    assert language_of(sign_in(charlie), "/settings/personal/", GERMAN) == "de"


def test_a_language_that_is_not_offered_any_more_counts_as_none(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    User.objects.update(language="fr")
    Organization.objects.update(language="de")
    assert language_of(sign_in(alice), "/members/") == "de"


def test_nobody_is_spoken_to_in_the_language_of_who_came_before(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    User.objects.filter(pk=alice.pk).update(language="de")
    client, stranger = sign_in(alice), sign_in(make_person("Dora", email="dora@acme.example"))
    assert language_of(client, "/members/") == "de"
    assert language_of(stranger, "/settings/personal/") == "en"


@pytest.mark.django_db
def test_a_request_without_a_session_is_not_made_to_depend_on_one() -> None:
    assert "Cookie" not in Client().get("/healthz").get("Vary", "")
