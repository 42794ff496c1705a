"""Limits under many reports at once: each race is first shown to exist, then to be closed."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import connection, connections, transaction

from accounts.models import Organization, WebhookEvent
from billing.catalog.queries import get_plan_version_terms
from billing.choices import CapAction
from billing.limits import bounds
from billing.limits.notes import note_movements
from billing.limits.operations import set_spend_cap
from billing.limits.terms import NO_LIMITS
from billing.models import Agreement, LimitCrossing
from billing.usage.operations import hold_usage, report_usage
from billing.usage.queries import list_feature_balances
from config.kernel.money import Money
from config.kernel.periods import boundary
from metering.operations import HoldRefused
from metering.usage.reports import HoldRequest, Movement, Receipt
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_article_catalog,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import report

NOON = SUBSCRIBED + timedelta(hours=4)
MANY = 20

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def catalog() -> ArticleCatalog:
    return make_article_catalog()


@pytest.fixture
def acme(catalog: ArticleCatalog) -> Organization:
    return Organization.objects.create(name="Acme", currency="USD")


@pytest.fixture
def agreement(acme: Organization) -> Agreement:
    """1,000 credits a month, and 15 cents for each further one."""
    return make_agreement(acme, "starter")


@pytest.fixture
def without_the_key() -> Iterator[None]:
    """The history as it would be if nothing kept it from saying a thing twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE billing_limitcrossing DROP CONSTRAINT limit_crossing_once_per_period"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE billing_limitcrossing")
        cursor.execute(
            "ALTER TABLE billing_limitcrossing ADD CONSTRAINT limit_crossing_once_per_period"
            ' UNIQUE NULLS NOT DISTINCT (organization_id, feature_id, period_starts_at, "limit")'
        )


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Run the calls in threads of their own; none of them may fail."""

    def run(call: Callable[[], T]) -> T:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def use(
    organization: Organization,
    event_id: str,
    credits: int,
    meter: str = "ai_credits",
    **fields: Any,
) -> Receipt:
    [receipt] = report_usage(
        organization_id=organization.pk,
        reports=[report(event_id, credits, meter=meter, **fields)],
        api_key_id=None,
        received_at=NOON,
    )
    return receipt


def cap_at(organization: Organization, minor: int) -> None:
    set_spend_cap(
        organization=organization,
        amount_minor=minor,
        action=CapAction.STOP,
        actor=STAFF,
        now=NOON,
    )


def spent(organization: Organization) -> Money:
    balances = list_feature_balances(organization=organization, now=NOON)
    amounts = (one.overage_amount for one in balances if one.overage_amount is not None)
    return sum(amounts, Money(0, "USD"))


def see_eighty_percent(agreement: Agreement, everybody_has_read: threading.Barrier) -> int:
    """Tell of 80 percent as one who has no lock and believes to be the first."""
    terms = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    feature = terms.metered[0]
    assert feature.meter_id is not None
    crossing_eighty = Movement(
        meter_id=feature.meter_id,
        period_starts_at=SUBSCRIBED,
        period_ends_at=boundary(SUBSCRIBED, months=1),
        allowance=Decimal(1_000),
        used_before=Decimal(790),
        used_after=Decimal(810),
        overage_before=Decimal(0),
        overage_after=Decimal(0),
        remaining=Decimal(190),
    )
    with transaction.atomic():
        everybody_has_read.wait()
        new = note_movements(
            organization_id=agreement.organization_id,
            terms=terms,
            currency="USD",
            limits=NO_LIMITS,
            movements=[crossing_eighty],
            at=NOON,
        )
    return len(new)


@pytest.mark.usefixtures("without_the_key")
def test_without_lock_and_key_everybody_writes_it_down(agreement: Agreement) -> None:
    """The outbox has a key of its own, so even then it is announced once."""
    ready = threading.Barrier(4, timeout=10)
    new = at_once(*[lambda: see_eighty_percent(agreement, ready)] * 4)
    assert new == [1, 1, 1, 1]
    assert LimitCrossing.objects.count() == 4
    assert WebhookEvent.objects.filter(type="usage.threshold_crossed").count() == 1


def test_with_the_key_alone_one_of_them_does(agreement: Agreement) -> None:
    ready = threading.Barrier(4, timeout=10)
    new = at_once(*[lambda: see_eighty_percent(agreement, ready)] * 4)
    assert sorted(new) == [0, 0, 0, 1]
    assert LimitCrossing.objects.count() == 1
    assert WebhookEvent.objects.filter(type="usage.threshold_crossed").count() == 1


def test_reports_that_cross_a_level_together_tell_of_it_once(
    acme: Organization, agreement: Agreement
) -> None:
    use(acme, "begins", 700)
    at_once(*[partial(use, acme, f"evt_{number}", 10) for number in range(MANY)])
    told = Counter(LimitCrossing.objects.values_list("limit", flat=True))
    assert told == {"percent:50@1000": 1, "percent:80@1000": 1}
    assert WebhookEvent.objects.filter(type="usage.threshold_crossed").count() == 2


def test_without_the_lock_two_reports_spend_the_same_of_a_cap(
    acme: Organization, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(acme, "all-that-is-included", 1_000)
    use(acme, "overage-has-begun", 1)
    cap_at(acme, 15_00)
    both_have_read = threading.Barrier(2, timeout=10)

    def read_and_wait(**situation: Any) -> Any:
        found = bounds.bounds_of(**situation)
        both_have_read.wait()
        return found

    monkeypatch.setattr("billing.usage.operations.lock_organization", lambda **_: None)
    monkeypatch.setattr("billing.usage.operations.bounds_of", read_and_wait)
    receipts = at_once(
        lambda: use(acme, "a", 90, enforce=True), lambda: use(acme, "b", 90, enforce=True)
    )
    assert [receipt.outcome for receipt in receipts] == ["accepted", "accepted"]
    assert spent(acme) == Money(27_15, "USD")


def test_with_the_lock_a_cap_is_spent_to_the_cent_and_never_passed(
    acme: Organization, agreement: Agreement
) -> None:
    use(acme, "all-that-is-included", 1_000)
    cap_at(acme, 15_00)
    receipts = at_once(
        *[partial(use, acme, f"evt_{number}", 10, enforce=True) for number in range(MANY)]
    )
    outcomes = Counter((str(receipt.outcome), str(receipt.reason)) for receipt in receipts)
    assert outcomes == {("accepted", ""): 10, ("rejected", "spend_cap_reached"): MANY - 10}
    assert spent(acme) == Money(15_00, "USD")
    assert LimitCrossing.objects.filter(limit="spend_cap:1500").count() == 1
    assert WebhookEvent.objects.filter(type="spend_cap.reached").count() == 1


def test_features_that_share_a_cap_never_pass_it_together(
    acme: Organization, catalog: ArticleCatalog
) -> None:
    """Credits at 50 cents and documents at a dollar: $10 in whatever mixture comes first."""
    make_version(
        make_plan(catalog.current, "both"),
        metered(catalog.credits, 0, overage="0.50"),
        metered(catalog.documents, 0, overage="1"),
        prices=(fixed("9"),),
    )
    make_agreement(acme, "both")
    cap_at(acme, 10_00)

    def send_batch(number: int) -> list[Receipt]:
        return report_usage(
            organization_id=acme.pk,
            reports=[
                report(f"credits_{number}", 2, enforce=True),
                report(f"documents_{number}", 1, meter="documents", enforce=True),
            ],
            api_key_id=None,
            received_at=NOON,
        )

    answers = at_once(*[partial(send_batch, number) for number in range(MANY)])
    outcomes = Counter(str(receipt.outcome) for receipts in answers for receipt in receipts)
    assert outcomes == {"accepted": 10, "rejected": 2 * MANY - 10}
    assert spent(acme) == Money(10_00, "USD")


def test_holds_never_promise_more_than_a_cap_has_left(
    acme: Organization, agreement: Agreement
) -> None:
    use(acme, "all-that-is-included", 1_000)
    cap_at(acme, 15_00)

    def hold(number: int) -> bool:
        try:
            hold_usage(
                organization_id=acme.pk,
                request=HoldRequest(
                    key=f"hold_{number}",
                    quantity=Decimal(20),
                    body_sha256=b"1",
                    lasts=timedelta(hours=1),
                    meter="ai_credits",
                ),
                api_key_id=None,
                received_at=NOON,
            )
        except HoldRefused:
            return False
        return True

    held = at_once(*[partial(hold, number) for number in range(8)])
    assert sum(held) == 5
