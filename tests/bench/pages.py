"""How many people can look at once: pages of a large organization, beside a bare template."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, compare
from tests.bench.load import rate
from tests.support.installation import Installation, new_installation
from tests.support.kept_connection import KeptConnection

EVENTS = 200_000
CONNECTIONS = 16
LOOKS = 200
# What stands on the page if it is the right one, and whole.
PAGES = {
    "pricing": ("/pricing/", b"Everyday"),
    "overview": ("/overview/", b"used-title"),
    "usage": ("/usage/", b"ledger-title"),
}
BARE = ("/bare-page", b"</html>")


@dataclass(frozen=True)
class PagesWorld:
    """A running installation, and the cookie of the owner of a large organization in it."""

    installation: Installation
    cookie: str

    def connect(self) -> KeptConnection:
        """A browser's connection."""
        return KeptConnection(self.installation.port, secret="")


@dataclass(frozen=True)
class Look:
    """One look at a page, as somebody who is signed in."""

    path: str
    mark: bytes
    cookie: str

    def take(self, connection: KeptConnection) -> None:
        """Ask for the page, and see that it is the one."""
        answer = connection.send("GET", self.path, Cookie=self.cookie)
        if answer.status != 200 or self.mark not in answer.body:
            raise RuntimeError((self.path, answer.status, answer.body[:500]))


@contextmanager
def open_pages_world(folder: Path, *, events: int = EVENTS) -> Iterator[PagesWorld]:
    """Make the organization, and run the web process with the bare page beside the others."""
    with new_installation(folder, durable=False) as installation:
        installation.call("tests.bench.reading_world:make_plan")
        made = installation.call(
            "tests.bench.reading_world:make_organization", name="Large", events=events
        )
        installation.variables["DJANGO_SETTINGS_MODULE"] = "tests.yardstick.settings"
        installation.web.start()
        installation.wait_until_ready()
        yield PagesWorld(installation, made["cookie"])


def measure_pages(world: PagesWorld, *, seconds: float, rounds: int) -> Iterator[Figure]:
    """
    Each page, one look after the other over one connection, and from many connections in turn
    with a view that renders a template of one line and asks the database nothing.
    """
    bare = Look(*BARE, world.cookie)
    for name, (path, mark) in PAGES.items():
        look = Look(path, mark, world.cookie)
        _per_second(world, look, 1)
        percentiles = statistics.quantiles(_milliseconds(world, look), n=100)
        yield Figure(f"{name}_page_p50", "ms", percentiles[49])
        yield Figure(f"{name}_page_p95", "ms", percentiles[94])
        yield compare(
            f"{name}_page_against_a_bare_template",
            unit="requests/s",
            measured=partial(_per_second, world, look, seconds),
            yardstick=partial(_per_second, world, bare, seconds),
            rounds=rounds,
        )


def _per_second(world: PagesWorld, look: Look, seconds: float) -> float:
    def visitor(number: int, until: float) -> int:
        connection = world.connect()
        for looks in itertools.count():
            if time.monotonic() >= until:
                connection.close()
                return looks
            look.take(connection)
        raise AssertionError("nobody counts that far")

    return rate(visitor, seconds=seconds, workers=CONNECTIONS)


def _milliseconds(world: PagesWorld, look: Look) -> list[float]:
    connection = world.connect()
    times = [_timed(partial(look.take, connection)) for _ in range(LOOKS)]
    connection.close()
    return times


def _timed(act: Callable[[], None]) -> float:
    began_at = time.perf_counter()
    act()
    return (time.perf_counter() - began_at) * 1_000
