"""Two sweeps keep the same guarantee: without the lock the database stops one, with it neither."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections

from accounts.models import Organization
from billing.models import Guarantee, GuaranteeClaim, MoneyCredit
from billing.repricing.guarantees import keeping
from billing.repricing.guarantees.endings import find_early_end
from billing.repricing.guarantees.keeping import keep_all_guarantees
from tests.factories.accounts import make_organization
from tests.factories.agreements import settle, use
from tests.factories.catalog import make_article_catalog
from tests.factories.guarantees import (
    HOUR,
    MOVED,
    make_guarantee,
    make_legacy_plan,
    make_plain_plan,
    month_start,
)

SWEEPS = 2
DUE = month_start(2) + HOUR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Organization:
    """Its first month on the new prices cost $60 more, and is settled but not compared."""
    catalog = make_article_catalog()
    make_legacy_plan(catalog)
    make_plain_plan(catalog)
    organization = make_organization("Acme")
    make_guarantee(organization, "plain")
    use(organization, "month-1", 210, at=MOVED + HOUR)
    settle(organization, at=DUE)
    return organization


def sweep_at_once() -> list[Any]:
    """Keep the guarantees in threads together; return what each returned or raised."""
    start = Barrier(SWEEPS)

    def attempt(_number: int) -> Any:
        try:
            start.wait()
            return keep_all_guarantees(now=DUE)
        except Exception as failure:
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(SWEEPS) as threads:
        return list(threads.map(attempt, range(SWEEPS)))


def test_without_the_lock_the_database_has_to_stop_one(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read that the month is due before either compares it."""
    both_have_read = Barrier(SWEEPS, timeout=20)

    def read_and_wait(guarantee: Guarantee, *, now: datetime) -> Any:
        found = find_early_end(guarantee, now=now)
        list(guarantee.claims.all())
        both_have_read.wait()
        return found

    monkeypatch.setattr(keeping, "lock_organization", lambda **_organization: None)
    monkeypatch.setattr(keeping, "find_early_end", read_and_wait)
    failures = [found for found in sweep_at_once() if isinstance(found, ExceptionGroup)]
    [stopped] = [failure for group in failures for failure in group.exceptions]
    assert isinstance(stopped, IntegrityError)
    assert given_back(acme) == [60_00]


def test_with_it_a_month_is_compared_and_given_back_once(acme: Organization) -> None:
    assert sorted(sweep_at_once()) == [0, 1]
    assert given_back(acme) == [60_00]
    assert GuaranteeClaim.objects.count() == 1


def given_back(organization: Organization) -> list[int]:
    credits = MoneyCredit.objects.owned_by(organization)
    return list(credits.values_list("amount_minor", flat=True))
