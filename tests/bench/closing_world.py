"""Organizations with periods to close. Called in processes of the installation's."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from billing.agreements.operations import bring_all_current
from billing.settlements.operations import close_due_periods
from config.kernel.periods import boundary
from tests.factories import catalog, metering
from tests.verify import worlds

PLAN = "everyday"
ALLOWANCE = 1_000
# Events of 25 credits: one organization has credits left to roll over, the next has overage.
EVENTS = (30, 50)


def fill(*, prototypes: int) -> str:
    """Make organizations whose first period is over; return the instant at which it is due."""
    feature = catalog.make_metered(metering.make_credit_meter())
    catalog.make_version(
        catalog.make_plan(catalog.make_group(), PLAN),
        catalog.metered(feature, ALLOWANCE, overage="0.15", rollover=catalog.QUARTER_FOR_A_MONTH),
        prices=(catalog.fixed("99"),),
    )
    now = timezone.now()
    anchor = boundary(now, months=-1) - timedelta(days=1)
    for number in range(prototypes):
        worlds.report(
            worlds.make_customer(f"Tenant {number}", plan=PLAN, at=anchor),
            worlds.extractions(EVENTS[number % len(EVENTS)], prefix="used", times=5),
            at=anchor + timedelta(days=5),
        )
    # As it is an hour after the end of a period: the next one is open.
    bring_all_current(now=now)
    return now.isoformat()


def close_all(*, now: str, starts_at: float) -> tuple[float, float]:
    """Close what is due, from a moment on; return when that began and when nothing was left."""
    at = datetime.fromisoformat(now)
    time.sleep(max(0.0, starts_at - time.time()))
    began_at = time.time()
    close_due_periods(now=at)
    return began_at, time.time()
