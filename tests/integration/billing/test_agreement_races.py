"""Agreements under concurrency: each thread has a connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connections

from accounts.models import AuditEntry, Organization
from billing.agreements.errors import AgreementEnded, AgreementExists
from billing.agreements.operations import bring_current, cancel_agreement
from billing.models import Agreement
from metering.models import CreditGrant, UsagePeriod
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import STAFF, make_article_catalog

OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
THREADS = 6


@pytest.fixture
def acme(transactional_db: None) -> Organization:
    """An organization that everybody wants something of at once."""
    make_article_catalog()
    return make_organization()


def at_once(deed: Callable[[], object]) -> Counter[str]:
    """Do the same thing in all threads together, and count how it ended."""
    start = Barrier(THREADS)

    def attempt(_number: int) -> str:
        try:
            start.wait()
            deed()
        except (AgreementExists, AgreementEnded) as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(threads.map(attempt, range(THREADS)))


def test_of_many_subscriptions_one_succeeds(acme: Organization) -> None:
    ends = at_once(lambda: make_agreement(acme))
    assert ends == {"done": 1, "AgreementExists": THREADS - 1}
    assert Agreement.objects.count() == UsagePeriod.objects.count() == 1
    assert CreditGrant.objects.count() == 1


def test_a_period_is_opened_once_whoever_notices(acme: Organization) -> None:
    make_agreement(acme)
    assert at_once(lambda: bring_current(organization=acme, now=OCTOBER)) == {"done": THREADS}
    assert UsagePeriod.objects.count() == CreditGrant.objects.count() == 2
    assert AuditEntry.objects.filter(action="agreement.period_advanced").count() == 1


def test_an_agreement_is_canceled_once(acme: Organization) -> None:
    agreement = make_agreement(acme)
    ends = at_once(
        lambda: cancel_agreement(
            agreement=agreement, actor=STAFF, reason="", now=agreement.current_period_start
        )
    )
    assert ends == {"done": 1, "AgreementEnded": THREADS - 1}
    assert Agreement.objects.get().ended_at == SUBSCRIBED + timedelta(microseconds=1)
    assert AuditEntry.objects.filter(action="agreement.canceled").count() == 1
