"""From the pricing page to an organization on a plan, without a payment."""

import re
from collections.abc import Mapping

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import Organization, User
from billing.agreements.queries import find_live_agreement
from billing.choices import Collection
from tests.factories.catalog import ArticleCatalog

from .conftest import SignIn
from .reading import text_of

PASSWORD = "a long enough pass phrase"
START: Mapping[str, str] = {
    "name": "Initech",
    "plan": "professional",
    "interval": "year",
    "currency": "USD",
    "time_zone": "Europe/Berlin",
}


def test_a_visitor_becomes_a_customer(client: Client, catalog: ArticleCatalog) -> None:
    answer = client.get("/signup/?plan_interest=professional&interval=year")
    assert answer["location"] == "/account/signup/"
    client.post(
        "/account/signup/",
        {
            "name": "Peter",
            "organization_name": "Initech",
            "email": "peter@initech.example",
            "password1": PASSWORD,
        },
    )
    code = re.search(r"^[0-9A-Z-]{6,}$", str(mail.outbox[0].body), re.M)
    assert code is not None, mail.outbox[0].body
    answer = client.post("/account/confirm-email/", {"code": code[0]}, follow=True)
    assert answer.redirect_chain[-1][0] == "/start/"
    form = answer.context["form"]
    assert {name: form[name].value() for name in START if name != "time_zone"} == {
        name: START[name] for name in START if name != "time_zone"
    }

    answer = client.post("/start/", START, follow=True)
    assert answer.redirect_chain[-1][0] == "/overview/"
    organization = Organization.objects.get(name="Initech")
    agreement = find_live_agreement(organization=organization)
    assert agreement is not None
    assert (agreement.plan_version.plan.code, agreement.interval, agreement.collection) == (
        "professional",
        "year",
        Collection.NOT_CONNECTED,
    )
    assert "Billing is not connected." in text_of(answer)
    assert User.objects.get(email="peter@initech.example").name == "Peter"


@pytest.mark.parametrize("field", ["name", "organization_name"])
def test_a_name_that_reads_backwards_is_refused_when_signing_up(
    client: Client, db: None, field: str
) -> None:
    form = {"name": "Peter", "email": "peter@initech.example", "password1": PASSWORD}
    answer = client.post("/account/signup/", {**form, field: "Peter\u202ereteP"})
    assert answer.status_code == 200
    [refusal] = answer.context["form"].errors[field]
    assert refusal.endswith("must not contain control characters.")
    assert not User.objects.exists()


def test_a_name_is_composed_when_signing_up(client: Client, db: None) -> None:
    form = {"name": " Rene\u0301 ", "email": "rene@initech.example", "password1": PASSWORD}
    client.post("/account/signup/", form)
    assert User.objects.get().name == "Ren\u00e9"


def test_a_plan_that_is_not_sold_here_is_not_remembered(
    client: Client, catalog: ArticleCatalog
) -> None:
    for plan in ("enterprise", "per_seat", "nonsense", "%00"):
        assert client.get(f"/signup/?plan_interest={plan}")["location"] == "/account/signup/"
        assert "plan_interest" not in client.session


def test_somebody_who_is_signed_in_goes_straight_to_the_organization(
    charlie: User, catalog: ArticleCatalog, sign_in: SignIn
) -> None:
    client = sign_in(charlie)
    assert client.get("/signup/?plan_interest=professional&interval=month")["location"] == "/start/"
    assert client.get("/start/").context["form"]["plan"].value() == "professional"


@pytest.mark.parametrize("plan", ["per_seat", "enterprise", "nonsense"])
def test_only_self_serve_plans_can_be_started(
    charlie: User, catalog: ArticleCatalog, sign_in: SignIn, plan: str
) -> None:
    answer = sign_in(charlie).post("/start/", {**START, "plan": plan})
    assert answer.status_code == 200
    assert not Organization.objects.exists()


def test_a_refused_agreement_leaves_no_organization_behind(
    charlie: User, catalog: ArticleCatalog, sign_in: SignIn
) -> None:
    answer = sign_in(charlie).post("/start/", {**START, "name": "\N{RIGHT-TO-LEFT OVERRIDE}x"})
    assert "The name must not contain control characters." in text_of(answer)
    assert not Organization.objects.exists()


def test_the_page_says_that_no_payment_is_collected(
    charlie: User, catalog: ArticleCatalog, sign_in: SignIn
) -> None:
    words = text_of(sign_in(charlie).get("/start/"))
    assert "No payment is collected yet: billing is not connected." in words
    assert "Professional costs $299 a month, or $2,990 a year." in words


def test_a_visitor_signs_in_before_starting(client: Client, db: None) -> None:
    assert client.get("/start/")["location"] == "/account/login/?next=/start/"


def test_who_tries_too_often_is_told_in_a_page_of_ours(
    client: Client, db: None, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    client.post("/account/password/reset/", {"email": "peter@initech.example"})
    answer = client.post("/account/password/reset/", {"email": "peter@initech.example"})
    assert answer.status_code == 429
    assert "Wait a minute, then try again." in text_of(answer)
