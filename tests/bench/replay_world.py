"""Customers of a plan of seats, and a campaign. Called in processes of the installation."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from billing.agreements.operations import bring_all_current
from billing.models import RepricingCampaign, SimulatedCustomer, SimulatedPlan, Simulation
from billing.repricing.simulation import make_simulation
from billing.settlements.operations import close_due_periods
from config.kernel.periods import boundary
from tests.factories import catalog, metering
from tests.factories.offers import make_campaign
from tests.verify import worlds

LEGACY = "seats"
# Text extractions a month, of five credits each.
EXTRACTIONS = (100, 400, 800, 1_800)


def fill(*, prototypes: int, months: int, plans: int) -> str:
    """Make customers with so many closed months and a campaign; return as of when it is."""
    now = timezone.now()
    anchor = boundary(now, months=-months) - timedelta(days=1)
    feature = catalog.make_metered(metering.make_credit_meter())
    group = catalog.make_group()
    legacy = catalog.make_plan(group, LEGACY)
    catalog.make_version(
        legacy,
        catalog.metered(feature, None),
        prices=(catalog.per_seat("75"),),
        published_at=anchor - timedelta(days=1),
    )
    offered = [catalog.make_plan(group, f"plan_{number}") for number in range(plans)]
    policies = (None, catalog.QUARTER_FOR_A_MONTH, catalog.HALF_FOR_EVER)
    for number, plan in enumerate(offered):
        catalog.make_version(
            plan,
            catalog.metered(
                feature,
                1_000 * (number + 1),
                overage="0.15",
                rollover=policies[number % len(policies)],
            ),
            prices=(catalog.fixed(str(99 + 100 * number)),),
        )
    for number in range(prototypes):
        customer = worlds.make_customer(f"Tenant {number}", plan=LEGACY, at=anchor)
        for month in range(months):
            worlds.report(
                customer,
                worlds.extractions(1, prefix=f"m{month}", times=_extractions(number + month)),
                at=boundary(anchor, months=month) + timedelta(days=5),
            )
    bring_all_current(now=now)
    close_due_periods(now=now)
    make_campaign([legacy], offered, history_months=months)
    return now.isoformat()


def _extractions(number: int) -> int:
    return EXTRACTIONS[number % len(EXTRACTIONS)]


def simulate_all(*, now: str) -> tuple[float, int, int, int]:
    """Simulate the campaign; return the seconds, the customers, their plans and their months."""
    campaign = RepricingCampaign.objects.get()
    simulation = Simulation.objects.create(campaign=campaign, as_of=datetime.fromisoformat(now))
    began_at = time.perf_counter()
    is_done = make_simulation(simulation_id=simulation.pk, clock=timezone.now)
    seconds = time.perf_counter() - began_at
    assert is_done, simulation
    customers = SimulatedCustomer.objects.filter(simulation=simulation)
    counted: dict[str, Any] = customers.aggregate(months=Sum("month_count"))
    plans = SimulatedPlan.objects.filter(customer__simulation=simulation).count()
    return seconds, customers.count(), plans, counted["months"]
