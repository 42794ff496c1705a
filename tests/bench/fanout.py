"""How fast webhooks go out, and how late they are when some receivers never answer."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Figure, measure
from tests.support.installation import Installation, new_installation
from tests.support.receiver import Receiver, hang, receiver

HEALTHY = 40
DEAD = 10
BURST = 2_000
PER_SECOND = 25
SECONDS = 20
SECONDS_TO_ARRIVE = 120


@dataclass(frozen=True)
class FanOutWorld:
    """An installation with the worker that sends webhooks, and a receiver that takes them."""

    installation: Installation
    healthy: Receiver


@contextmanager
def open_fan_out_world(folder: Path) -> Iterator[FanOutWorld]:
    """Forty organizations whose receiver is well, and ten whose receiver never answers."""
    with (
        new_installation(folder) as installation,
        receiver() as healthy,
        receiver() as silent,
    ):
        silent.reply = hang
        urls = [f"http://127.0.0.1:{healthy.port}/{number}" for number in range(HEALTHY)]
        urls += [f"http://127.0.0.1:{silent.port}/{number}" for number in range(DEAD)]
        installation.call("tests.bench.fanout_world:fill", urls=urls)
        installation.webhooks.start()
        installation.beat.start()
        yield FanOutWorld(installation, healthy)


def measure_fan_out(folder: Path, *, rounds: int) -> Iterator[Figure]:
    """Deliveries a second to receivers that are well; then how late those are, beside the dead."""
    with open_fan_out_world(folder) as world:
        _tell(world, count=HEALTHY, expected=HEALTHY, tenants=HEALTHY)
        yield measure(
            "webhooks_delivered",
            unit="deliveries/s",
            measured=lambda: _deliveries_per_second(world),
            rounds=rounds,
        )
        lags = [_lags(world) for _ in range(rounds)]
    for name, percent in (("p50", 50), ("p99", 99)):
        values = [statistics.quantiles(lag, n=100)[percent - 1] * 1_000 for lag in lags]
        yield Figure(f"webhooks_lag_{name}_a_fifth_dead", "ms", statistics.median(values))


def _deliveries_per_second(world: FanOutWorld) -> float:
    moments = _tell(world, count=BURST, expected=BURST, tenants=HEALTHY)
    return BURST / (max(heard for _, heard in moments) - max(told for told, _ in moments))


def _lags(world: FanOutWorld) -> list[float]:
    world.installation.call("tests.bench.fanout_world:forget_failures")
    count = PER_SECOND * SECONDS
    expected = count * HEALTHY // (HEALTHY + DEAD)
    moments = _tell(world, count=count, expected=expected, per_second=PER_SECOND)
    return [heard - told for told, heard in moments]


def _tell(
    world: FanOutWorld,
    *,
    count: int,
    expected: int,
    tenants: int | None = None,
    per_second: int | None = None,
) -> list[tuple[float, float]]:
    """When each fact was told of and when it was heard, at the receiver that is well."""
    world.healthy.heard.clear()
    world.installation.call(
        "tests.bench.fanout_world:tell", count=count, tenants=tenants, per_second=per_second
    )
    heard = world.healthy.wait_for(expected, seconds=SECONDS_TO_ARRIVE)
    return [(float(each.json["data"]["told_at"]), each.at) for each in heard]
