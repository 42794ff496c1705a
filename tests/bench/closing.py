"""How many usage periods a sweep closes a second, with overage to rate and credits to roll over."""

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.installation import Installation, new_installation

PROTOTYPES = 10
PERIODS = 5_000
# Every process has loaded Django by then.
SECONDS_TO_GET_READY = 6
_round = itertools.count(1)


@dataclass(frozen=True)
class DueWorld:
    """An installation with nothing running, and the instant at which its periods are due."""

    installation: Installation
    now: str


@contextmanager
def open_due_world(folder: Path) -> Iterator[DueWorld]:
    """Make 5,000 organizations, each with a used period that is due to be closed."""
    with new_installation(folder) as installation:
        now = installation.call("tests.bench.closing_world:fill", prototypes=PROTOTYPES)
        installation.call(
            "tests.support.cloning:clone_organizations", copies=PERIODS // PROTOTYPES - 1
        )
        violations = installation.list_violations()
        if violations:
            raise RuntimeError(f"the world of the bench is not sound: {violations[:3]}")
        yield DueWorld(installation, now)


def periods_per_second(world: DueWorld, *, processes: int) -> float:
    """Close all of them in a fresh copy, by so many sweeps at once."""
    installation = world.installation.copy(f"round_{next(_round)}")
    starts_at = time.time() + SECONDS_TO_GET_READY
    with ThreadPoolExecutor(processes) as pool:
        sweeps = [
            pool.submit(
                installation.call,
                "tests.bench.closing_world:close_all",
                now=world.now,
                starts_at=starts_at,
            )
            for _ in range(processes)
        ]
        moments: list[float] = [moment for sweep in sweeps for moment in sweep.result()]
    _check_closed(installation)
    installation.drop()
    return PERIODS / (max(moments) - min(moments))


def _check_closed(installation: Installation) -> None:
    with psycopg.connect(installation.database_url) as connection:
        counts = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE overage_credits > 0),"
            " count(*) FILTER (WHERE rolled_over_credits > 0) FROM billing_settlement"
        ).fetchone()
    if counts != (PERIODS, PERIODS // 2, PERIODS // 2):
        raise RuntimeError(f"settlements, with overage, with rollover: {counts}")
