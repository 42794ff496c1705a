"""Top-ups under concurrency: each race is first shown to exist, then to be closed."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from accounts.models import AuditEntry, Organization, WebhookEvent
from billing.models import TopUp
from billing.top_ups.errors import OrderWaiting, TopUpEnded
from billing.top_ups.operations import (
    cancel_top_up,
    confirm_top_up,
    fail_top_up,
    order_due_top_ups,
)
from billing.top_ups.state import ask_for_automatic_top_ups
from billing.usage.operations import report_usage
from metering.ledger.audit import find_violations
from metering.models import CreditGrant, Meter
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, make_article_catalog
from tests.factories.metering import report
from tests.factories.top_ups import NOON, make_pack, movement, order, set_automatic

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20
REFUSALS = (IntegrityError, OrderWaiting, TopUpEnded)


@pytest.fixture
def acme() -> Organization:
    """On Professional; 500 credits cost $55.00."""
    catalog = make_article_catalog()
    make_pack(catalog.credits)
    organization = make_organization()
    make_agreement(organization)
    return organization


def at_once(*deeds: Callable[[], Any]) -> Counter[str]:
    """Do all of it together, each in a thread of its own, and count how it ended."""
    start = threading.Barrier(len(deeds), timeout=30)

    def attempt(deed: Callable[[], Any]) -> str:
        try:
            start.wait()
            deed()
        except REFUSALS as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(deeds)) as threads:
        return Counter(threads.map(attempt, deeds))


def confirming(top_up: TopUp, reference: str = "wire") -> Callable[[], TopUp]:
    return lambda: confirm_top_up(top_up=top_up, payment_reference=reference, actor=STAFF, now=NOON)


def without_lock(monkeypatch: pytest.MonkeyPatch, where: str, *, meet_before: str) -> None:
    """Take the lock away from a module, and let two threads meet before the step named."""
    monkeypatch.setattr(f"{where}.lock_organization", lambda **_organization: None)
    both = threading.Barrier(2, timeout=10)
    step = getattr(import_module(where), meet_before)

    def wait_first(*args: Any, **kwargs: Any) -> Any:
        both.wait()
        return step(*args, **kwargs)

    monkeypatch.setattr(f"{where}.{meet_before}", wait_first)


def test_without_the_lock_two_confirmations_both_grant_and_the_unique_key_stops_one(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order(acme)
    ending = "billing.top_ups.operations.ending"
    without_lock(monkeypatch, ending, meet_before="_grant")
    ends = at_once(confirming(ordered), confirming(ordered))
    assert ends == {"done": 1, "IntegrityError": 1}
    assert CreditGrant.objects.filter(category="purchase").count() == 1


def test_twenty_confirmations_of_one_payment_grant_once(acme: Organization) -> None:
    ordered = order(acme)
    assert at_once(*[confirming(ordered)] * THREADS) == {"done": THREADS}
    assert CreditGrant.objects.filter(category="purchase").count() == 1
    assert AuditEntry.objects.filter(action="top_up.paid").count() == 1
    assert WebhookEvent.objects.filter(type="top_up.paid").count() == 1
    assert list(find_violations()) == []


def test_of_twenty_payments_one_is_taken(acme: Organization) -> None:
    ordered = order(acme)
    ends = at_once(*[confirming(ordered, f"wire {number}") for number in range(THREADS)])
    assert ends == {"done": 1, "TopUpEnded": THREADS - 1}
    assert CreditGrant.objects.filter(category="purchase").count() == 1


def test_paid_failed_and_canceled_at_once_an_order_ends_in_one_way(acme: Organization) -> None:
    ordered = order(acme)
    ends = at_once(
        confirming(ordered),
        lambda: fail_top_up(top_up=ordered, reason="", actor=STAFF, now=NOON),
        lambda: cancel_top_up(top_up=ordered, actor=STAFF, now=NOON),
    )
    assert ends == {"done": 1, "TopUpEnded": 2}
    is_paid = TopUp.objects.get().status == "paid"
    assert CreditGrant.objects.filter(category="purchase").count() == is_paid


def test_without_the_lock_a_double_click_orders_twice(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering = "billing.top_ups.operations.ordering"
    without_lock(monkeypatch, ordering, meet_before="place")
    assert at_once(lambda: order(acme), lambda: order(acme)) == {"done": 2}
    assert TopUp.objects.count() == 2


def test_many_clicks_order_once(acme: Organization) -> None:
    ends = at_once(*[lambda: order(acme)] * THREADS)
    assert ends == {"done": 1, "OrderWaiting": THREADS - 1}
    assert TopUp.objects.count() == 1


def test_without_the_lock_two_reports_both_find_the_top_up_due_and_the_unique_key_stops_one(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_automatic(acme, threshold=5_000, target=5_000)
    low = movement(Meter.objects.get(code="ai_credits"), 0)
    both_have_read = threading.Barrier(2, timeout=10)

    def order_unlocked() -> None:
        with transaction.atomic():
            asked = ask_for_automatic_top_ups(organization_id=acme.pk)
            assert asked.by_meter
            both_have_read.wait()
            order_due_top_ups(organization_id=acme.pk, movements=[low], automatic=asked, at=NOON)

    assert at_once(order_unlocked, order_unlocked) == {"done": 1, "IntegrityError": 1}


def test_many_reports_at_once_make_one_automatic_order(acme: Organization) -> None:
    set_automatic(acme, threshold=4_999, target=5_000)

    def use(number: int) -> Callable[[], Any]:
        return lambda: report_usage(
            organization_id=acme.pk,
            reports=[report(f"e{number}", 10)],
            api_key_id=None,
            received_at=NOON,
        )

    assert at_once(*[use(number) for number in range(THREADS)]) == {"done": THREADS}
    assert TopUp.objects.get().trigger == "automatic"
    assert list(find_violations()) == []


def test_use_and_payment_in_turn_never_pass_the_limit(acme: Organization) -> None:
    """Three packs fit into $165.00, however many report and confirm at the same time."""
    set_automatic(acme, threshold=5_000, target=5_000, limit_minor=16_500)

    def use_and_pay(number: int) -> Callable[[], Any]:
        def deed() -> None:
            report_usage(
                organization_id=acme.pk,
                reports=[report(f"e{number}", 1_000)],
                api_key_id=None,
                received_at=NOON,
            )
            for top_up in TopUp.objects.filter(status="pending"):
                confirm_top_up(top_up=top_up, payment_reference="wire", actor=STAFF, now=NOON)

        return deed

    at_once(*[use_and_pay(number) for number in range(THREADS)])
    assert sum(TopUp.objects.values_list("amount_minor", flat=True)) <= 16_500
    for number in range(THREADS, THREADS + 3):
        use_and_pay(number)()
    orders = list(TopUp.objects.filter(organization=acme))
    assert sum(top_up.amount_minor for top_up in orders) == 16_500
    assert {top_up.status for top_up in orders} == {"paid"}
    assert CreditGrant.objects.filter(category="purchase").count() == len(orders)
    assert list(find_violations()) == []
