"""An invitation is mailed after the commit, while it can be accepted."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import tasks
from accounts.choices import MailDrop
from accounts.mails.notices import list_due_notices
from accounts.memberships.operations import accept_invitation, invite, revoke_invitation
from accounts.memberships.tokens import token_of
from accounts.models import Invitation, Mail, MailNotice, Membership, Organization, User
from tests.factories.accounts import NOON
from tests.factories.mails import html_of, make_mails, send_due

LATER = NOON + timedelta(days=1)


@pytest.fixture
def invitation(acme: Organization, alices_place: Membership) -> Invitation:
    """Alice invites Charlie; the message that asks for the mail is lost."""
    return invite(
        organization=acme,
        email="charlie@globex.example",
        role="developer",
        invited_by=alices_place,
        now=NOON,
    )


def test_the_mail_is_asked_for_after_the_commit(
    acme: Organization,
    alices_place: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rung: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.address_mails, "delay", lambda **kwargs: rung.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True):
        invite(
            organization=acme,
            email="charlie@globex.example",
            role="member",
            invited_by=alices_place,
            now=NOON,
        )
        assert rung == []
    assert rung == [{"notice_id": MailNotice.objects.get().pk}]


def test_a_broker_that_is_away_undoes_nothing(
    acme: Organization,
    alices_place: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(**_kwargs: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.address_mails, "delay", fail)
    with django_capture_on_commit_callbacks(execute=True):
        invite(
            organization=acme,
            email="charlie@globex.example",
            role="member",
            invited_by=alices_place,
            now=NOON,
        )
    assert list_due_notices(now=NOON, limit=10) == [MailNotice.objects.get().pk]
    assert "no broker" in caplog.text


def test_the_mail_says_who_invites_whom_to_what_and_until_when(
    acme: Organization, invitation: Invitation, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://billing.example"
    Organization.objects.filter(pk=acme.pk).update(time_zone="Europe/Berlin")

    [message] = send_due()

    link = f"https://billing.example/invitations/{token_of(invitation_id=invitation.public_id)}/"
    assert message.to == ["charlie@globex.example"]
    assert message.subject == "Alice invites you to Acme on Tallybook"
    assert message.body == (
        "Alice invites you to join Acme on Tallybook as Developer. The link works until "
        "17 Mar 2026, 13:00 CET, for charlie@globex.example only.\n"
        "\n"
        "Accept the invitation:\n"
        f"{link}\n"
        "\n"
        "If you have no account yet, you can make one with this address.\n"
        "\n"
        "--\n"
        "If you did not expect this, you need not do anything.\n"
        "Tallybook · billing.example\n"
    )
    assert f'href="{link}"' in html_of(message)
    assert "List-Unsubscribe" not in message.extra_headers


@pytest.mark.usefixtures("invitation")
def test_a_name_cannot_smuggle_markup_into_the_mail() -> None:
    Organization.objects.update(name="<img src=x> & Söhne")
    [message] = send_due()
    assert message.subject == "Alice invites you to <img src=x> & Söhne on Tallybook"
    assert "join <img src=x> & Söhne on" in str(message.body)
    html = html_of(message)
    assert "<img" not in html
    assert "&lt;img src=x&gt; &amp; Söhne" in html


def test_that_it_left_is_remembered_with_the_invitation(invitation: Invitation) -> None:
    send_due()
    invitation.refresh_from_db()
    assert invitation.mailed_at == NOON
    assert send_due(now=LATER) == []


def test_what_can_no_longer_be_accepted_is_not_mailed(
    acme: Organization, invitation: Invitation, alices_place: Membership
) -> None:
    [waiting] = make_mails(MailNotice.objects.get())
    revoke_invitation(
        organization=acme, invitation_id=invitation.public_id, revoked_by=alices_place, now=NOON
    )
    assert send_due() == []
    waiting.refresh_from_db()
    assert (waiting.dropped_at, waiting.drop_reason) == (NOON, MailDrop.NOT_FOR_THEM)


def test_an_invitation_that_has_expired_is_not_mailed(invitation: Invitation) -> None:
    assert send_due(now=invitation.expires_at) == []
    assert Mail.objects.get().drop_reason == MailDrop.OUTDATED


def test_the_link_works_although_the_secret_key_changed_before_the_mail_left(
    invitation: Invitation, charlie: User, settings: Settings
) -> None:
    settings.SECRET_KEY = "another" + "1" * 50
    send_due()
    token = token_of(invitation_id=invitation.public_id)
    assert token in str(mail.outbox[0].body)
    assert accept_invitation(token=token, user=charlie, now=NOON).role == "developer"


@pytest.mark.usefixtures("invitation")
def test_no_secret_is_kept_of_the_mail() -> None:
    send_due()
    [notice], [sent] = MailNotice.objects.values(), Mail.objects.values()
    token = token_of(invitation_id=notice["fact"])
    assert notice["data"] == {}
    assert token not in f"{notice} {sent}"
