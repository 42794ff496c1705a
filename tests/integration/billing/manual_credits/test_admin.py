"""Staff give by hand and decide on their pages, as far as they are permitted to."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from billing.models import ManualCredit, MoneyCredit
from metering.models import CreditGrant
from tests.factories.accounts import make_person
from tests.factories.catalog import ArticleCatalog

LIST = reverse("admin:billing_manualcredit_changelist")


def member_of_staff(name: str, *permissions: str) -> User:
    person = make_person(name, is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return person


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def sam(catalog: ArticleCatalog) -> User:
    """May give, and decide on what others give."""
    return member_of_staff(
        "Sam", "add_manualcredit", "decide_manualcredit", "view_manualcredit", "view_moneycredit"
    )


@pytest.fixture
def dana(db: None) -> User:
    return member_of_staff("Dana", "decide_manualcredit", "view_manualcredit")


def ask(person: User, page: str, **entered: object) -> ManualCredit:
    """Fill in a form as it is shown, send it twice, and return what came of it."""
    client = browser(person)
    shown = client.get(reverse(f"admin:billing_manualcredit_{page}"))
    token = re.search(r'name="request" value="([^"]+)"', shown.content.decode())
    assert token is not None
    form = {"request": token[1], "reason": "For the outage", **entered}
    for _twice in range(2):
        answer = client.post(reverse(f"admin:billing_manualcredit_{page}"), form)
        assert answer.status_code == 302, answer.content.decode()
    return ManualCredit.objects.get()


def money(person: User, organization: Organization, amount: str) -> ManualCredit:
    return ask(person, "money", organization=organization.pk, amount=amount, currency="USD")


def test_money_within_the_limit_is_given_once(acme: Organization, sam: User) -> None:
    assert money(sam, acme, "34.00").status == "given"
    assert MoneyCredit.objects.get().amount_minor == 3_400


def test_credits_are_given_until_a_day(
    acme: Organization, sam: User, catalog: ArticleCatalog
) -> None:
    feature = catalog.credits.pk
    asked = ask(
        sam,
        "add",
        organization=acme.pk,
        feature=feature,
        amount="1,000",
        category="promotion",
        expires_on="2099-01-01",
    )
    grant = CreditGrant.objects.get()
    assert (asked.status, grant.amount, grant.category) == ("given", 1_000, "promotion")
    assert grant.expires_at is not None
    assert grant.expires_at.isoformat() == "2099-01-01T00:00:00+00:00"


def test_more_waits_and_is_counted_for_the_others(
    acme: Organization, sam: User, dana: User
) -> None:
    asked = money(sam, acme, "100.01")
    assert (asked.status, MoneyCredit.objects.count()) == ("waiting", 0)
    assert "1 credit waits for your decision." in browser(dana).get(LIST).content.decode()
    assert "waits for your decision" not in browser(sam).get(LIST).content.decode()

    approve = reverse("admin:billing_manualcredit_approve", args=[asked.pk])
    page = browser(dana).get(approve).content.decode()
    assert "wants to give Acme $100.01: “For the outage”" in page
    assert (
        approve
        not in browser(sam)
        .get(reverse("admin:billing_manualcredit_change", args=[asked.pk]))
        .content.decode()
    )
    refused = browser(sam).post(approve)
    assert "a second person does" in refused.content.decode()
    assert browser(dana).post(approve).status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("given", dana)
    assert "Somebody has decided this already." in browser(dana).post(approve).content.decode()


def test_declining_needs_a_reason(acme: Organization, sam: User, dana: User) -> None:
    asked = money(sam, acme, "100.01")
    decline = reverse("admin:billing_manualcredit_decline", args=[asked.pk])
    assert browser(dana).post(decline, {"note": ""}).status_code == 200
    assert browser(dana).post(decline, {"note": "Too much"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.note) == ("declined", "Too much")


def test_who_may_not_is_refused(acme: Organization, sam: User, dana: User) -> None:
    asked = money(sam, acme, "100.01")
    reader = browser(member_of_staff("Rae", "view_manualcredit"))
    for page in (
        reverse("admin:billing_manualcredit_add"),
        reverse("admin:billing_manualcredit_money"),
        reverse("admin:billing_manualcredit_approve", args=[asked.pk]),
        reverse("admin:billing_manualcredit_decline", args=[asked.pk]),
    ):
        assert reader.get(page).status_code == 403, page
        assert reader.post(page).status_code == 403, page
    assert browser(dana).get(reverse("admin:billing_manualcredit_add")).status_code == 403


@pytest.mark.parametrize("amount", ["0", "-1", "1.005", "x", "", "1e5", "99999999999999999"])
def test_an_amount_that_is_none_is_refused(acme: Organization, sam: User, amount: str) -> None:
    page = reverse("admin:billing_manualcredit_money")
    form = {"organization": acme.pk, "amount": amount, "currency": "USD", "reason": "x"}
    answer = browser(sam).post(page, form | {"request": "r"})
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert not ManualCredit.objects.exists()


def test_money_credits_are_shown_with_what_is_left(acme: Organization, sam: User) -> None:
    money(sam, acme, "34")
    credit = MoneyCredit.objects.get()
    page = browser(sam).get(reverse("admin:billing_moneycredit_change", args=[credit.pk]))
    assert "$34" in page.content.decode()
    assert browser(sam).get(reverse("admin:billing_moneycredit_changelist")).status_code == 200
