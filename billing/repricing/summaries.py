"""What a simulation came to over all customers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from config.kernel.money import Money

from ..analytics.windows import REHEARSED
from ..choices import Verdict
from ..models import SimulatedCustomer, Simulation
from ..wording import quantity_words

# Where the bands of what changes begin, in percent of what is paid now.
_EDGES: Final = (0, 10, 25, 50)


@dataclass(frozen=True, slots=True)
class MonthlyEffect:
    """
    What the moves of all customers to their best plans would change a month, in one currency, on
    the averages. Customers whom no plan fits stay, and count on both sides.
    """

    currency: str
    customer_count: int
    now: Money
    then: Money

    @property
    def change(self) -> Money:
        """How much more there would be, below zero how much less."""
        return Money(self.then.minor - self.now.minor, self.currency)


@dataclass(frozen=True, slots=True)
class Band:
    """
    How many customers would pay more (`sign` 1) or less (-1) by over `above` and at most `up_to`
    percent of what they pay now; None is without a bound. 0 is the same to the cent.
    """

    sign: int
    above: int
    up_to: int | None
    customer_count: int = 0

    def holds(self, *, more: int, current: int) -> bool:
        """Whether so many minor units more (below zero: less) than the current ones belong here."""
        if self.sign != (more > 0) - (more < 0):
            return False
        if not more:
            return True
        # Of what costs nothing now, anything more is more than any percentage.
        percent = None if current == 0 else Fraction(100 * abs(more), current)
        is_above = percent is None or percent > self.above
        return is_above and (self.up_to is None or (percent is not None and percent <= self.up_to))

    @property
    def label(self) -> str:
        """The band in words."""
        if not self.sign:
            return _("the same")
        facts = {"low": quantity_words(self.above), "high": quantity_words(self.up_to or 0)}
        if self.up_to is None:
            words = _("over %(low)s %% more") if self.sign > 0 else _("over %(low)s %% less")
        elif not self.above:
            words = _("up to %(high)s %% more") if self.sign > 0 else _("up to %(high)s %% less")
        else:
            words = (
                _("%(low)s to %(high)s %% more")
                if self.sign > 0
                else _("%(low)s to %(high)s %% less")
            )
        return words % facts


@dataclass(frozen=True, slots=True)
class Summary:
    """
    Customers by verdict, what would change by currency, and how many would pay how much more or
    less, from the largest saving to the largest increase.

    `rehearsal_count` of them live by a test clock: they are replayed as others are, but are no
    revenue, so neither `effects` nor `bands` have them.
    """

    by_verdict: Mapping[str, int]
    effects: tuple[MonthlyEffect, ...]
    bands: tuple[Band, ...]
    rehearsal_count: int

    @property
    def customer_count(self) -> int:
        """How many customers were replayed."""
        return sum(self.by_verdict.values())


def summarize(*, simulation: Simulation) -> Summary:
    """Add up what a simulation came to so far. Amounts are never converted. Four queries."""
    customers = SimulatedCustomer.objects.filter(simulation=simulation).order_by()
    counts = dict(customers.values_list("verdict").annotate(Count("pk")))
    real = customers.filter(organization__clock_ahead=REHEARSED)
    return Summary(
        by_verdict={verdict: counts.get(verdict, 0) for verdict in Verdict.values},
        effects=tuple(_effects(real)),
        bands=tuple(_bands(real)),
        rehearsal_count=sum(counts.values()) - real.count(),
    )


def _effects(customers: QuerySet[SimulatedCustomer]) -> Iterator[MonthlyEffect]:
    rows = customers.values("currency").annotate(
        count=Count("pk"), current=Sum("current_average_minor"), saved=Sum("saving_minor")
    )
    for row in sorted(rows, key=lambda row: (-row["count"], row["currency"])):
        now = Money(int(row["current"]), row["currency"])
        then = Money(now.minor - int(row["saved"] or 0), row["currency"])
        yield MonthlyEffect(row["currency"], row["count"], now, then)


def _bands(customers: QuerySet[SimulatedCustomer]) -> Iterator[Band]:
    ends = (*_EDGES[1:], None)
    bounds = list(zip(_EDGES, ends, strict=True))
    changes = [
        (current, -saving)
        for current, saving in customers.values_list("current_average_minor", "saving_minor")
        if saving is not None
    ]
    for band in (
        *(Band(-1, *each) for each in reversed(bounds)),
        Band(0, 0, None),
        *(Band(1, *each) for each in bounds),
    ):
        count = sum(band.holds(more=change, current=current) for current, change in changes)
        yield replace(band, customer_count=count)
