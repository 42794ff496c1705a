"""The page on which people choose their mails, and the one that a link in a mail leads to."""

import pytest
from django.core import mail
from django.test import Client

from accounts.choices import MailAlert
from accounts.mails.unsubscribing import unsubscribe_url
from accounts.models import Mail, MailOptOut, Organization, User
from billing.mails.payments import RECEIPT
from billing.mails.usage import KINDS, LOW_BALANCE
from tests.factories.accounts import make_organization
from tests.factories.mails import make_mails, make_notice, send_due
from tests.support.statements import at_most

from .conftest import NOW, SignIn
from .reading import text_of

FACTS = next(dict(kind.sample) for kind in KINDS if kind.code == LOW_BALANCE)
PAGE = "/settings/notifications/"


@pytest.fixture
def to_alice(acme: Organization) -> Mail:
    [waiting] = make_mails(make_notice(acme, LOW_BALANCE, FACTS, now=NOW), now=NOW)
    return waiting


def path_to(waiting: Mail) -> str:
    return unsubscribe_url(mail_id=waiting.public_id).partition("8000")[2]


def test_a_person_chooses_for_each_organization(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    globex = make_organization("Globex", owner=alice)
    browser = sign_in(alice)
    assert browser.get(PAGE).content.decode().count(" checked") == 6
    wanted = [f"{acme.code}:limits", f"{globex.code}:levels", f"{globex.code}:expiry", "x", ":"]
    assert browser.post(PAGE, {"alert": wanted})["location"] == PAGE
    assert set(
        MailOptOut.objects.filter(user=alice).values_list("organization__name", "alert")
    ) == {("Acme", "levels"), ("Acme", "expiry"), ("Globex", "limits")}
    assert browser.get(PAGE).content.decode().count(" checked") == 3


def test_nobody_chooses_for_an_organization_of_others(
    charlie: User, acme: Organization, sign_in: SignIn
) -> None:
    sign_in(charlie).post(PAGE, {"alert": [f"{acme.code}:limits"]})
    assert not MailOptOut.objects.exists()


def test_who_belongs_to_no_organization_is_told_so(charlie: User, sign_in: SignIn) -> None:
    assert "You belong to no organization yet" in text_of(sign_in(charlie).get(PAGE))


@pytest.mark.usefixtures("no_query_in_templates", "acme")
def test_the_page_asks_the_database_little(alice: User, sign_in: SignIn) -> None:
    browser = sign_in(alice)
    browser.get(PAGE)
    with at_most(12):
        browser.get(PAGE)


def test_looking_at_the_link_changes_nothing(to_alice: Mail, client: Client) -> None:
    words = text_of(client.get(path_to(to_alice)))
    assert "Stop these mails?" in words
    assert "Acme sends mails of this sort to alice@acme.example." in words
    assert not MailOptOut.objects.exists()


def test_a_mail_program_ends_it_with_one_post(alice: User, to_alice: Mail) -> None:
    program = Client(enforce_csrf_checks=True)
    answer = program.post(path_to(to_alice), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    out = MailOptOut.objects.get()
    assert (out.user, out.alert, out.address) == (alice, MailAlert.LEVELS, "")
    assert send_due(now=NOW) == []


def test_a_person_may_think_better_of_it(acme: Organization, to_alice: Mail) -> None:
    visitor = Client(enforce_csrf_checks=True)
    assert "These mails have stopped" in text_of(visitor.post(path_to(to_alice)))
    assert "Stop these mails?" in text_of(visitor.post(path_to(to_alice), {"again": "1"}))
    assert not MailOptOut.objects.exists()


@pytest.mark.parametrize("change", ["x", "%0aBcc:", ""])
def test_a_link_that_was_changed_leads_nowhere(to_alice: Mail, client: Client, change: str) -> None:
    path = path_to(to_alice)
    forged = path.replace(":", f":{change}") if change else path.replace(":", "")
    assert client.post(forged).status_code == 404
    assert not MailOptOut.objects.exists()


def test_a_receipt_has_no_link_to_end_it(acme: Organization, client: Client) -> None:
    [receipt] = make_mails(make_notice(acme, RECEIPT, now=NOW), now=NOW)
    assert client.post(path_to(receipt)).status_code == 404
    assert mail.outbox == []
