"""Signing up and logging in, as far as it is ours to decide."""

import re
from urllib.parse import quote_plus

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from tests.factories.accounts import PASSWORD, make_person

SIGN_UP = {"name": "Dora", "email": "dora@globex.example", "password1": PASSWORD}


def sign_up(client: Client, **changes: str) -> HttpResponse:
    return client.post(reverse("account_signup"), SIGN_UP | changes)  # type: ignore[return-value]


def log_in(client: Client, email: str, password: str = PASSWORD) -> HttpResponse:
    return client.post(  # type: ignore[return-value]
        reverse("account_login"), {"login": email, "password": password}
    )


@pytest.mark.usefixtures("db")
def test_a_visitor_signs_up_with_an_address_that_is_verified_by_a_code(client: Client) -> None:
    response = sign_up(client, email="Dora@Globex.Example")

    assert response["Location"] == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert user.email == "dora@globex.example"
    assert not EmailAddress.objects.get().verified
    [message] = mail.outbox
    assert message.to == ["dora@globex.example"]
    assert "Tallybook" in str(message.body)
    assert "testserver" not in str(message.body)
    [code] = re.findall(r"^\s*([0-9A-Z]{4}-[0-9A-Z]{4})\s*$", str(message.body), re.MULTILINE)

    response = client.post(  # type: ignore[assignment]
        reverse("account_email_verification_sent"), {"code": code}
    )
    assert response["Location"] == "/"
    assert EmailAddress.objects.get().verified
    assert client.session["_auth_user_id"] == str(user.pk)


def test_signing_up_with_a_known_address_looks_the_same(client: Client, alice: User) -> None:
    known = sign_up(client, email="ALICE@acme.example")
    unknown = sign_up(Client())

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert User.objects.filter(email="alice@acme.example").get() == alice
    to_alice, to_dora = mail.outbox
    assert to_alice.to == ["alice@acme.example"]
    assert reverse("account_reset_password") in str(to_alice.body)
    assert to_dora.to == ["dora@globex.example"]


def test_signing_up_with_a_known_address_hashes_a_password_as_well(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    sign_up(client, email=alice.email)
    for_known = len(hashed)
    sign_up(Client())
    assert (for_known, len(hashed) - for_known) == (1, 1)


@pytest.mark.usefixtures("alice")
def test_asking_for_a_new_password_looks_the_same_for_everybody(client: Client) -> None:
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in ("alice@acme.example", "nobody@acme.example")
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("account_reset_password_done"))
    }


@pytest.mark.usefixtures("alice")
def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Client) -> None:
    errors = [
        log_in(client, email, "wrong password").context["form"].errors  # type: ignore[attr-defined]
        for email in ("alice@acme.example", "nobody@acme.example")
    ]
    assert errors[0] == errors[1]
    assert list(errors[0]) == ["__all__"]


@pytest.mark.usefixtures("acme")
def test_a_customer_goes_to_the_portal(client: Client) -> None:
    assert log_in(client, "Alice@acme.example")["Location"] == "/"


@pytest.mark.usefixtures("db")
def test_staff_go_to_the_staff_pages(client: Client) -> None:
    make_person("Sam", email="sam@tallybook.example", is_staff=True)
    assert log_in(client, "sam@tallybook.example")["Location"] == reverse("admin:index")


def test_staff_who_are_customers_too_go_to_the_portal(
    client: Client, acme: Organization, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert log_in(client, alice.email)["Location"] == "/"


def test_who_was_shut_out_cannot_log_in_nor_go_on(client: Client, alice: User) -> None:
    log_in(client, alice.email)
    assert client.get(reverse("account_email")).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(reverse("account_email")).status_code == 302
    assert log_in(Client(), alice.email)["Location"] == reverse("account_inactive")


def test_a_second_factor_takes_the_password_once_more(client: Client, alice: User) -> None:
    log_in(client, alice.email)
    assert client.get(reverse("mfa_index")).status_code == 200
    activate = reverse("mfa_activate_totp")
    response = client.get(activate)
    assert (
        response["Location"] == f"{reverse('account_reauthenticate')}?next={quote_plus(activate)}"
    )
    response = client.post(response["Location"], {"password": PASSWORD})
    assert response["Location"] == activate
    assert client.get(activate).status_code == 200
