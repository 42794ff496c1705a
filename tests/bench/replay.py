"""How fast a campaign is simulated: 1,000 customers with twelve months each, on six plans."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.installation import Installation, new_installation

PROTOTYPES = 10
CUSTOMERS = 1_000
MONTHS = 12
PLANS = 6


@dataclass(frozen=True)
class CampaignWorld:
    """An installation with nothing running, and the instant as of which the campaign is."""

    installation: Installation
    now: str


@contextmanager
def open_campaign_world(folder: Path) -> Iterator[CampaignWorld]:
    """Make 1,000 customers of one plan, with twelve closed months, and a campaign for them."""
    with new_installation(folder) as installation:
        now = installation.call(
            "tests.bench.replay_world:fill", prototypes=PROTOTYPES, months=MONTHS, plans=PLANS
        )
        installation.call(
            "tests.support.cloning:clone_organizations", copies=CUSTOMERS // PROTOTYPES - 1
        )
        yield CampaignWorld(installation, now)


def customers_per_second(world: CampaignWorld) -> float:
    """Simulate all of them, in one process, beside the database on the same cores."""
    seconds, customers, plans, months = world.installation.call(
        "tests.bench.replay_world:simulate_all", now=world.now
    )
    if (customers, plans, months) != (CUSTOMERS, CUSTOMERS * PLANS, CUSTOMERS * MONTHS):
        raise RuntimeError(f"customers, plans and months: {(customers, plans, months)}")
    return CUSTOMERS / float(seconds)
