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
    credits = make_credit_meter()
    return World(
        meters={
            Aggregation.SUM: credits,
            Aggregation.COUNT: make_meter("answers", unit="answer", aggregation=Aggregation.COUNT),
            Aggregation.MAX: make_meter("peak", unit="peak", aggregation=Aggregation.MAX),
            Aggregation.LATEST: make_meter("level", unit="level", aggregation=Aggregation.LATEST),
            Aggregation.UNIQUE: make_meter(
                "people",
                unit="person",
                aggregation=Aggregation.UNIQUE,
                unique_property="member",
            ),
        },
        actions={action.code: action for action in Action.objects.filter(meter=credits)},
    )
