"""Usage that is taken back after its month was settled: what the customer is owed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organization
from billing.models import Settlement
from billing.settlements.operations import close_due_periods
from billing.settlements.queries import list_covered_events, list_ready_to_invoice
from billing.usage.operations import reverse_usage
from metering.ledger.audit import find_violations
from metering.operations import AlreadyReversed
from metering.queries import get_balance
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import ArticleCatalog, fixed, make_plan, make_version, metered
from tests.factories.pricing import volume

DAY = timedelta(days=1)
OCTOBER = SUBSCRIBED.replace(month=10)
SETTLED = OCTOBER + timedelta(hours=1)
LATER = OCTOBER + DAY


def take_back(organization: Organization, event_id: str) -> Settlement | None:
    reverse_usage(organization_id=organization.pk, event_id=event_id, reason="", now=LATER)
    return Settlement.objects.owned_by(organization).filter(event_key=event_id).first()


def figures(row: Settlement | None) -> tuple[Any, ...]:
    assert row is not None
    return row.used_credits, row.overage_credits, row.amount_minor


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


def test_overage_that_is_taken_back_is_owed(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "starter")
    use(acme, "first", 1_000, at=SUBSCRIBED + DAY)
    use(acme, "second", 800, at=SUBSCRIBED + 2 * DAY)
    close_due_periods(now=SETTLED)
    correction = take_back(acme, "second")
    assert figures(correction) == (-800, -800, -12_000)
    assert correction is not None
    assert (correction.kind, correction.agreement) == ("correction", agreement)
    assert (correction.starts_at, correction.ends_at) == (SUBSCRIBED, OCTOBER)
    assert correction.settled_at == LATER
    assert [row.amount.minor for row in list_ready_to_invoice(organization=acme)] == [
        12_000,
        -12_000,
    ]


def test_credits_that_come_back_pay_for_overage_of_the_same_month(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "starter")
    use(acme, "first", 1_000, at=SUBSCRIBED + DAY)
    use(acme, "second", 800, at=SUBSCRIBED + 2 * DAY)
    close_due_periods(now=SETTLED)
    assert figures(take_back(acme, "first")) == (-1_000, -800, -12_000)
    balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=LATER)
    assert balance.remaining == 1_000


def test_a_correction_without_money_is_written_down_all_the_same(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "starter")
    use(acme, "evt_1", 300, at=SUBSCRIBED + DAY)
    close_due_periods(now=SETTLED)
    assert figures(take_back(acme, "evt_1")) == (-300, 0, 0)
    assert list_ready_to_invoice(organization=acme) == []


def test_in_an_open_month_nothing_is_owed(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter")
    use(acme, "first", 1_000, at=LATER - timedelta(minutes=1))
    use(acme, "second", 800, at=LATER)
    assert take_back(acme, "second") is None
    close_due_periods(now=OCTOBER.replace(month=11) + timedelta(hours=1))
    [september, october] = Settlement.objects.order_by("pk")
    assert (figures(september), figures(october)) == ((0, 0, 0), (1_000, 0, 0))


def test_an_event_is_corrected_once(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter")
    use(acme, "evt_1", 1_300, at=SUBSCRIBED + DAY)
    close_due_periods(now=SETTLED)
    correction = take_back(acme, "evt_1")
    with pytest.raises(AlreadyReversed):
        take_back(acme, "evt_1")
    assert correction is not None
    correction.pk, correction.public_id = None, ""
    with (
        pytest.raises(IntegrityError, match="settlement_one_correction_per_event"),
        transaction.atomic(),
    ):
        correction.save(force_insert=True)


def test_several_corrections_add_up_to_one(
    catalog: ArticleCatalog, acme: Organization, globex: Organization
) -> None:
    """A third of a cent each: rounded once for what is left, never once for each correction."""
    plan = make_plan(catalog.current, "fine")
    make_version(plan, metered(catalog.credits, 0, overage="0.003333"), prices=(fixed("1"),))
    for organization, parts in ((acme, [1] * 10), (globex, [10])):
        make_agreement(organization, "fine")
        for number, quantity in enumerate([*parts, 5]):
            use(organization, f"evt_{number}", quantity, at=SUBSCRIBED + DAY)
    close_due_periods(now=SETTLED)
    for number in range(10):
        take_back(acme, f"evt_{number}")
    take_back(globex, "evt_0")
    for organization in (acme, globex):
        rows = Settlement.objects.owned_by(organization)
        assert sum(row.amount_minor for row in rows) == 2
        assert sum(row.used_credits for row in rows) == 5


def test_a_lower_volume_at_a_higher_price_is_never_charged_afterwards(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    plan = make_plan(catalog.current, "bulk")
    make_version(
        plan,
        metered(catalog.credits, 0, overage=volume((1_000, "0.10"), (None, "0.05"))),
        prices=(fixed("1"),),
    )
    make_agreement(acme, "bulk")
    for number, quantity in enumerate((100, 600, 401)):
        use(acme, f"evt_{number}", quantity, at=SUBSCRIBED + DAY)
    close_due_periods(now=SETTLED)
    assert Settlement.objects.get().amount_minor == 5_505
    assert figures(take_back(acme, "evt_0")) == (-100, -100, -500)
    assert figures(take_back(acme, "evt_1")) == (-600, -600, 4_010 - 5_005)


def test_unlimited_usage_that_is_taken_back_has_no_overage(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "per_seat")
    use(acme, "evt_1", 300, at=SUBSCRIBED + DAY, meter="documents")
    close_due_periods(now=SETTLED)
    assert figures(take_back(acme, "evt_1")) == (-300, 0, 0)


def test_a_correction_covers_the_event_and_the_period_marks_it(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "starter")
    for event_id in ("kept", "gone"):
        use(acme, event_id, 600, at=SUBSCRIBED + DAY)
    close_due_periods(now=SETTLED)
    correction = take_back(acme, "gone")
    assert correction is not None
    [event] = list_covered_events(settlement=correction, limit=10)
    assert (event.event_id, event.credits, event.reversed_at) == ("gone", 600, LATER)
    period = Settlement.objects.get(kind="period")
    covered = list_covered_events(settlement=period, limit=10)
    assert [(item.event_id, item.reversed_at) for item in covered] == [
        ("kept", None),
        ("gone", LATER),
    ]
