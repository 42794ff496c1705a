"""The processes of the long run: one that shares the work out, and those that tell histories."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.db import connections

from metering.choices import Aggregation
from metering.ledger.audit import find_violations
from tests.support.chance import chance_of
from tests.support.database import fresh_database, server_in_use, use_database

from .histories import History
from .long_run import as_options, last_line
from .worlds import find_world, make_world

STEPS_OF_A_HISTORY: Final = 150
KINDS: Final = [*[Aggregation.SUM] * 4, *Aggregation]


def main() -> None:
    """Share the work out or, as one of the processes that it is shared among, do a part of it."""
    parser = argparse.ArgumentParser()
    for name in ("operations", "seed", "processes"):
        parser.add_argument(f"--{name}", type=int, default=0)
    asked = parser.parse_args()
    if asked.processes:
        figures = share_out(asked.operations, asked.seed, processes=asked.processes)
    else:
        figures = tell(asked.operations, asked.seed)
    sys.stdout.write(json.dumps(figures) + "\n")


def share_out(operations: int, seed: int, *, processes: int) -> dict[str, Any]:
    """Tell histories in several processes, and prove the whole database at the end."""
    begun = time.monotonic()
    with _database() as url:
        make_world()
        tellers = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.proof"),
                    *as_options(
                        {"operations": operations // processes, "seed": seed * processes + number}
                    ),
                ],
                env={**os.environ, "DATABASE_URL": url},
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(processes)
        ]
        told = [last_line(teller.communicate()[0]) for teller in tellers]
        violations = [f"{found.invariant.name}: {found.rows[:3]}" for found in find_violations()]
    seconds = time.monotonic() - begun
    done = sum(part["operations"] for part in told)
    return {
        "operations": done,
        "histories": sum(part["histories"] for part in told),
        "seconds": round(seconds, 1),
        "per_second": round(done / seconds),
        "steps": dict(sum((Counter(part["steps"]) for part in told), Counter())),
        "findings": [finding for part in told for finding in part["findings"]] + violations,
    }


def tell(operations: int, seed: int) -> dict[str, Any]:
    """Tell one history after the other until so many operations are done, or one disagrees."""
    world = find_world()
    chance = chance_of(seed)
    done = histories = 0
    steps: Counter[str] = Counter()
    findings: list[str] = []
    while done < operations and not findings:
        history_seed = chance.randrange(2**32)
        history = world.begin(
            chance_of(history_seed),
            aggregation=KINDS[history_seed % len(KINDS)],
        )
        findings += _tell_one(history, steps, seed=history_seed)
        done += history.twin.steps
        histories += 1
    return {"operations": done, "histories": histories, "steps": steps, "findings": findings}


def _tell_one(history: History, steps: Counter[str], *, seed: int) -> list[str]:
    try:
        for _ in range(STEPS_OF_A_HISTORY):
            steps[history.step()] += 1
    except Exception as difference:
        notes = " ".join(getattr(difference, "__notes__", []))
        return [f"history {seed}: {difference!r} {notes}"]
    return []


@contextmanager
def _database() -> Iterator[str]:
    """A fresh database that this process and others can use, by its address."""
    with (
        server_in_use(settings.DATA_FOLDER) as server_url,
        fresh_database(server_url, suffix="proof") as database,
    ):
        use_database(database)
        server = "{USER}:{PASSWORD}@{HOST}:{PORT}".format(**database)
        yield f"postgres://{server}/{database['NAME']}"
        connections.close_all()
