"""The meters that histories are told about, one for each way of counting."""

from dataclasses import dataclass
from random import Random

from accounts.models import Organization
from metering.choices import Aggregation
from metering.models import Action, Meter
from tests.factories.metering import ANCHOR, make_credit_meter, make_meter

from .histories import ALLOWANCES, History
from .twin import Twin


@dataclass(frozen=True)
class World:
    """A rate card with sums of credits, numbers, maxima, latest and different values."""

    meters: dict[str, Meter]
    actions: dict[str, Action]

    def begin(self, random: Random, *, aggregation: str) -> History:
        """A new organization and the history that chance gives it."""
        organization = Organization.objects.create(name="Twin", currency="USD")
        twin = Twin.begin(
            organization,
            self.meters[aggregation],
            anchor=ANCHOR,
            allowance=random.choice(ALLOWANCES),
        )
        return History(twin, random, self.actions if aggregation == Aggregation.SUM else {})


def make_world() -> World:
    """Set the rate card up."""
    make_credit_meter()
    for code, unit, counting in (
        ("answers", "answer", {"aggregation": Aggregation.COUNT}),
        ("peak", "peak", {"aggregation": Aggregation.MAX}),
        ("level", "level", {"aggregation": Aggregation.LATEST}),
        ("people", "person", {"aggregation": Aggregation.UNIQUE, "unique_property": "member"}),
    ):
        make_meter(code, unit=unit, **counting)
    return find_world()


def find_world() -> World:
    """The rate card that was set up before."""
    return World(
        meters={meter.aggregation: meter for meter in Meter.objects.all()},
        actions={action.code: action for action in Action.objects.all()},
    )
