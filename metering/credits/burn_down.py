"""Which grants pay for usage. Pure: plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from config.kernel.quantities import ZERO

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AvailableGrant:
    """A grant as burn-down sees it: what is left of it, and the terms that rank it."""

    grant_id: int
    remaining: Decimal
    priority: int
    effective_at: datetime
    expires_at: datetime | None
    is_purchased: bool

    def is_active_at(self, at: datetime) -> bool:
        """Whether the grant may pay for something that happened at this instant."""
        return self.effective_at <= at and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, slots=True)
class BurnDown:
    """What each grant pays, by grant id in the order of payment, and what none of them pays."""

    drawn: tuple[tuple[int, Decimal], ...]
    overage: Decimal


def in_burn_order(grants: Iterable[AvailableGrant]) -> list[AvailableGrant]:
    """
    Rank grants in the published order.

    Lower priority number first, then the earliest to expire, then free before purchased,
    then the oldest; the id breaks ties, so that a replay always draws the same way.
    """
    return sorted(
        grants,
        key=lambda grant: (
            grant.priority,
            grant.expires_at or _NEVER,
            grant.is_purchased,
            grant.effective_at,
            grant.grant_id,
        ),
    )


def burn_down(quantity: Decimal, ranked: Sequence[AvailableGrant], *, at: datetime) -> BurnDown:
    """Draw a quantity of usage from grants in burn order, skipping those not active at a moment."""
    drawn: list[tuple[int, Decimal]] = []
    unpaid = quantity
    for grant in ranked:
        if unpaid == ZERO:
            break
        if grant.remaining > ZERO and grant.is_active_at(at):
            taken = min(grant.remaining, unpaid)
            drawn.append((grant.grant_id, taken))
            unpaid -= taken
    return BurnDown(drawn=tuple(drawn), overage=unpaid)
