"""`make bench`: how fast usage is taken in, held, read, closed and told of on this machine."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from config import env
from tests.bench.closing import open_due_world, periods_per_second
from tests.bench.fanout import measure_fan_out
from tests.bench.figures import compare, measure
from tests.bench.flags import measure_flags, open_flags_world
from tests.bench.holds import pairs_over_http
from tests.bench.load import rate_of_bare_statement, rate_over_http
from tests.bench.pages import measure_pages, open_pages_world
from tests.bench.reading import measure_reading, open_reading_world
from tests.bench.replay import customers_per_second, open_campaign_world
from tests.bench.world import Tenant, World, open_world

CONNECTIONS = 16
BATCH = 100


@dataclass(frozen=True)
class Effort:
    """How long each measurement takes, and how many make a figure."""

    seconds: float
    rounds: int


def measure_intake(world: World, effort: Effort) -> None:
    """One event a request, and batches; spread over all organizations, and into one of them.

    The yardstick is the bare statement of the ledger.
    """
    for size, sort in ((1, "single"), (BATCH, f"batches_of_{BATCH}")):
        for spread, tenants in _spreads(world).items():
            over_http = partial(rate_over_http, world, tenants, size=size, connections=CONNECTIONS)
            bare = partial(
                rate_of_bare_statement, world, tenants, size=size, connections=CONNECTIONS
            )
            over_http(seconds=1)
            compare(
                f"usage_intake_{sort}_{spread}",
                unit="events/s",
                measured=partial(over_http, seconds=effort.seconds),
                yardstick=partial(bare, seconds=effort.seconds),
                rounds=effort.rounds,
            ).print()


def measure_holds(world: World, effort: Effort) -> None:
    """Credits held, and settled for less than was held: two requests."""
    for spread, tenants in _spreads(world).items():
        pairs = partial(pairs_over_http, world, tenants, connections=CONNECTIONS)
        pairs(seconds=1)
        measure(
            f"hold_and_settle_{spread}",
            unit="pairs/s",
            measured=partial(pairs, seconds=effort.seconds),
            rounds=effort.rounds,
        ).print()


def measure_closing(effort: Effort) -> None:
    """5,000 periods, half with overage to rate and half with credits to roll over.

    One process sweeps, or two at once; the database is on the same cores.
    """
    with open_due_world(env.data_folder() / "bench-closing") as world:
        for processes, name in ((1, "one_process"), (2, "two_processes")):
            measure(
                f"closing_periods_{name}",
                unit="periods/s",
                measured=partial(periods_per_second, world, processes=processes),
                rounds=effort.rounds,
            ).print()


def measure_reads(effort: Effort) -> None:
    """Balances, and the usage page over 5,000,000 events against the one over 5,000."""
    with open_reading_world(env.data_folder() / "bench-reading") as world:
        for figure in measure_reading(world, seconds=effort.seconds, rounds=effort.rounds):
            figure.print()


def measure_webhooks(effort: Effort) -> None:
    """Events told to forty endpoints, and to fifty of which a fifth never answer."""
    for figure in measure_fan_out(env.data_folder() / "bench-webhooks", rounds=effort.rounds):
        figure.print()


def measure_questions(effort: Effort) -> None:
    """Flags and entitlements, as apps ask for them, against a view that answers a constant."""
    with open_flags_world(env.data_folder() / "bench-flags") as world:
        for figure in measure_flags(world, seconds=effort.seconds, rounds=effort.rounds):
            figure.print()


def measure_looks(effort: Effort) -> None:
    """The pricing page, and the overview and usage of a large organization, beside a bare page."""
    with open_pages_world(env.data_folder() / "bench-pages") as world:
        for figure in measure_pages(world, seconds=effort.seconds, rounds=effort.rounds):
            figure.print()


def measure_replay(effort: Effort) -> None:
    """A campaign simulated: 1,000 customers, twelve months of each, on six plans."""
    with open_campaign_world(env.data_folder() / "bench-replay") as world:
        measure(
            "simulated_customers_12_months_6_plans",
            unit="customers/s",
            measured=partial(customers_per_second, world),
            rounds=effort.rounds,
        ).print()


# Figures of an installation that is running, and those that need another.
RUNNING: dict[str, Callable[[World, Effort], None]] = {
    "intake": measure_intake,
    "holds": measure_holds,
}
APART: dict[str, Callable[[Effort], None]] = {
    "closing": measure_closing,
    "reading": measure_reads,
    "flags": measure_questions,
    "pages": measure_looks,
    "webhooks": measure_webhooks,
    "replay": measure_replay,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each figure")
    parser.add_argument("--only", action="append", choices=[*RUNNING, *APART], help="some figures")
    options = parser.parse_args()
    effort = Effort(options.seconds, options.rounds)
    wanted = options.only or [*RUNNING, *APART]
    if any(name in RUNNING for name in wanted):
        with open_world(env.data_folder() / "bench") as world:
            for name in wanted:
                if name in RUNNING:
                    RUNNING[name](world, effort)
    for name in wanted:
        if name in APART:
            APART[name](effort)


def _spreads(world: World) -> dict[str, Sequence[Tenant]]:
    return {
        f"{len(world.tenants)}_organizations": world.tenants,
        "one_organization": world.tenants[:1],
    }


if __name__ == "__main__":
    main()
