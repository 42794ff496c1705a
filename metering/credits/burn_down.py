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
    """
    A grant as burn-down sees it: what is left of it, and the terms that rank it.

    Without `action_ids` it may pay for everything on its meter.
    """

    grant_id: int
    remaining: Decimal
    priority: int
    effective_at: datetime
    expires_at: datetime | None
    is_purchased: bool
    action_ids: frozenset[int] = frozenset()

    def may_pay(self, *, at: datetime, action_id: int | None) -> bool:
        """Whether the grant may pay for something that happened at this instant."""
        return (
            self.effective_at <= at
            and (self.expires_at is None or at < self.expires_at)
            and (not self.action_ids or action_id in self.action_ids)
        )


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


def burn_down(
    quantity: Decimal,
    ranked: Sequence[AvailableGrant],
    *,
    at: datetime,
    action_id: int | None = None,
) -> BurnDown:
    """
    Draw a quantity of usage from grants in burn order.

    Grants that are not active at that moment, or that are restricted to other actions, do not
    pay.
    """
    drawn: list[tuple[int, Decimal]] = []
    unpaid = quantity
    for grant in ranked:
        if unpaid == ZERO:
            break
        if grant.remaining > ZERO and grant.may_pay(at=at, action_id=action_id):
            taken = min(grant.remaining, unpaid)
            drawn.append((grant.grant_id, taken))
            unpaid -= taken
    return BurnDown(drawn=tuple(drawn), overage=unpaid)
