"""What coupons take off the lines of an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billing.sandbox.engine.money import half_up, spread


@dataclass(frozen=True)
class Line:
    """As much of an invoice line as a coupon looks at."""

    amount: int
    product: str | None
    discountable: bool = True
    # Discounts that belong to this line alone; the invoice's own are not repeated here.
    own: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reduction:
    """A discount at work: a percentage of each line, or an amount spread over them."""

    discount: str
    percent_off: Decimal | None
    amount_off: int | None
    products: frozenset[str] | None = None

    def reaches(self, line: Line) -> bool:
        of_product = self.products is None or line.product in self.products
        return line.discountable and line.amount > 0 and of_product


def apply(
    lines: Sequence[Line], *, of_lines: Sequence[Reduction], of_invoice: Sequence[Reduction]
) -> list[dict[str, int]]:
    """What each discount takes off each line, in the order in which the discounts are given.

    A line's own discounts go first; each discount sees what the ones before it have left.
    """
    taken: list[dict[str, int]] = [{} for _ in lines]
    for reduction in of_lines:
        places = [n for n, line in enumerate(lines) if reduction.discount in line.own]
        _take(reduction, lines, places, taken)
    for reduction in of_invoice:
        _take(reduction, lines, range(len(lines)), taken)
    return taken


def _take(
    reduction: Reduction,
    lines: Sequence[Line],
    places: Sequence[int],
    taken: list[dict[str, int]],
) -> None:
    reached = [place for place in places if reduction.reaches(lines[place])]
    left = [lines[place].amount - sum(taken[place].values()) for place in reached]
    for place, amount in zip(reached, _amounts(reduction, left), strict=True):
        taken[place][reduction.discount] = amount


def _amounts(reduction: Reduction, left: Sequence[int]) -> list[int]:
    if reduction.percent_off is not None:
        share = Fraction(reduction.percent_off) / 100
        return [half_up(amount * share) for amount in left]
    return spread(min(reduction.amount_off or 0, sum(left)), left)
