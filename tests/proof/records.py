"""What the model of a ledger remembers: grants, periods, events and holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

GRACE = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
ZERO = Decimal(0)
PLACES = Decimal("0.000001")


def share_of(quantity: Decimal, percent: Decimal | int) -> Decimal:
    return (quantity * Decimal(percent) / 100).quantize(PLACES, ROUND_DOWN)


@dataclass(eq=False)
class ModelGrant:
    """What was given, on which terms, and what is left."""

    number: int
    category: str
    amount: Decimal
    remaining: Decimal
    priority: int
    effective_at: datetime
    expires_at: datetime | None
    actions: frozenset[str] = frozenset()
    ended_at: datetime | None = None
    has_lapsed: bool = False

    @property
    def is_of_agreement(self) -> bool:
        return self.category in ("allowance", "rollover")

    @property
    def ends_at(self) -> datetime | None:
        return min(filter(None, (self.expires_at, self.ended_at)), default=None)

    def may_pay(self, at: datetime, action: str | None) -> bool:
        is_alive = self.effective_at <= at and (self.ends_at is None or at < self.ends_at)
        return is_alive and (not self.actions or action in self.actions)

    def is_over(self, at: datetime) -> bool:
        """Whether its life and the grace after it have passed."""
        return self.ends_at is not None and self.ends_at + GRACE <= at

    def rank(self) -> tuple[object, ...]:
        """The published burn order, written down a second time."""
        end = (1, 0.0) if self.expires_at is None else (0, self.expires_at.timestamp())
        is_purchased = self.category == "purchase"
        return (self.priority, end, is_purchased, self.effective_at, self.number)


@dataclass(eq=False)
class ModelPeriod:
    """A month of usage. Its totals are looked up, never kept, until it closes."""

    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    allowance: Decimal | None
    closed: "ModelTotals | None" = None


@dataclass(frozen=True)
class ModelTotals:
    """What a period came to."""

    used: Decimal
    overage: Decimal
    expired: Decimal = ZERO
    rolled_over: Decimal = ZERO


Paid = list[tuple[ModelGrant, Decimal]]


@dataclass(eq=False)
class ModelEvent:
    """A booked event, who paid for it at once, and who did afterwards."""

    event_id: str
    number: int
    quantity: Decimal
    credits: Decimal
    action: str | None
    occurred_at: datetime
    counted_at: datetime
    period: ModelPeriod
    overage: Decimal
    paid: Paid
    remaining: Decimal | None
    covered: Paid = field(default_factory=list)
    seen: str = ""
    is_reversed: bool = False

    @property
    def unpaid(self) -> Decimal:
        return ZERO if self.is_reversed else self.overage - total(self.covered)


@dataclass(eq=False)
class ModelHold:
    """Credits set aside, and the grants that they came from."""

    key: str
    credits: Decimal
    uncovered: Decimal
    action: str | None
    parts: Paid
    held_at: datetime
    expires_at: datetime
    outcome: str | None = None


@dataclass(frozen=True)
class ModelPolicy:
    """What rolls over."""

    basis: str
    percent: int
    cap_percent: int | None
    term_periods: int | None
    rerolls: bool


def total(parts: Iterable[tuple[ModelGrant, Decimal]]) -> Decimal:
    return sum((amount for _, amount in parts), ZERO)
