"""`make bench`: usage intake over HTTP against the bare statement of the ledger."""

import argparse
from collections.abc import Sequence
from functools import partial

from config import env
from tests.bench.figures import compare
from tests.bench.load import rate_of_bare_statement, rate_over_http
from tests.bench.world import Tenant, World, open_world

CONNECTIONS = 16
BATCH = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each figure")
    options = parser.parse_args()
    with open_world(env.data_folder() / "bench") as world:
        measure_intake(world, seconds=options.seconds, rounds=options.rounds)


def measure_intake(world: World, *, seconds: float, rounds: int) -> None:
    """One event a request, and batches; spread over all organizations, and into one of them."""
    spreads: dict[str, Sequence[Tenant]] = {
        f"{len(world.tenants)}_organizations": world.tenants,
        "one_organization": world.tenants[:1],
    }
    for size, sort in ((1, "single"), (BATCH, f"batches_of_{BATCH}")):
        for spread, tenants in spreads.items():
            over_http = partial(rate_over_http, world, tenants, size=size, connections=CONNECTIONS)
            bare = partial(
                rate_of_bare_statement, world, tenants, size=size, connections=CONNECTIONS
            )
            over_http(seconds=1)
            compare(
                f"usage_intake_{sort}_{spread}",
                unit="events/s",
                measured=partial(over_http, seconds=seconds),
                yardstick=partial(bare, seconds=seconds),
                rounds=rounds,
            ).print()


if __name__ == "__main__":
    main()
