"""Agreements with periods to close, and the runs that close them.

Called in processes of the installation's.
"""

import os
import signal
import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from billing.settlements.operations import close_due_periods
from config.kernel.periods import boundary
from tests.support.chance import chance_of
from tests.verify import SELLING, STRICT, worlds
from tests.verify.billing_runs import PERIODS

# Events of five credits in the first period, from nearly none to twice the allowance.
EVENTS = (1, 40, 120, 160, 199, 200, 230, 400)


def fill(*, agreements: int) -> str:
    """
    Make agreements that began some months ago and have used their first period.

    Return the instant at which the first `PERIODS` periods of each are due.
    """
    worlds.make_plans()
    now = timezone.now()
    anchor = boundary(now, months=-PERIODS) - timedelta(days=3)
    for number in range(agreements):
        organization = worlds.make_customer(
            f"Tenant {number}", plan=STRICT if number % 3 == 2 else SELLING, at=anchor
        )
        worlds.report(
            organization,
            worlds.extractions(EVENTS[number % len(EVENTS)], prefix="used"),
            at=anchor + timedelta(days=5),
        )
    return now.isoformat()


def run_until_closed(*, now: str) -> int:
    """Run billing again and again until nothing is due; return how often."""
    at = datetime.fromisoformat(now)
    runs = 0
    while _is_anything_due(at):
        close_due_periods(now=at)
        runs += 1
    return runs


def run_and_be_killed(*, now: str, seed: int, shortest: float, longest: float) -> int:
    """
    The same in a process that is killed after a moment, and started again, and killed again.

    Return how many were killed before they were done.
    """
    chance = chance_of(f"billing {seed}")
    killed = 0
    while True:
        # A child inherits no connection that it could break.
        connection.close()
        child = os.fork()
        if child == 0:
            run_until_closed(now=now)
            os._exit(0)
        time.sleep(chance.uniform(shortest, longest))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status) != 0:
                raise RuntimeError(f"a billing run ended with {status}")
            return killed
        killed += 1


def _is_anything_due(at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM metering_usageperiod"
            " WHERE closed_at IS NULL AND closes_at <= %s)",
            [at.astimezone(UTC)],
        )
        [is_due] = cursor.fetchone()
    return bool(is_due)
