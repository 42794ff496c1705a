"""What reads cost: a balance, and the usage page however much was used."""

import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from unittest.mock import patch

from tests.bench.figures import Figure, compare
from tests.bench.load import rate
from tests.support.installation import Installation, new_installation
from tests.support.kept_connection import KeptConnection

FEW, MANY = 5_000, 5_000_000
CONNECTIONS = 16
READS = 2_000
PAGES, PAGE_ROUNDS = 10, 4


@dataclass(frozen=True)
class Reader:
    """An organization, and the cookie that its owner has."""

    events: int
    id: str
    cookie: str
    summed_per_second: float


@dataclass(frozen=True)
class ReadingWorld:
    """A running installation with an organization that used little and one that used much."""

    installation: Installation
    little: Reader
    much: Reader


@contextmanager
def open_reading_world(folder: Path, *, few: int = FEW, many: int = MANY) -> Iterator[ReadingWorld]:
    """Make both organizations, prove their books, and run the web process."""
    with new_installation(folder, durable=False) as installation:
        installation.call("tests.bench.reading_world:make_plan")
        little = _make_reader(installation, "Little", few)
        violations = installation.list_violations()
        if violations:
            raise RuntimeError(f"the world of the bench is not sound: {violations[:3]}")
        much = _make_reader(installation, "Much", many)
        # What is measured is how fast it answers, not how often a key may ask.
        with patch.dict(os.environ, API_REQUESTS_PER_MINUTE=str(10**9)):
            installation.web.start()
        installation.wait_until_ready()
        yield ReadingWorld(installation, little, much)


def measure_reading(world: ReadingWorld, *, seconds: float, rounds: int) -> list[Figure]:
    """
    Balances over HTTP, one after the other and from many connections at once; and the usage page
    of the one organization against that of the other, in turn.
    """
    _balances_per_second(world, 1)
    percentiles = statistics.quantiles(_balance_milliseconds(world, count=READS), n=100)
    return [
        Figure("balance_read_p50", "ms", percentiles[49]),
        Figure("balance_read_p99", "ms", percentiles[98]),
        Figure(
            "balance_reads",
            "reads/s",
            statistics.median(_balances_per_second(world, seconds) for _ in range(rounds)),
        ),
        Figure("usage_added_up", "events/s", world.much.summed_per_second),
        compare(
            f"usage_page_over_{world.much.events}_events_against_{world.little.events}",
            unit="ms",
            measured=partial(_page_milliseconds, world, world.much),
            yardstick=partial(_page_milliseconds, world, world.little),
            rounds=rounds * PAGE_ROUNDS,
        ),
    ]


def _make_reader(installation: Installation, name: str, events: int) -> Reader:
    made = installation.call(
        "tests.bench.reading_world:make_organization", name=name, events=events
    )
    return Reader(events=events, **made)


def _balance_milliseconds(world: ReadingWorld, *, count: int) -> list[float]:
    """How long each of so many reads took, one after the other."""
    connection = KeptConnection(world.installation.port, secret=world.installation.secret)
    return [_timed(partial(_read_balance, connection, world.much)) for _ in range(count)]


def _balances_per_second(world: ReadingWorld, seconds: float) -> float:
    readers = (world.little, world.much)

    def client(number: int, until: float) -> int:
        connection = KeptConnection(world.installation.port, secret=world.installation.secret)
        for reads in itertools.count():
            if time.monotonic() >= until:
                return reads
            _read_balance(connection, readers[(number + reads) % 2])
        raise AssertionError("nobody counts that far")

    return rate(client, seconds=seconds, workers=CONNECTIONS)


def _read_balance(connection: KeptConnection, reader: Reader) -> None:
    answer = connection.send("GET", f"/api/v1/balances?organization={reader.id}")
    if answer.status != 200 or b'"remaining"' not in answer.body:
        raise RuntimeError(answer)


def _page_milliseconds(world: ReadingWorld, reader: Reader) -> float:
    """The median of a few looks at the usage page, over one connection."""
    with closing(HTTPConnection("127.0.0.1", world.installation.port, timeout=60)) as connection:
        look = partial(_look_at_usage, connection, reader)
        look()
        return statistics.median(_timed(look) for _ in range(PAGES))


def _look_at_usage(connection: HTTPConnection, reader: Reader) -> None:
    connection.request("GET", "/usage/", headers={"Cookie": reader.cookie})
    answer = connection.getresponse()
    page = answer.read()
    if answer.status != 200 or b"ledger-title" not in page:
        raise RuntimeError((answer.status, page[:500]))


def _timed(act: Callable[[], None]) -> float:
    began_at = time.perf_counter()
    act()
    return (time.perf_counter() - began_at) * 1_000
