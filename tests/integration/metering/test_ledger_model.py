"""The ledger against a plain model of itself, through random histories and some chosen ones."""

import random
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Organization
from metering.choices import Aggregation
from metering.ledger.audit import find_violations
from metering.models import LedgerAccount, LedgerTransfer, UsageEvent, UsagePeriod
from metering.usage.reports import UsageReport
from tests.factories.metering import ANCHOR, grant, record, report, terms
from tests.proof.histories import STEPS, Choice, History
from tests.proof.records import ModelPolicy
from tests.proof.twin import Twin
from tests.proof.worlds import World, make_world
from tests.support.chance import chance_of

MONTH = timedelta(days=31)
NOON = ANCHOR + timedelta(hours=4)
CHANCE = st.randoms(use_true_random=False)
EVERYTHING_UP_TO_ONE_ALLOWANCE = ModelPolicy(
    basis="unused", percent=100, cap_percent=100, term_periods=3, rerolls=False
)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def twin(world: World, acme: Organization) -> Twin:
    """Acme, with an allowance of 1,000 credits, one of them used."""
    twin = Twin.begin(acme, world.meters["sum"], anchor=ANCHOR, allowance=Decimal(1_000))
    twin.use(twin.report("evt-1", Decimal(1)))
    return twin


class LedgerMachine(RuleBasedStateMachine):
    """Random histories of organizations with every kind of meter."""

    world: World
    history: History

    @initialize(
        chance=CHANCE,
        aggregation=st.sampled_from([*[Aggregation.SUM] * 4, *Aggregation]),
    )
    def begin(self, chance: random.Random, aggregation: Aggregation) -> None:
        self.history = self.world.begin(chance, aggregation=aggregation)

    @rule(
        step=st.sampled_from([step for step, weight in STEPS.items() for _ in range(weight)]),
        chance=CHANCE,
    )
    def something_happens(self, step: Choice, chance: random.Random) -> None:
        self.history.random = chance
        step(self.history)
        self.history.twin.compare()

    def teardown(self) -> None:
        organization_id = self.history.twin.organization.pk
        assert list(find_violations(organization_id=organization_id)) == []


def test_random_histories_end_as_the_model_says(world: World) -> None:
    class Machine(LedgerMachine):
        pass

    Machine.world = world
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            # Each step talks to a database: making a failure smaller would take minutes.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )


@pytest.mark.parametrize("seed", range(6))
def test_long_histories_end_as_the_model_says(world: World, seed: int) -> None:
    aggregation = list(Aggregation)[seed % len(Aggregation)]
    history = world.begin(chance_of(seed), aggregation=aggregation)
    for _ in range(120):
        history.step()
    assert list(find_violations()) == []


def test_a_cap_may_take_from_a_rollover_that_ends_later(twin: Twin) -> None:
    policy = EVERYTHING_UP_TO_ONE_ALLOWANCE
    months = []
    for allowance in (50, 50, 40, 40, 40):
        twin.wait(MONTH)
        twin.close_due(policy)
        twin.compare()
        months.append(twin.model.periods[-2].closed)
        twin.change_plan(Decimal(allowance), share=Decimal(1))
    assert [(month.rolled_over, month.expired) for month in months if month] == [
        (999, 0),
        (1, 999),  # the last period of 1,000: its own allowance finds room for one
        (0, 1_000),  # 50 that find no room, and 950 above the new cap
        (49, 50),  # what was left of the first rollover has come to its end
        (0, 50),
    ]
    assert list(find_violations()) == []


def test_what_a_hold_has_taken_from_the_pool_counts_against_the_cap(twin: Twin) -> None:
    twin.wait(MONTH)
    twin.close_due(EVERYTHING_UP_TO_ONE_ALLOWANCE)
    twin.hold("hold-1", Decimal(999), action=None, lasts=timedelta(days=60), overage=Decimal(0))
    twin.wait(MONTH)
    twin.close_due(EVERYTHING_UP_TO_ONE_ALLOWANCE)
    twin.release(twin.model.holds[0])
    twin.compare()
    assert twin.model.spendable(twin.now) == 2_000


def test_what_a_settled_hold_did_not_need_can_be_spent_at_once(twin: Twin) -> None:
    twin.hold("hold-1", Decimal(600), action=None, lasts=timedelta(hours=1), overage=Decimal(0))
    twin.settle(twin.model.holds[0], twin.report("evt-2", Decimal(250)))
    assert twin.sent[-1].receipt.remaining == 749


def test_what_comes_back_before_a_late_close_may_still_roll_over(twin: Twin) -> None:
    twin.hold("hold-1", Decimal(100), action=None, lasts=timedelta(days=60), overage=Decimal(0))
    twin.now = twin.model.periods[0].closes_at + timedelta(hours=5)
    twin.release(twin.model.holds[0])
    twin.close_due(EVERYTHING_UP_TO_ONE_ALLOWANCE)
    twin.compare()
    assert twin.model.spendable(twin.now) == 1_999


@pytest.mark.parametrize("seed", range(3))
def test_a_history_in_many_runs_is_the_history_in_one(
    world: World, acme: Organization, globex: Organization, seed: int
) -> None:
    chance = chance_of(seed)
    meter = world.meters["sum"]
    reports = _reports(chance, 40)
    for organization in (acme, globex):
        grant(organization, meter, 150, effective_at=ANCHOR, expires_at=ANCHOR + MONTH)
    record(acme, *reports, terms=terms(meter, allowance=400), at=NOON)
    rest = reports
    while rest:
        size = chance.randrange(1, 8)
        record(globex, *rest[:size], terms=terms(meter, allowance=400), at=NOON)
        rest = rest[size:]
    assert _books(acme) == _books(globex)
    assert list(find_violations()) == []


@pytest.mark.parametrize("seed", range(3))
def test_events_sent_any_number_of_times_in_any_order_have_one_effect(
    world: World, acme: Organization, globex: Organization, seed: int
) -> None:
    chance = chance_of(seed)
    plan = terms(world.meters["sum"], allowance=400)
    reports = _reports(chance, 30)
    deliveries = [item for item in reports for _ in range(chance.choice([1, 2, 50]))]
    chance.shuffle(deliveries)
    record(acme, *reports, terms=plan, at=NOON)
    for start in range(0, len(deliveries), 60):
        record(globex, *deliveries[start : start + 60], terms=plan, at=NOON)
    assert _totals(acme) == _totals(globex)
    assert UsageEvent.objects.owned_by(globex).count() == 30
    assert list(find_violations()) == []


def test_every_cache_can_be_dropped_and_computed_again(world: World) -> None:
    history = world.begin(chance_of(11), aggregation=Aggregation.SUM)
    for _ in range(80):
        history.step()
    organization = history.twin.organization
    balances = _balances(organization)
    totals = _totals(organization)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metering_ledgeraccount SET balance = 0")
        cursor.execute(
            "UPDATE metering_usageperiod SET used_credits = 0, overage_credits = 0"
            " WHERE closed_at IS NULL"
        )
        cursor.execute(_BALANCES_AGAIN)
        cursor.execute(_TOTALS_AGAIN)
    assert _balances(organization) == balances
    assert _totals(organization) == totals


_BALANCES_AGAIN = """
UPDATE metering_ledgeraccount AS account SET balance = moved.amount
FROM (
    SELECT account_id, sum(amount) AS amount FROM (
        SELECT debit_account_id AS account_id, -amount AS amount FROM metering_ledgertransfer
        UNION ALL SELECT credit_account_id, amount FROM metering_ledgertransfer
    ) AS leg GROUP BY account_id
) AS moved WHERE moved.account_id = account.id
"""
# Overage flows into `consumed` from its account, and back when credits cover it.
_TOTALS_AGAIN = """
UPDATE metering_usageperiod AS period SET used_credits = used, overage_credits = overage
FROM (
    SELECT event.period_id,
           sum(event.credits) FILTER (WHERE reversal.id IS NULL) AS used,
           sum(coalesce(flow.overage, 0)) AS overage
    FROM metering_usageevent AS event
    LEFT JOIN metering_usagereversal AS reversal ON reversal.event_key = event.event_id
        AND reversal.organization_id = event.organization_id
    LEFT JOIN (
        SELECT leg.organization_id, leg.event_key, sum(CASE leg.account_id
            WHEN leg.debit_account_id THEN leg.amount ELSE -leg.amount END) AS overage
        FROM (
            SELECT transfer.*, account.id AS account_id
            FROM metering_ledgertransfer AS transfer
            JOIN metering_ledgeraccount AS account ON account.kind = 'overage'
                AND account.id IN (transfer.debit_account_id, transfer.credit_account_id)
        ) AS leg GROUP BY leg.organization_id, leg.event_key
    ) AS flow ON flow.event_key = event.event_id AND flow.organization_id = event.organization_id
    GROUP BY event.period_id
) AS total WHERE total.period_id = period.id AND period.closed_at IS NULL
"""


def _reports(chance: random.Random, count: int) -> list[UsageReport]:
    return [
        report(f"evt-{number}", str(chance.randrange(1, 40)), at=NOON) for number in range(count)
    ]


def _books(organization: Organization) -> list[tuple[object, ...]]:
    """Every transfer, with accounts numbered as the organization got them."""
    accounts = LedgerAccount.objects.owned_by(organization).filter(kind="grant").order_by("pk")
    numbers = {pk: number for number, pk in enumerate(accounts.values_list("pk", flat=True))}
    transfers = LedgerTransfer.objects.owned_by(organization).order_by("pk")
    return [
        (transfer.kind, numbers.get(transfer.debit_account_id), transfer.amount, transfer.event_key)
        for transfer in transfers
    ]


def _balances(organization: Organization) -> Iterable[tuple[object, ...]]:
    accounts = LedgerAccount.objects.owned_by(organization).order_by("pk")
    return list(accounts.values_list("pk", "balance"))


def _totals(organization: Organization) -> list[tuple[object, ...]]:
    periods = UsagePeriod.objects.owned_by(organization).order_by("starts_at")
    return list(periods.values_list("used_credits", "overage_credits"))
