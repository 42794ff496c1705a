"""From the pricing page to an organization on a plan, without a payment."""

import re
from collections.abc import Mapping

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import Membership, Organization, User
from billing.agreements.queries import find_live_agreement
from billing.choices import Collection
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    make_group,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing_tables import SPRING, make_live_table, make_table

from .conftest import SignIn
from .reading import text_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
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


@pytest.mark.parametrize(
    ("named", "plan", "interval"),
    [
        ("professional_monthly", "professional", "month"),
        ("professional_yearly", "professional", "year"),
        ("professional_annual", "professional", "year"),
        ("professional", "professional", "month"),
    ],
)
def test_a_plan_may_be_named_with_how_it_is_billed(
    client: Client, charlie: User, catalog: ArticleCatalog, named: str, plan: str, interval: str
) -> None:
    assert client.get(f"/signup/?plan_interest={named}")["location"] == "/account/signup/"
    client.force_login(charlie, backend=BACKEND)
    form = client.get("/start/").context["form"]
    assert (form["plan"].value(), form["interval"].value()) == (plan, interval)


class TestPricingTableKey:
    """`/signup/?plan_interest=pro_monthly&pricing_table_key=spring_promo&is_create_org=true`."""

    def test_a_table_is_looked_at_before_anything_is_asked(
        self, client: Client, catalog: ArticleCatalog
    ) -> None:
        make_live_table(catalog.current, content=SPRING)
        answer = client.get("/signup/?pricing_table_key=spring_promo")
        assert answer["location"] == "/pricing/spring_promo/"

    @pytest.mark.parametrize("key", ["draft", "nothing", "", "legacy", "%00", "x" * 100])
    def test_an_unknown_key_leads_to_the_default_table(
        self, client: Client, catalog: ArticleCatalog, key: str
    ) -> None:
        make_table(catalog.current, "draft")
        assert client.get(f"/signup/?pricing_table_key={key}")["location"] == "/pricing/"
        answer = client.get(f"/signup/?pricing_table_key={key}&plan_interest=starter")
        assert answer["location"] == "/account/signup/"
        assert client.session["plan_interest"] == {"plan": "starter"}

    def test_a_chosen_plan_is_chosen_among_those_of_its_table(
        self, client: Client, charlie: User, catalog: ArticleCatalog
    ) -> None:
        make_live_table(catalog.current, content=SPRING)
        address = "/signup/?plan_interest=starter_yearly&pricing_table_key=spring_promo"
        assert client.get(address)["location"] == "/account/signup/"
        client.force_login(charlie, backend=BACKEND)
        form = client.get("/start/").context["form"]
        assert form.fields["plan"].choices == [
            ("professional", "Professional"),
            ("starter", "Starter"),
        ]
        assert (form["plan"].value(), form["interval"].value()) == ("starter", "year")

    def test_a_legacy_plan_is_ignored(self, client: Client, catalog: ArticleCatalog) -> None:
        make_live_table(catalog.current)
        answer = client.get("/signup/?plan_interest=per_seat&pricing_table_key=spring_promo")
        assert answer["location"] == "/pricing/spring_promo/"
        assert "plan_interest" not in client.session

    def test_a_new_organization_is_made_for_somebody_who_has_one(
        self, alice: User, acme: Organization, catalog: ArticleCatalog, sign_in: SignIn
    ) -> None:
        client = sign_in(alice)
        answer = client.get("/signup/?plan_interest=starter&is_create_org=true")
        assert answer["location"] == "/start/"
        client.post("/start/", {**START, "name": "Acme Labs", "plan": "starter"})
        labs = Organization.objects.get(name="Acme Labs")
        assert Membership.objects.get(organization=labs).role == Role.OWNER
        assert client.get("/signup/?plan_interest=starter")["location"].startswith("/plan/")

    def test_an_organization_to_be_made_is_asked_about_at_once(
        self, client: Client, catalog: ArticleCatalog
    ) -> None:
        make_live_table(catalog.current, content=SPRING)
        answer = client.get("/signup/?pricing_table_key=spring_promo&is_create_org=true")
        assert answer["location"] == "/account/signup/"
        assert client.session["plan_interest"] == {"table": "spring_promo"}

    def test_a_plan_of_a_private_group_is_sold_while_its_table_is_live(
        self, alice: User, acme: Organization, catalog: ArticleCatalog, sign_in: SignIn
    ) -> None:
        garden = make_group("garden", is_default=False)
        make_version(make_plan(garden, "rose"), metered(catalog.credits, 10), prices=(fixed("5"),))
        client = sign_in(alice)
        assert client.get("/signup/?plan_interest=rose")["location"] == "/plan/start/?"
        make_live_table(garden, "garden")
        answer = client.get("/signup/?plan_interest=rose&interval=month")
        assert answer["location"] == "/plan/start/?plan=rose&interval=month"
        agreed = client.post(answer["location"], {"plan": "rose", "interval": "month"})
        assert agreed["location"] == "/overview/"
        agreement = find_live_agreement(organization=acme)
        assert agreement is not None
        assert agreement.plan_version.plan.code == "rose"


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
