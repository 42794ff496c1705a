"""Automatic top-up: what is set, and what is ordered without being asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Organization, WebhookEvent
from accounts.organizations.locking import lock_organization
from billing.agreements.operations import bring_current
from billing.agreements.payments import mark_paid, mark_past_due
from billing.models import Agreement, AutomaticTopUp, CreditPack, TopUp
from billing.top_ups.errors import AutomaticTopUpNotFound, NothingToTopUp, PackNotOffered
from billing.top_ups.operations import (
    cancel_top_up,
    confirm_top_up,
    fail_top_up,
    order_due_top_ups,
    remove_automatic_top_up,
    update_pack,
    withdraw_pack,
)
from billing.top_ups.queries import (
    Obstacle,
    find_automatic_top_up,
    find_last_automatic,
)
from billing.top_ups.state import ask_for_automatic_top_ups
from config.kernel.errors import Invalid
from config.kernel.money import Money
from metering.usage.reports import Movement
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.top_ups import NOON, make_pack, movement, order, pack_details, set_automatic

NEXT_PERIOD = datetime.fromisoformat("2026-10-10T08:00:00+00:00")

Consume = Callable[..., list[TopUp]]


@pytest.fixture
def consume(catalog: ArticleCatalog, acme: Organization) -> Consume:
    """What usage does once it has left so much of the balance."""

    def consume(
        left: int | str | None,
        *,
        period: datetime = SUBSCRIBED,
        at: datetime = NOON,
        organization: Organization = acme,
    ) -> list[TopUp]:
        return order_due(organization, movement(catalog.meter, left, period=period), at=at)

    return consume


def order_due(organization: Organization, *movements: Movement, at: datetime = NOON) -> list[TopUp]:
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return order_due_top_ups(
            organization_id=organization.pk,
            movements=movements,
            automatic=ask_for_automatic_top_ups(organization_id=organization.pk),
            at=at,
        )


def pay(top_up: TopUp) -> TopUp:
    return confirm_top_up(top_up=top_up, payment_reference="wire", actor=STAFF, now=NOON)


def view(organization: Organization, *, period: datetime = SUBSCRIBED) -> Any:
    return find_automatic_top_up(
        organization=organization, feature="ai_credits", period_starts_at=period
    )


@pytest.fixture(autouse=True)
def on_professional(agreement: Agreement, small: CreditPack) -> None:
    """Every test has the agreement and the pack of 500 for $55.00."""


class TestDue:
    def test_ac_045_a_balance_of_18_is_topped_up_to_50_with_32(
        self, catalog: ArticleCatalog, acme: Organization, consume: Consume
    ) -> None:
        make_pack(catalog.credits, "one", credits=1, prices={"USD": 10})
        set_automatic(acme, "one", threshold=20, target=50)
        [ordered] = consume(18)
        assert (ordered.credits, ordered.amount_minor) == (32, 320)
        assert (ordered.trigger, ordered.status) == ("automatic", "pending")
        assert ordered.period_starts_at == SUBSCRIBED

    def test_nothing_is_ordered_at_the_threshold(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        assert consume(1_000) == []
        assert len(consume("999.999999")) == 1

    def test_nothing_is_ordered_where_usage_is_unlimited(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        assert consume(None) == []

    def test_one_order_at_a_time_waits(self, acme: Organization, consume: Consume) -> None:
        set_automatic(acme)
        [ordered] = consume(900)
        assert consume(0) == []
        pay(ordered)
        [second] = consume(0)
        assert second.pack_count == 4

    def test_two_periods_of_a_meter_in_one_batch_make_one_order(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        set_automatic(acme)
        [ordered] = order_due(
            acme, movement(catalog.meter, 10, period=NEXT_PERIOD), movement(catalog.meter, 10)
        )
        assert ordered.period_starts_at == NEXT_PERIOD

    def test_usage_of_a_period_that_has_ended_orders_nothing(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        assert consume(10, at=NEXT_PERIOD) == []
        [ordered] = consume(10, at=NEXT_PERIOD - timedelta(microseconds=1))
        assert ordered.period_starts_at == SUBSCRIBED

    def test_a_report_within_the_grace_of_a_month_orders_nothing_as_the_next_one_is_full(
        self, acme: Organization
    ) -> None:
        set_automatic(acme)
        minute = timedelta(minutes=1)
        use(acme, "evt_1", 3_999, at=SUBSCRIBED + timedelta(days=1))
        bring_current(organization=acme, now=NEXT_PERIOD + minute)
        late = use(
            acme, "evt_2", 500, at=NEXT_PERIOD + 10 * minute, occurred_at=NEXT_PERIOD - minute
        )
        assert (late.outcome, late.credits) == ("accepted", 500)
        assert not TopUp.objects.exists()
        use(acme, "evt_3", 4_001, at=NEXT_PERIOD + 20 * minute)
        [ordered] = TopUp.objects.all()
        assert (ordered.pack_count, ordered.period_starts_at) == (3, NEXT_PERIOD)

    def test_it_is_the_systems_order_and_is_told_as_automatic(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        [ordered] = consume(0)
        entry = AuditEntry.objects.get(action="top_up.ordered")
        assert (entry.actor, entry.target) == ("system", ordered.public_id)
        assert WebhookEvent.objects.get(type="top_up.ordered").data["trigger"] == "automatic"

    def test_another_organization_orders_nothing(
        self, acme: Organization, globex: Organization, consume: Consume
    ) -> None:
        make_agreement(globex, "professional")
        set_automatic(acme)
        assert consume(0, organization=globex) == []

    def test_a_persons_order_does_not_stand_in_for_it(
        self, acme: Organization, consume: Consume
    ) -> None:
        order(acme)
        set_automatic(acme)
        assert len(consume(0)) == 1

    @pytest.mark.parametrize(("is_set", "left"), [(False, 0), (True, 1_000), (True, None)])
    def test_while_nothing_is_due_one_statement_is_all(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        *,
        is_set: bool,
        left: int | None,
    ) -> None:
        if is_set:
            set_automatic(acme)
        with transaction.atomic():
            asked = ask_for_automatic_top_ups(organization_id=acme.pk)
            with CaptureQueriesContext(connection) as queries:
                order_due_top_ups(
                    organization_id=acme.pk,
                    movements=[movement(catalog.meter, left)],
                    automatic=asked,
                    at=NOON,
                )
        assert len(queries) == 0


class TestLimit:
    def test_the_limit_of_a_period_is_never_passed(
        self, acme: Organization, consume: Consume
    ) -> None:
        """Seven packs fit into $400.00: four to the target, then three, then none."""
        set_automatic(acme, limit_minor=40_000)
        counts = []
        for _ in range(4):
            for ordered in consume(0):
                counts.append(ordered.pack_count)
                pay(ordered)
        assert counts == [4, 3]

    def test_the_next_period_has_the_whole_limit_again(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme, limit_minor=22_000)
        [first] = consume(0)
        pay(first)
        assert consume(0) == []
        [second] = consume(0, period=NEXT_PERIOD)
        assert (second.pack_count, second.period_starts_at) == (4, NEXT_PERIOD)

    def test_usage_of_an_earlier_period_counts_in_the_newest(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme, limit_minor=22_000)
        [ordered] = consume(0, period=NEXT_PERIOD)
        pay(ordered)
        assert consume(0, period=SUBSCRIBED) == []

    def test_what_people_order_does_not_count(self, acme: Organization, consume: Consume) -> None:
        set_automatic(acme, limit_minor=22_000)
        pay(order(acme, count=10))
        [ordered] = consume(0)
        assert ordered.pack_count == 4

    def test_a_dearer_pack_fits_less_often(
        self, catalog: ArticleCatalog, acme: Organization, small: CreditPack, consume: Consume
    ) -> None:
        set_automatic(acme, limit_minor=22_000)
        dearer = pack_details(catalog.credits, prices={"USD": 11_001})
        update_pack(pack=small, details=dearer, actor=STAFF, now=NOON)
        [ordered] = consume(0)
        assert (ordered.pack_count, ordered.amount_minor) == (1, 11_001)


class TestNotPaid:
    @pytest.mark.parametrize(
        ("end", "status"),
        [
            (lambda top_up: fail_top_up(top_up=top_up, reason="", actor=STAFF, now=NOON), "failed"),
            (lambda top_up: cancel_top_up(top_up=top_up, actor=STAFF, now=NOON), "canceled"),
        ],
    )
    def test_it_is_switched_off_and_the_reason_stays_visible(
        self,
        acme: Organization,
        consume: Consume,
        end: Callable[[TopUp], TopUp],
        status: str,
    ) -> None:
        set_automatic(acme)
        [ordered] = consume(0)
        end(ordered)
        assert consume(0) == []
        assert not AutomaticTopUp.objects.exists()
        last = find_last_automatic(organization=acme, feature="ai_credits")
        assert last is not None
        assert (last.id, last.status) == (ordered.public_id, status)
        entry = AuditEntry.objects.get(action="automatic_top_up.removed")
        assert entry.reason == f"{ordered.public_id} was not paid: {status}"
        assert entry.changes["threshold"] == ["1000", None]

    def test_a_failed_order_of_a_person_switches_nothing_off(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        fail_top_up(top_up=order(acme), reason="", actor=STAFF, now=NOON)
        assert len(consume(0)) == 1

    def test_what_was_not_paid_does_not_count_against_the_limit(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme, limit_minor=22_000)
        [ordered] = consume(0)
        fail_top_up(top_up=ordered, reason="", actor=STAFF, now=NOON)
        set_automatic(acme, limit_minor=22_000)
        assert consume(0)[0].pack_count == 4


class TestSettings:
    def test_setting_and_changing_are_audited(self, acme: Organization) -> None:
        set_automatic(acme)
        set_automatic(acme, threshold=500)
        set_automatic(acme, threshold=500)
        first, second = AuditEntry.objects.filter(action="automatic_top_up.set").order_by("pk")
        assert first.changes == {
            "pack": [None, "small"],
            "threshold": [None, "1000"],
            "target": [None, "2000"],
            "limit_minor": [None, 100_000],
            "currency": [None, "USD"],
        }
        assert second.changes == {"threshold": ["1000", "500"]}
        assert AutomaticTopUp.objects.count() == 1

    def test_another_pack_takes_the_place_of_the_first(
        self, catalog: ArticleCatalog, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        make_pack(catalog.credits, "large", credits=2_000, prices={"USD": 20_000})
        set_automatic(acme, "large")
        [ordered] = consume(0)
        assert (ordered.pack.code, ordered.pack_count) == ("large", 1)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"threshold": 0}, "The threshold must be above 0"),
            ({"threshold": "NaN"}, "The threshold must be above 0"),
            ({"threshold": "0.0000001"}, "with at most 6 decimals"),
            ({"target": 10**11}, "The target must be above 0 and at most 10,000,000,000"),
            ({"target": 999}, "The target cannot be below the threshold."),
            ({"limit_minor": 5_499}, "The limit must allow one pack at least: $55."),
            ({"limit_minor": 10**12}, "The limit must allow one pack at least: $55."),
            ({"target": 500_001}, "more than 1,000 packs"),
        ],
    )
    def test_settings_that_could_never_work_are_refused_in_words(
        self, acme: Organization, wrong: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            set_automatic(acme, **wrong)
        assert said in refusal.value.detail
        assert not AutomaticTopUp.objects.exists()

    def test_only_what_can_be_ordered_can_be_set(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_pack(catalog.documents, "documents")
        with pytest.raises(PackNotOffered):
            set_automatic(acme, "unknown")
        with pytest.raises(NothingToTopUp):
            set_automatic(acme, "documents")

    def test_removed_is_off_and_the_waiting_order_stays(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        [ordered] = consume(0)
        remove_automatic_top_up(organization=acme, feature="ai_credits", actor=STAFF, now=NOON)
        pay(ordered)
        assert consume(0) == []
        with pytest.raises(AutomaticTopUpNotFound):
            remove_automatic_top_up(organization=acme, feature="ai_credits", actor=STAFF, now=NOON)


class TestView:
    def test_says_what_is_set_and_ordered(self, acme: Organization, consume: Consume) -> None:
        assert view(acme) is None
        set_automatic(acme)
        pay(consume(0)[0])
        shown = view(acme)
        assert (shown.pack_code, shown.threshold, shown.target) == ("small", 1_000, 2_000)
        assert (shown.limit, shown.ordered) == (Money(100_000, "USD"), Money(22_000, "USD"))
        assert shown.obstacle is None
        assert view(acme, period=NEXT_PERIOD).ordered == Money(0, "USD")

    def test_says_what_is_in_the_way_and_nothing_is_ordered_then(
        self, acme: Organization, small: CreditPack, consume: Consume
    ) -> None:
        set_automatic(acme, limit_minor=22_000)
        [ordered] = consume(0)
        assert view(acme).obstacle == Obstacle.ORDER_WAITING
        pay(ordered)
        assert view(acme).obstacle == Obstacle.LIMIT_REACHED
        assert view(acme, period=NEXT_PERIOD).obstacle is None
        withdraw_pack(pack=small, actor=STAFF, now=NOON)
        assert view(acme).obstacle == Obstacle.PACK_NOT_OFFERED
        assert consume(0, period=NEXT_PERIOD) == []

    def test_while_a_payment_is_overdue_nothing_is_ordered(
        self, acme: Organization, agreement: Agreement, consume: Consume
    ) -> None:
        set_automatic(acme)
        mark_past_due(agreement=agreement, actor=STAFF, now=NOON)
        assert view(acme).obstacle == Obstacle.PAYMENT_OVERDUE
        assert consume(0) == []
        mark_paid(agreement=agreement, actor=STAFF, now=NOON)
        assert view(acme).obstacle is None
        [ordered] = consume(0)
        assert ordered.pack_count == 4

    def test_a_plan_in_another_currency_orders_nothing(
        self, acme: Organization, consume: Consume
    ) -> None:
        set_automatic(acme)
        AutomaticTopUp.objects.update(currency="EUR")
        assert view(acme).obstacle == Obstacle.OTHER_CURRENCY
        assert consume(0) == []


def test_the_database_allows_one_waiting_automatic_order(
    acme: Organization, consume: Consume
) -> None:
    set_automatic(acme)
    [ordered] = consume(0)
    ordered.pk, ordered.public_id = None, ""
    with pytest.raises(IntegrityError, match="top_up_one_automatic_at_a_time"):
        ordered.save(force_insert=True)
