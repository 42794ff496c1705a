"""
However a history is cut into settling runs, it comes to the same.

Reports settle what is due before they are booked, so that months with usage are settled in time
whenever the sweep runs; the others are settled together, by whatever comes next.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organization
from billing.models import Settlement
from billing.settlements.operations import close_due_periods
from config.kernel.periods import boundary
from metering.credits.rollover import Basis, RolloverPolicy
from metering.ledger.audit import find_violations
from metering.queries import get_balance
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import ArticleCatalog, fixed, make_plan, make_version, metered
from tests.factories.pricing import graduated

MONTHS = 5
GRACE = timedelta(hours=1)
DAY = timedelta(days=1)
ENDS = [boundary(SUBSCRIBED, months=number) for number in range(1, MONTHS + 1)]
POLICIES = {
    "quarter_for_a_month": RolloverPolicy(Basis.UNUSED, 25, term_periods=1),
    "half_again_and_again": RolloverPolicy(Basis.UNUSED, 50, term_periods=2, rerolls=True),
    "capped_for_ever": RolloverPolicy(Basis.UNUSED, 50, cap_percent=60),
    "fifth_of_the_allowance": RolloverPolicy(Basis.ALLOWANCE, 20, term_periods=3),
    "nothing": None,
}

uses = st.lists(
    st.tuples(
        st.integers(0, MONTHS - 1),
        st.integers(1, 27),
        st.decimals(min_value="0.000001", max_value=900, places=6),
    ),
    max_size=8,
)
runs = st.sets(st.integers(0, MONTHS - 1)).map(sorted)


@pytest.fixture
def plans(catalog: ArticleCatalog) -> ArticleCatalog:
    for code, policy in POLICIES.items():
        plan = make_plan(catalog.current, code)
        price = graduated((100, "0.20"), (None, "0.05"))
        make_version(
            plan,
            metered(catalog.credits, 1_000, overage=price, rollover=policy),
            prices=(fixed("10"),),
        )
    return catalog


def tell(
    organization: Organization,
    plan_code: str,
    *,
    events: Sequence[tuple[int, int, Decimal]],
    runs: Sequence[int],
) -> None:
    """Let months pass with these events, settling after some of the months and at the end."""
    make_agreement(organization, plan_code)
    happenings: list[tuple[datetime, int, Decimal | None]] = [
        (boundary(SUBSCRIBED, months=month) + day * DAY, number, quantity)
        for number, (month, day, quantity) in enumerate(events)
    ]
    happenings += [(ENDS[month] + GRACE, 0, None) for month in runs]
    for at, number, quantity in sorted(happenings, key=lambda item: item[0]):
        if quantity is None:
            close_due_periods(now=at)
        else:
            use(organization, f"evt_{number}", str(quantity), at=at)
    close_due_periods(now=ENDS[-1] + GRACE)


def outcome(organization: Organization, meter_id: int) -> tuple[Any, ...]:
    rows = Settlement.objects.owned_by(organization).order_by("starts_at")
    balance = get_balance(organization_id=organization.pk, meter_id=meter_id, at=ENDS[-1] + GRACE)
    return balance.remaining, list(
        rows.values_list(
            "starts_at",
            "used_credits",
            "overage_credits",
            "expired_credits",
            "rolled_over_credits",
            "amount_minor",
        )
    )


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plan_code=st.sampled_from(sorted(POLICIES)), events=uses, runs=runs)
def test_settling_in_many_runs_equals_settling_at_once(
    plans: ArticleCatalog,
    plan_code: str,
    events: list[tuple[int, int, Decimal]],
    runs: list[int],
) -> None:
    beginning = transaction.savepoint()
    in_time = make_organization("In time")
    tell(in_time, plan_code, events=events, runs=range(MONTHS))
    in_runs = make_organization("In runs")
    tell(in_runs, plan_code, events=events, runs=runs)
    meter_id = plans.meter.pk
    assert outcome(in_runs, meter_id) == outcome(in_time, meter_id)
    assert len(outcome(in_time, meter_id)[1]) == MONTHS
    assert list(find_violations()) == []
    transaction.savepoint_rollback(beginning)
