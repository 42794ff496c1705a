"""A mail goes to those who are to know when it leaves, and leaves once."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage as WireMessage
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import tasks
from accounts.choices import MailDrop
from accounts.mails.addressing import address_mails
from accounts.mails.forgetting import KEPT_FOR, forget_old_facts
from accounts.mails.kinds import list_kinds
from accounts.mails.notices import list_due_mails, list_due_notices, write_notice
from accounts.mails.sending import FIRST_PAUSE, TRIED_FOR, send_again, send_mail
from accounts.memberships.operations import remove_member
from accounts.models import AuditEntry, Mail, MailNotice, Membership, Organization, User
from tests.factories.accounts import NOON, TESTER
from tests.factories.mails import addresses_of, html_of, make_mails, make_notice, send_due
from tests.factories.webhooks import tell

from .conftest import NEWS, SECRET_NEWS, Desk

pytestmark = pytest.mark.usefixtures("desk")

BOTH = ["alice@acme.example", "bob@acme.example"]


class Died(BaseException):
    """The process is gone: nothing catches this."""


def states() -> list[tuple[str, str]]:
    """What became of each mail, by address."""
    return [
        (one.address, "sent" if one.sent_at else one.drop_reason or "waiting")
        for one in Mail.objects.order_by("address")
    ]


def test_everybody_who_is_to_know_gets_a_mail_of_their_own(acme: Organization, desk: Desk) -> None:
    make_notice(acme, NEWS, {"what": "News"})
    messages = send_due()
    assert addresses_of(messages) == BOTH
    assert {message.subject for message in messages} == {"Acme: News"}
    assert states() == [(address, "sent") for address in BOTH]
    assert desk.sent == ["fact:1", "fact:1"]


def test_a_fact_is_told_once_however_often_it_is_written_down(acme: Organization) -> None:
    make_notice(acme, NEWS)
    again = write_notice(organization_id=acme.pk, kind=NEWS, fact="fact:1", data={}, now=NOON)
    assert again is None
    assert len(send_due()) == 2
    assert send_due(now=NOON + timedelta(days=9)) == []


def test_a_role_that_may_not_see_it_gets_nothing(acme: Organization) -> None:
    make_notice(acme, SECRET_NEWS)
    assert addresses_of(send_due()) == ["alice@acme.example"]


def test_a_stranger_gets_nothing_of_another_organization(
    acme: Organization, globex: Organization
) -> None:
    make_notice(acme, NEWS)
    assert addresses_of(send_due()) == BOTH
    make_notice(globex, NEWS)
    assert addresses_of(send_due()) == ["charlie@globex.example"]


def test_who_left_before_the_mail_did_gets_nothing(
    acme: Organization, alices_place: Membership, charlie_at_acme: Membership
) -> None:
    waiting = make_mails(make_notice(acme, NEWS))
    assert len(waiting) == 3
    remove_member(
        organization=acme,
        membership_id=charlie_at_acme.public_id,
        removed_by=alices_place,
        now=NOON,
    )
    assert addresses_of(send_due()) == BOTH
    assert states()[2] == ("charlie@globex.example", MailDrop.NOT_FOR_THEM)


def test_who_left_while_the_mail_server_failed_gets_nothing(
    acme: Organization, charlie_at_acme: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_others, to_charlie = make_mails(make_notice(acme, NEWS))
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", unreachable)
        with pytest.raises(SMTPServerDisconnected):
            send_mail(mail_id=to_charlie.pk, now=NOON)
    charlie_at_acme.delete()
    assert send_mail(mail_id=to_charlie.pk, now=NOON + FIRST_PAUSE) is False
    assert mail.outbox == []


def test_who_is_not_active_any_more_gets_nothing(acme: Organization, bob: User) -> None:
    make_notice(acme, NEWS)
    bob.is_active = False
    bob.save()
    assert addresses_of(send_due()) == ["alice@acme.example"]


def test_a_mail_follows_a_person_to_their_new_address(acme: Organization, bob: User) -> None:
    make_mails(make_notice(acme, NEWS))
    bob.email = "robert@acme.example"
    bob.save()
    assert addresses_of(send_due()) == ["alice@acme.example", "robert@acme.example"]


def test_what_is_over_is_told_to_nobody(acme: Organization) -> None:
    make_notice(acme, NEWS, {"is_over": True})
    assert send_due() == []
    assert states() == [(address, MailDrop.OUTDATED) for address in BOTH]


def test_a_kind_that_there_is_no_longer_is_for_nobody(acme: Organization) -> None:
    notice = make_notice(acme, "forgotten")
    assert address_mails(notice_id=notice.pk, now=NOON) == []
    assert list_due_notices(now=NOON + timedelta(days=1), limit=9) == []


def unreachable(_message: EmailMessage) -> None:
    raise SMTPServerDisconnected("no route to the mail server")


def test_a_failing_mail_server_is_tried_again_after_doubling_pauses(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_alice, _to_bob = make_mails(make_notice(acme, NEWS))
    now, pauses = NOON, []
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", unreachable)
        for _attempt in range(4):
            with pytest.raises(SMTPServerDisconnected):
                send_mail(mail_id=to_alice.pk, now=now)
            to_alice.refresh_from_db()
            assert to_alice.due_at is not None
            pauses.append(to_alice.due_at - now)
            assert send_mail(mail_id=to_alice.pk, now=now) is False
            now = to_alice.due_at
    assert pauses == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert to_alice.last_error == "SMTPServerDisconnected: no route to the mail server"
    assert to_alice.pk in list_due_mails(now=now, limit=9)
    assert send_mail(mail_id=to_alice.pk, now=now) is True
    assert addresses_of(mail.outbox) == ["alice@acme.example"]


def test_a_mail_that_did_not_leave_for_a_week_is_given_up_until_staff_send_it(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_alice, _to_bob = make_mails(make_notice(acme, NEWS))
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", unreachable)
        with pytest.raises(SMTPServerDisconnected):
            send_mail(mail_id=to_alice.pk, now=NOON)
    late = NOON + TRIED_FOR
    assert send_mail(mail_id=to_alice.pk, now=late) is False
    assert states()[0] == ("alice@acme.example", MailDrop.GIVEN_UP)

    assert send_again(mail=to_alice, actor=TESTER, now=late) is True
    assert send_mail(mail_id=to_alice.pk, now=late) is True
    assert send_again(mail=to_alice, actor=TESTER, now=late) is False
    entry = AuditEntry.objects.get(action="mail.sent_again")
    assert (entry.organization, entry.target) == (acme, to_alice.public_id)


def answer(code: int) -> Callable[[EmailMessage], None]:
    """A mail server that knows no such address, or is busy."""

    def refuse(message: EmailMessage) -> None:
        raise SMTPRecipientsRefused({message.to[0]: (code, b"no")})

    return refuse


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_alice, _to_bob = make_mails(make_notice(acme, NEWS))
    monkeypatch.setattr(EmailMessage, "send", answer(550))
    assert send_mail(mail_id=to_alice.pk, now=NOON) is False
    assert states()[0] == ("alice@acme.example", MailDrop.REFUSED)


def test_an_address_that_is_refused_for_now_is_tried_again(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_alice, _to_bob = make_mails(make_notice(acme, NEWS))
    monkeypatch.setattr(EmailMessage, "send", answer(451))
    with pytest.raises(SMTPRecipientsRefused):
        send_mail(mail_id=to_alice.pk, now=NOON)
    assert states()[0] == ("alice@acme.example", "waiting")


class Dying(list[str]):
    """A desk at which the worker dies as it is about to remember."""

    def append(self, _fact: str) -> None:
        raise Died


def test_a_death_between_sending_and_remembering_sends_the_same_mail_once_more(
    acme: Organization, desk: Desk
) -> None:
    to_alice, _to_bob = make_mails(make_notice(acme, NEWS))
    desk.sent = Dying()
    with pytest.raises(Died):
        send_mail(mail_id=to_alice.pk, now=NOON)
    desk.sent = []
    assert send_mail(mail_id=to_alice.pk, now=NOON) is False
    assert send_mail(mail_id=to_alice.pk, now=NOON + FIRST_PAUSE) is True
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert send_mail(mail_id=to_alice.pk, now=NOON + timedelta(days=1)) is False


def test_while_one_sends_nobody_else_does(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_alice, _to_bob = make_mails(make_notice(acme, NEWS))
    rivals: list[bool] = []

    def send(_message: EmailMessage) -> None:
        rivals.append(send_mail(mail_id=to_alice.pk, now=NOON))

    monkeypatch.setattr(EmailMessage, "send", send)
    assert send_mail(mail_id=to_alice.pk, now=NOON) is True
    assert rivals == [False]


def test_a_name_cannot_add_a_header(acme: Organization) -> None:
    Organization.objects.filter(pk=acme.pk).update(name="Acme\r\nBcc: thief@example.com")
    make_notice(acme, NEWS, {"what": "News\u2028\u0085\x1b of today"})
    message = send_due()[0]
    assert message.subject == "Acme Bcc: thief@example.com: News of today"
    wire: WireMessage = message.message()
    assert wire["Bcc"] is None
    assert message.recipients() == ["alice@acme.example"]


def test_a_long_name_makes_a_subject_that_is_kept_short(acme: Organization) -> None:
    make_notice(acme, NEWS, {"what": "x" * 500})
    message = send_due()[0]
    assert message.subject == f"Acme: {'x' * 194}…"


def test_a_mail_has_its_headers(acme: Organization, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://billing.example"
    settings.DEFAULT_FROM_EMAIL = "Tallybook <hello@billing.example>"
    make_notice(acme, NEWS)
    message = send_due()[0]
    sent = Mail.objects.get(address="alice@acme.example")
    unsubscribe = message.extra_headers["List-Unsubscribe"]
    assert unsubscribe.startswith(f"<https://billing.example/unsubscribe/{sent.public_id}:")
    assert message.extra_headers == {
        "Message-ID": f"<{sent.public_id}@billing.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "en",
        "List-Unsubscribe": unsubscribe,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert unsubscribe[1:-1] in str(message.body)
    assert unsubscribe[1:-1] in html_of(message)


def test_a_mail_asks_no_server_for_anything(acme: Organization) -> None:
    make_notice(acme, NEWS)
    html = html_of(send_due()[0])
    for remote in ("<img", "<link", "<script", "url(", "@import", "src="):
        assert remote not in html


def test_everybody_reads_their_own_language(acme: Organization, alice: User) -> None:
    alice.language = "de"
    alice.save()
    make_notice(acme, NEWS)
    to_alice, to_bob = send_due()
    assert '<html lang="de">' in html_of(to_alice)
    assert '<html lang="en">' in html_of(to_bob)
    assert list(Mail.objects.order_by("address").values_list("language", flat=True)) == ["de", "en"]


def test_the_worker_does_it_after_the_commit(
    acme: Organization, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(acme, now=timezone.now())
        assert mail.outbox == []
    assert sorted(message.to[0] for message in mail.outbox) == BOTH


def test_the_sweep_does_what_a_lost_bell_left_behind(acme: Organization) -> None:
    tell(acme, now=timezone.now())
    tasks.ring_for_due_mails()
    assert sorted(message.to[0] for message in mail.outbox) == BOTH


@pytest.mark.parametrize(("hours_ago", "count"), [(0, 1), (23, 1), (25, 0), (-1, 0)])
def test_only_news_is_mailed(acme: Organization, hours_ago: int, count: int) -> None:
    tell(acme, now=timezone.now() - timedelta(hours=hours_ago))
    assert MailNotice.objects.count() == count


def test_what_happens_by_a_test_clock_is_mailed_to_nobody(acme: Organization) -> None:
    Organization.objects.filter(pk=acme.pk).update(clock_ahead=timedelta(minutes=5))
    tell(acme, now=timezone.now())
    assert not MailNotice.objects.exists()


def test_a_type_that_is_not_mailed_makes_no_notice(acme: Organization) -> None:
    tell(acme, type="invoice.voided", now=timezone.now())
    assert not MailNotice.objects.exists()


def test_a_fact_that_is_rolled_back_is_told_to_nobody(acme: Organization) -> None:
    with transaction.atomic():
        tell(acme, now=timezone.now())
        transaction.set_rollback(True)
    assert not MailNotice.objects.exists()


def test_staff_see_kinds_in_the_order_in_which_they_were_declared() -> None:
    assert [kind.code for kind in list_kinds()] == [NEWS, SECRET_NEWS]


def test_what_a_mail_was_written_from_is_forgotten_and_that_it_left_is_not(
    acme: Organization,
) -> None:
    told = make_notice(acme, NEWS, {"what": "News"})
    send_due()
    make_mails(make_notice(acme, NEWS, {"what": "More"}, fact="fact:2"))
    later = timezone.now() + KEPT_FOR + timedelta(minutes=1)
    assert forget_old_facts(now=later - timedelta(days=1)) == 0
    assert forget_old_facts(now=later) == 1
    told.refresh_from_db()
    assert told.data == {}
    assert Mail.objects.filter(notice=told, sent_at=NOON, subject="Acme: News").count() == 2
    assert forget_old_facts(now=later) == 0
