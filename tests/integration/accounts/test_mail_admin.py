"""Staff see which mails left and what each says; nothing that they look at can do anything."""

from itertools import product

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.choices import MailDrop
from accounts.mails.kinds import list_kinds
from accounts.models import AuditEntry, Mail, Organization, User
from billing.mails.payments import KINDS, RECEIPT
from tests.factories.accounts import NOON, make_person
from tests.factories.mails import make_mails, make_notice, send_due

FACTS = next(dict(kind.sample) for kind in KINDS if kind.code == RECEIPT)
LIST = reverse("admin:accounts_mail_changelist")
EVERY = list(
    product([kind.code for kind in list_kinds()], [code for code, _name in settings.LANGUAGES])
)


@pytest.fixture
def sam(db: None) -> User:
    """Runs the installation."""
    return make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    """Sam's browser."""
    client.force_login(sam)
    return client


def address_of(code: str, language: str, *, html: bool = False) -> str:
    name = "preview_html" if html else "preview"
    return reverse(f"admin:accounts_mail_{name}", args=[code, language])


def test_the_list_leads_to_every_mail_in_every_language(staff: Client) -> None:
    page = staff.get(reverse("admin:accounts_mail_kinds")).content.decode()
    assert [address_of(*one) in page for one in EVERY] == [True] * len(EVERY)


@pytest.mark.parametrize(("code", "language"), EVERY)
def test_a_mail_is_shown_as_text_beside_the_page(staff: Client, code: str, language: str) -> None:
    shown = staff.get(address_of(code, language))
    frame = address_of(code, language, html=True)
    assert f'src="{frame}"' in shown.content.decode()
    assert "frame-src 'self'" in shown["Content-Security-Policy"]

    alone = staff.get(frame)
    assert f'<html lang="{language}">' in alone.content.decode()
    assert alone["X-Frame-Options"] == "SAMEORIGIN"
    policy = alone["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize(("code", "language"), [("no_such", "en"), (RECEIPT, "xx")])
def test_what_there_is_not_is_not_found(staff: Client, code: str, language: str) -> None:
    assert staff.get(address_of(code, language)).status_code == 404
    assert staff.get(address_of(code, language, html=True)).status_code == 404


def test_staff_without_the_permission_see_no_mails(db: None, client: Client) -> None:
    clerk = make_person("Clara", email="clara@tallybook.example", is_staff=True)
    client.force_login(clerk)
    for address in (
        LIST,
        reverse("admin:accounts_mail_kinds"),
        address_of(RECEIPT, "en"),
        address_of(RECEIPT, "en", html=True),
    ):
        assert client.get(address).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_mail"))
    assert client.get(LIST).status_code == 200


def test_the_log_of_an_organization_says_what_left(
    staff: Client, acme: Organization, globex: Organization
) -> None:
    make_notice(acme, RECEIPT, FACTS)
    make_notice(globex, RECEIPT, FACTS)
    send_due()
    page = staff.get(LIST, {"q": acme.public_id}).content.decode()
    assert "alice@acme.example" in page
    assert "Receipt: $355.81 for invoice 4F2A81-0007" in page
    assert "charlie@globex.example" not in page
    assert staff.get(LIST, {"state": "sent", "kind": RECEIPT}).status_code == 200
    [sent] = Mail.objects.filter(organization=acme)
    one = staff.get(reverse("admin:accounts_mail_change", args=[sent.pk])).content.decode()
    assert "unsubscribe" not in one


def test_what_was_refused_can_be_sent_again_and_what_left_cannot(
    staff: Client, sam: User, acme: Organization
) -> None:
    [refused] = make_mails(make_notice(acme, RECEIPT, FACTS))
    Mail.objects.filter(pk=refused.pk).update(
        due_at=None, dropped_at=NOON, drop_reason=MailDrop.REFUSED
    )
    chosen = {"action": "send_again", "_selected_action": [refused.pk]}
    assert "on its way again" in staff.post(LIST, chosen, follow=True).content.decode()
    refused.refresh_from_db()
    assert (refused.dropped_at, refused.drop_reason) == (None, "")
    assert AuditEntry.objects.get(action="mail.sent_again").user == sam
    assert "nothing to send" in staff.post(LIST, chosen, follow=True).content.decode()
