"""The mail leaves after the commit, once; what is lost on the way is asked for again."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import tasks
from accounts.memberships.mailing import FIRST_PAUSE, send_invitation
from accounts.memberships.operations import accept_invitation, invite, revoke_invitation
from accounts.memberships.queries import list_invitations_to_mail
from accounts.memberships.tokens import token_of
from accounts.models import Invitation, Membership, Organization, User
from tests.factories.accounts import NOON

SECOND = timedelta(seconds=1)


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
    monkeypatch.setattr(tasks.send_invitation, "delay", lambda **kwargs: rung.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(
            organization=acme,
            email="charlie@globex.example",
            role="member",
            invited_by=alices_place,
            now=NOON,
        )
        assert rung == []
    assert rung == [{"invitation_id": invitation.pk}]


def test_a_broker_that_is_away_undoes_nothing(
    acme: Organization,
    alices_place: Membership,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(**_kwargs: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.send_invitation, "delay", fail)
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(
            organization=acme,
            email="charlie@globex.example",
            role="member",
            invited_by=alices_place,
            now=NOON,
        )
    assert list_invitations_to_mail(now=NOON, limit=10) == [invitation.pk]
    assert "no broker" in caplog.text


def test_the_mail_says_who_invites_whom_to_what_and_until_when(
    invitation: Invitation, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://billing.example"

    assert send_invitation(invitation_id=invitation.pk, now=NOON) is True

    [message] = mail.outbox
    link = f"https://billing.example/invitations/{token_of(invitation_id=invitation.public_id)}/"
    assert message.to == ["charlie@globex.example"]
    assert message.subject == "Alice invites you to Acme on Tallybook"
    text = str(message.body)
    assert "Alice invites you to join Acme on Tallybook as Developer." in text
    assert f"\n{link}\n" in text
    assert "until 17 March 2026, 12:00 UTC, for charlie@globex.example only" in text
    [(html, kind)] = message.alternatives  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert f'<a href="{link}"' in html


def test_a_name_cannot_smuggle_markup_into_the_mail(invitation: Invitation) -> None:
    Organization.objects.update(name="<img src=x> & Söhne")
    send_invitation(invitation_id=invitation.pk, now=NOON)
    [message] = mail.outbox
    assert message.subject == "Alice invites you to <img src=x> & Söhne on Tallybook"
    assert "join <img src=x> & Söhne on" in str(message.body)
    [(html, _kind)] = message.alternatives  # type: ignore[attr-defined]
    assert "<img" not in html
    assert "&lt;img src=x&gt; &amp; Söhne" in html


def test_the_mail_leaves_once(invitation: Invitation) -> None:
    assert send_invitation(invitation_id=invitation.pk, now=NOON) is True
    assert send_invitation(invitation_id=invitation.pk, now=NOON + FIRST_PAUSE) is False
    invitation.refresh_from_db()
    assert invitation.mailed_at == NOON
    assert len(mail.outbox) == 1
    assert list_invitations_to_mail(now=NOON + timedelta(days=1), limit=10) == []


def test_while_one_sends_nobody_else_does(
    invitation: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rivals: list[bool] = []

    def send(_message: EmailMessage) -> None:
        rivals.append(send_invitation(invitation_id=invitation.pk, now=NOON))

    monkeypatch.setattr(EmailMessage, "send", send)
    assert send_invitation(invitation_id=invitation.pk, now=NOON) is True
    assert rivals == [False]


def test_a_failing_mail_server_is_tried_again_after_doubling_pauses(
    invitation: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_message: EmailMessage) -> None:
        raise ConnectionRefusedError

    now = NOON
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", fail)
        pauses = []
        for _attempt in range(4):
            with pytest.raises(ConnectionRefusedError):
                send_invitation(invitation_id=invitation.pk, now=now)
            invitation.refresh_from_db()
            pauses.append(invitation.mail_due_at - now)
            assert list_invitations_to_mail(now=invitation.mail_due_at - SECOND, limit=10) == []
            now = invitation.mail_due_at
    assert pauses == [FIRST_PAUSE, FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert invitation.mailed_at is None

    assert list_invitations_to_mail(now=now, limit=10) == [invitation.pk]
    assert send_invitation(invitation_id=invitation.pk, now=now) is True
    assert len(mail.outbox) == 1


def test_what_can_no_longer_be_accepted_is_not_mailed(
    acme: Organization, invitation: Invitation, alices_place: Membership
) -> None:
    assert send_invitation(invitation_id=invitation.pk, now=invitation.expires_at) is False
    revoke_invitation(
        organization=acme, invitation_id=invitation.public_id, revoked_by=alices_place, now=NOON
    )
    assert send_invitation(invitation_id=invitation.pk, now=NOON) is False
    assert list_invitations_to_mail(now=NOON, limit=10) == []
    assert mail.outbox == []


def test_the_link_works_although_the_secret_key_changed_before_the_mail_left(
    invitation: Invitation, charlie: User, settings: Settings
) -> None:
    settings.SECRET_KEY = "another" + "1" * 50
    send_invitation(invitation_id=invitation.pk, now=NOON)
    token = token_of(invitation_id=invitation.public_id)
    assert token in str(mail.outbox[0].body)
    assert accept_invitation(token=token, user=charlie, now=NOON).role == "developer"


def test_the_sweep_rings_for_what_was_lost(
    invitation: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(
        tasks.send_invitation, "delay", lambda *, invitation_id: rung.append(invitation_id)
    )
    Invitation.objects.update(expires_at="2999-01-01T00:00Z")
    tasks.ring_for_unsent_invitations()
    assert rung == [invitation.pk]


def test_the_task_mails(invitation: Invitation) -> None:
    Invitation.objects.update(expires_at="2999-01-01T00:00Z")
    tasks.send_invitation(invitation_id=invitation.pk)
    assert len(mail.outbox) == 1
    assert tasks.send_invitation.name == "accounts.send_invitation"
