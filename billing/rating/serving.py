"""
What is left of customers' revenue after the cost of serving them, and whom to look at first.

The article reckons margins in two ways and mixes them ("The Math That Broke Per-Seat Pricing"):
after the cost of AI alone, and after all costs. Both are here, side by side, under their names.
All amounts are exact, in major units of one currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Generic, TypeVar

from config.kernel.quantities import ZERO

from .margins import margin

# "If three or more of your top 20 customers are below 40% gross margin, you have an urgent
# problem" (Your Next Steps).
AUDITED_CUSTOMERS: Final = 20
LOWEST_MARGIN: Final = Decimal("0.40")
URGENT_FROM: Final = 3
GROUPS_BY_USE: Final = 10

Who = TypeVar("Who")


@dataclass(frozen=True, slots=True)
class Economics:
    """What came in, and what serving took: the cost of AI, and all other cost of goods."""

    revenue: Decimal = ZERO
    ai_cost: Decimal = ZERO
    other_cost: Decimal = ZERO

    def __add__(self, other: "Economics") -> "Economics":
        return Economics(
            self.revenue + other.revenue,
            self.ai_cost + other.ai_cost,
            self.other_cost + other.other_cost,
        )

    @property
    def cost(self) -> Decimal:
        """All cost of serving."""
        return self.ai_cost + self.other_cost

    @property
    def left(self) -> Decimal:
        """The gross profit: what is left after all costs, negative for a loss."""
        return self.revenue - self.cost

    @property
    def ai_margin(self) -> Decimal | None:
        """The share of the revenue left after the cost of AI alone; None without revenue."""
        return margin(revenue=self.revenue, cost=self.ai_cost)

    @property
    def margin(self) -> Decimal | None:
        """The gross margin: the share left after all costs; None without revenue."""
        return margin(revenue=self.revenue, cost=self.cost)

    @property
    def is_loss(self) -> bool:
        """Whether serving costs more than comes in."""
        return self.left < ZERO

    def is_below(self, floor: Decimal) -> bool:
        """
        Whether the gross margin is below a floor; exactly at it is not. Without revenue it is,
        if serving costs anything.
        """
        if self.revenue <= ZERO:
            return self.is_loss
        # Without dividing: a third of something has no last digit.
        return self.left < self.revenue * floor


def total_of(parts: Iterable[Economics]) -> Economics:
    """Add economics up."""
    return sum(parts, Economics())


@dataclass(frozen=True, slots=True)
class Customer(Generic[Who]):
    """One customer's economics; `key` says whose they are, and orders what is equal."""

    key: Who
    economics: Economics


@dataclass(frozen=True, slots=True)
class Audit(Generic[Who]):
    """
    The article's audit: the customers with the most revenue, the most first, and those of them
    whose gross margin is below the floor.
    """

    top: tuple[Customer[Who], ...]
    below: tuple[Customer[Who], ...]

    @property
    def is_urgent(self) -> bool:
        """Whether three or more of the top 20 are below 40 %."""
        return len(self.below) >= URGENT_FROM


def audit_margins(
    customers: Sequence[Customer[Who]],
    *,
    count: int = AUDITED_CUSTOMERS,
    floor: Decimal = LOWEST_MARGIN,
) -> Audit[Who]:
    """
    Return the audit of the `count` customers with the most revenue. Customers without revenue are
    not among them; those with the same revenue keep the order in which they are given.
    """
    paying = [customer for customer in customers if customer.economics.revenue > ZERO]
    top = sorted(paying, key=lambda customer: -customer.economics.revenue)[:count]
    below = (customer for customer in top if customer.economics.is_below(floor))
    return Audit(tuple(top), tuple(below))


def heaviest_tenth(customers: Sequence[Customer[Who]]) -> list[Customer[Who]]:
    """
    Return the tenth of the customers whose use of AI costs the most, the most first: of 40 four,
    of 41 five. Nobody whose use costs nothing is among them; equals keep their order.
    """
    count = -(-len(customers) // 10)
    return [customer for customer in _by_use(customers) if customer.economics.ai_cost > ZERO][
        :count
    ]


def losses(customers: Sequence[Customer[Who]]) -> list[Customer[Who]]:
    """Return the customers that cost more than they pay, the greatest loss first."""
    losing = [customer for customer in customers if customer.economics.is_loss]
    return sorted(losing, key=lambda customer: customer.economics.left)


@dataclass(frozen=True, slots=True)
class UseGroup:
    """
    Customers who use AI alike: group 1 the most. The shares are those of all customers' revenue
    and cost of AI; 0 where there is none.
    """

    number: int
    customer_count: int
    economics: Economics
    revenue_share: Decimal
    ai_cost_share: Decimal


def groups_by_use(customers: Sequence[Customer[Who]]) -> list[UseGroup]:
    """
    Divide the customers into ten groups by what their use of AI costs, the heaviest first.

    The groups are as equal as can be, larger ones first; of fewer than ten customers each is a
    group. Who uses most should pay most: where the first groups cause far more of the cost than
    they bring of the revenue, heavy users chose the plan because it does not charge for use.
    """
    ordered = _by_use(customers)
    whole = total_of(customer.economics for customer in ordered)
    groups = []
    for number, members in enumerate(_divided(ordered), start=1):
        sums = total_of(customer.economics for customer in members)
        groups.append(
            UseGroup(
                number,
                len(members),
                sums,
                revenue_share=_share(sums.revenue, whole.revenue),
                ai_cost_share=_share(sums.ai_cost, whole.ai_cost),
            )
        )
    return groups


def _by_use(customers: Sequence[Customer[Who]]) -> list[Customer[Who]]:
    return sorted(customers, key=lambda customer: -customer.economics.ai_cost)


def _divided(ordered: Sequence[Customer[Who]]) -> list[Sequence[Customer[Who]]]:
    count = min(GROUPS_BY_USE, len(ordered))
    if not count:
        return []
    size, larger = divmod(len(ordered), count)
    parts, begin = [], 0
    for index in range(count):
        end = begin + size + (index < larger)
        parts.append(ordered[begin:end])
        begin = end
    return parts


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole > ZERO else ZERO


@dataclass(frozen=True, slots=True)
class SeatContraction:
    """
    What fewer seats do to a month's revenue. `usage_before` and `usage_now` are what was used in
    two spans of the same length: seats that go while usage stays are work that AI has taken over.
    """

    seats_before: int
    seats_after: int
    monthly_before: Decimal
    monthly_after: Decimal
    usage_before: Decimal = ZERO
    usage_now: Decimal = ZERO

    @property
    def change(self) -> Decimal:
        """How much a month brings more, negative for less."""
        return self.monthly_after - self.monthly_before

    @property
    def change_share(self) -> Decimal | None:
        """The same as a share of what it brought; None if that was nothing."""
        return self.change / self.monthly_before if self.monthly_before > ZERO else None

    @property
    def usage_trend(self) -> Decimal | None:
        """By which share usage grew, negative where it fell; None without any before."""
        if self.usage_before <= ZERO:
            return None
        return (self.usage_now - self.usage_before) / self.usage_before

    @property
    def is_replaced_by_use(self) -> bool:
        """Whether less is paid while at least as much is used as before."""
        return self.change < ZERO and self.usage_now > ZERO and self.usage_now >= self.usage_before


@dataclass(frozen=True, slots=True)
class Drift:
    """What one of an action came to cost, beside what the rate card says."""

    card_cost: Decimal
    mean_cost: Decimal
    p95_cost: Decimal

    @property
    def of_mean(self) -> Decimal | None:
        """By which share the mean is above the rate card; None where that says nothing."""
        return _above(self.mean_cost, self.card_cost)

    @property
    def of_p95(self) -> Decimal | None:
        """By which share the 95th percentile is above the rate card."""
        return _above(self.p95_cost, self.card_cost)


def _above(actual: Decimal, expected: Decimal) -> Decimal | None:
    return (actual - expected) / expected if expected > ZERO else None
