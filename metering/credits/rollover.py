"""What survives the end of a period. Pure: plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

from config.kernel.quantities import EXACT, SMALLEST, ZERO

PRIORITY: Final = 100
PRIORITY_BEFORE_ALLOWANCE: Final = 90


class Basis(StrEnum):
    """What the rollover percentage is taken of."""

    UNUSED = "unused"
    ALLOWANCE = "allowance"


@dataclass(frozen=True, slots=True)
class RolloverPolicy:
    """
    How much of an unused allowance is granted again after the period ends.

    `percent` of the basis rolls over, never more than what is unused; `cap_percent` of the
    allowance bounds the rolled pool (None: unbounded); what rolled over lasts `term_periods`
    months (None: for ever) and rolls again only if `rerolls`.
    """

    basis: Basis
    percent: int
    cap_percent: int | None = None
    term_periods: int | None = None
    rerolls: bool = False

    def __post_init__(self) -> None:
        assert 1 <= self.percent <= 100, self.percent

    @property
    def priority(self) -> int:
        """
        Where rolled over credits stand in the burn order.

        Those that expire go before the allowance beside them, which may roll over itself; those
        that never expire go after it.
        """
        return PRIORITY if self.term_periods is None else PRIORITY_BEFORE_ALLOWANCE

    def cap(self, allowance: Decimal) -> Decimal | None:
        """The most that the rolled pool may hold; None where it has no bound."""
        return None if self.cap_percent is None else _percent_of(allowance, self.cap_percent)


@dataclass(frozen=True, slots=True)
class Slice:
    """What is left of one grant at the end of a period."""

    grant_id: int
    unused: Decimal


def rolled_over(
    policy: RolloverPolicy, *, unused: Sequence[Slice], allowance: Decimal, pool: Decimal
) -> dict[int, Decimal]:
    """
    Return how much of each slice rolls over, by grant id; what rolls nothing is not named.

    `pool` is what earlier rollovers hold that live on: what would bring it above the cap does
    not roll over. Each amount is rounded down to six places, so nothing is made of nothing.
    """
    room = _room(policy, unused=unused, allowance=allowance, pool=pool)
    rolled: dict[int, Decimal] = {}
    for part in unused:
        wanted = part.unused
        if policy.basis is Basis.UNUSED:
            wanted = _percent_of(part.unused, policy.percent)
        amount = wanted if room is None else min(wanted, room)
        if amount > ZERO:
            rolled[part.grant_id] = amount
            room = None if room is None else room - amount
    return rolled


def above_cap(
    policy: RolloverPolicy, *, slices: Sequence[Slice], allowance: Decimal, pool: Decimal
) -> dict[int, Decimal]:
    """
    Return how much of the rolled slices has to go, by grant id, the first slices first.

    `pool` is what they hold, with what open holds have taken from them. Only after a move to a
    smaller allowance, or a lower cap, does it ever stand above its cap.
    """
    cap = policy.cap(allowance)
    excess = ZERO if cap is None else max(ZERO, pool - cap)
    expired: dict[int, Decimal] = {}
    for part in slices:
        amount = min(part.unused, excess)
        if amount > ZERO:
            expired[part.grant_id] = amount
            excess -= amount
    return expired


def _room(
    policy: RolloverPolicy, *, unused: Sequence[Slice], allowance: Decimal, pool: Decimal
) -> Decimal | None:
    """How much may roll over in all; None where only the percentage of each slice bounds it."""
    bounds = []
    cap = policy.cap(allowance)
    if cap is not None:
        bounds.append(max(ZERO, cap - pool))
    if policy.basis is Basis.ALLOWANCE:
        bounds.append(min(_total(unused), _percent_of(allowance, policy.percent)))
    return min(bounds, default=None)


def _percent_of(quantity: Decimal, percent: int) -> Decimal:
    share = EXACT.multiply(quantity, Decimal(percent).scaleb(-2))
    return share.quantize(SMALLEST, ROUND_DOWN, context=EXACT)


def _total(slices: Iterable[Slice]) -> Decimal:
    return sum((part.unused for part in slices), ZERO)
