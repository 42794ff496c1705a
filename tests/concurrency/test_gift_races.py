"""Giving by hand under concurrency: each race is first shown to exist, then to be closed."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connections

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, Organization, WebhookEvent
from billing.choices import MoneyCreditCause
from billing.manual_credits.errors import AlreadyDecided
from billing.manual_credits.operations import CreditsWish, approve, decline, give_by_hand
from billing.models import ManualCredit, MoneyCredit
from billing.money_credits.operations import MoneyCreditOrder, grant_money_credit
from config.kernel.money import Money
from metering.choices import GrantCategory
from metering.models import CreditGrant
from tests.factories.accounts import make_organization, make_person
from tests.factories.agreements import SUBSCRIBED as NOW
from tests.factories.catalog import STAFF, make_article_catalog

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 12
GIVING = "billing.manual_credits.operations"
GRANTING = "billing.money_credits.operations"
WISH = CreditsWish(
    request="r1",
    feature="ai_credits",
    category=GrantCategory.PROMOTION,
    amount=Decimal(600),
    reason="For the outage",
)
ORDER = MoneyCreditOrder(
    amount=Money(2_900, "USD"),
    cause=MoneyCreditCause.GUARANTEE,
    source="september",
    reason="You pay no more than before.",
)


@pytest.fixture
def acme() -> Organization:
    make_article_catalog()
    return make_organization()


@pytest.fixture
def sam() -> Actor:
    """Gives."""
    return Actor.for_user(make_person("Sam", is_staff=True))


@pytest.fixture
def dana() -> Actor:
    """Decides."""
    return Actor.for_user(make_person("Dana", is_staff=True))


def at_once(*deeds: Callable[[], Any]) -> Counter[str]:
    """Do all of it together, each in a thread of its own, and count how it ended."""
    start = threading.Barrier(len(deeds), timeout=30)

    def attempt(deed: Callable[[], Any]) -> str:
        try:
            start.wait()
            deed()
        except (IntegrityError, AlreadyDecided) as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(deeds)) as threads:
        return Counter(threads.map(attempt, deeds))


def without_lock(monkeypatch: pytest.MonkeyPatch, where: str, *, meet_before: str) -> None:
    """Take the lock away from a module, and let two threads meet before the step named."""
    monkeypatch.setattr(f"{where}.lock_organization", lambda **_organization: None)
    both = threading.Barrier(2, timeout=10)
    step = getattr(import_module(where), meet_before)

    def wait_first(*args: Any, **kwargs: Any) -> Any:
        both.wait()
        return step(*args, **kwargs)

    monkeypatch.setattr(f"{where}.{meet_before}", wait_first)


def giving(acme: Organization, sam: Actor, request: str) -> Callable[[], ManualCredit]:
    wish = replace(WISH, request=request)
    return lambda: give_by_hand(organization=acme, wish=wish, actor=sam, now=NOW)


def granting(acme: Organization) -> Callable[[], MoneyCredit]:
    return lambda: grant_money_credit(organization=acme, order=ORDER, actor=STAFF, now=NOW)


def statuses() -> Counter[str]:
    return Counter(ManualCredit.objects.values_list("status", flat=True))


def test_without_the_lock_two_halves_of_too_much_are_both_given(
    acme: Organization, sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch, GIVING, meet_before="_give")
    assert at_once(giving(acme, sam, "a"), giving(acme, sam, "b")) == {"done": 2}
    assert statuses() == {"given": 2}


def test_of_many_pieces_as_many_are_given_as_one_person_gives_alone(
    acme: Organization, sam: Actor
) -> None:
    deeds = [giving(acme, sam, f"r{number}") for number in range(THREADS)]
    assert at_once(*deeds) == {"done": THREADS}
    assert statuses() == {"given": 1, "waiting": THREADS - 1}
    assert CreditGrant.objects.count() == 1


def test_one_wish_that_comes_many_times_is_given_once(acme: Organization, sam: Actor) -> None:
    assert at_once(*[giving(acme, sam, "one")] * THREADS) == {"done": THREADS}
    assert (ManualCredit.objects.count(), CreditGrant.objects.count()) == (1, 1)


def test_a_wish_is_decided_once(acme: Organization, sam: Actor, dana: Actor) -> None:
    wish = replace(WISH, amount=Decimal(1_001))
    asked = give_by_hand(organization=acme, wish=wish, actor=sam, now=NOW).public_id
    approving = [lambda: approve(credit_id=asked, actor=dana, now=NOW)] * (THREADS // 2)
    declining = [lambda: decline(credit_id=asked, note="no", actor=dana, now=NOW)] * (THREADS // 2)
    assert at_once(*approving, *declining) == {"done": 1, "AlreadyDecided": THREADS - 1}
    is_given = ManualCredit.objects.get().status == "given"
    assert CreditGrant.objects.count() == is_given
    decided = AuditEntry.objects.filter(action__startswith="manual_credit.")
    assert decided.exclude(action="manual_credit.requested").count() == 1


def test_without_the_lock_the_unique_key_stops_one_of_two_money_credits(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch, GRANTING, meet_before="check_amount")
    assert at_once(granting(acme), granting(acme)) == {"done": 1, "IntegrityError": 1}
    assert MoneyCredit.objects.count() == 1


def test_money_for_one_source_is_given_once(acme: Organization) -> None:
    assert at_once(*[granting(acme)] * THREADS) == {"done": THREADS}
    assert MoneyCredit.objects.count() == 1
    assert WebhookEvent.objects.filter(type="money_credit.granted").count() == 1
    assert AuditEntry.objects.filter(action="money_credit.granted").count() == 1
