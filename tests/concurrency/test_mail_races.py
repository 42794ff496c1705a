"""Mails under concurrency: each race is first shown to exist, then to be closed."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connections, transaction

from accounts import tasks
from accounts.mails import sending
from accounts.mails.addressing import address_mails
from accounts.mails.notices import write_notice
from accounts.mails.sending import send_mail
from accounts.models import Mail, MailNotice, Organization
from billing.mails.payments import KINDS, RECEIPT
from tests.factories.accounts import NOON, make_organization, make_person
from tests.factories.mails import make_mails, make_notice

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
FACTS = next(dict(kind.sample) for kind in KINDS if kind.code == RECEIPT)


@pytest.fixture
def acme() -> Organization:
    return make_organization(owner=make_person("Alice"))


def send_together(monkeypatch: pytest.MonkeyPatch, *, patience: float) -> None:
    """Let a mail leave once a second worker is about to send one, or has not come."""
    arrived = threading.Barrier(2)
    send = EmailMessage.send

    def send_slowly(message: EmailMessage) -> int:
        with suppress(threading.BrokenBarrierError):
            arrived.wait(timeout=patience)
        return send(message)

    monkeypatch.setattr(EmailMessage, "send", send_slowly)


def at_once(deed: Callable[[], Any], *, threads: int = THREADS) -> list[Any]:
    """Do it together, each in a thread of its own, and return what came of it."""
    start = threading.Barrier(threads, timeout=30)

    def attempt(_number: int) -> Any:
        try:
            start.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(attempt, range(threads)))


def test_without_the_claim_two_workers_send_the_same_mail(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    [to_alice] = make_mails(make_notice(acme, RECEIPT, FACTS))
    monkeypatch.setattr(sending, "_claim", lambda *_mail, **_now: True)
    send_together(monkeypatch, patience=30)
    at_once(lambda: send_mail(mail_id=to_alice.pk, now=NOON), threads=2)
    assert len(mail.outbox) == 2


def test_many_workers_send_a_mail_once(acme: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    [to_alice] = make_mails(make_notice(acme, RECEIPT, FACTS))
    send_together(monkeypatch, patience=1)
    sent = at_once(lambda: send_mail(mail_id=to_alice.pk, now=NOON))
    assert Counter(sent) == {True: 1, False: THREADS - 1}
    assert len(mail.outbox) == 1
    to_alice.refresh_from_db()
    assert (to_alice.sent_at, to_alice.attempt_count) == (NOON, 1)


def test_many_workers_address_a_notice_once(acme: Organization) -> None:
    notice = make_notice(acme, RECEIPT, FACTS)
    found = at_once(lambda: address_mails(notice_id=notice.pk, now=NOON))
    assert sorted(map(len, found)) == [0] * (THREADS - 1) + [1]
    assert Mail.objects.count() == 1


def test_a_fact_that_many_write_down_is_one_notice(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.address_mails, "delay", lambda **_notice: None)

    @transaction.atomic
    def write() -> int | None:
        return write_notice(
            organization_id=acme.pk, kind=RECEIPT, fact="inv_1", data=FACTS, now=NOON
        )

    written = at_once(write)
    assert written.count(None) == THREADS - 1
    assert MailNotice.objects.count() == 1
