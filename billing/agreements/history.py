"""Which plan version an agreement was on at a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..models import Agreement, PlanChange


@dataclass(frozen=True, slots=True)
class Move:
    """The plan version that an agreement is on from an instant."""

    effective_at: datetime
    version_id: int


@dataclass(frozen=True, slots=True)
class VersionHistory:
    """The plan version that an agreement was made on, and its moves since, oldest first."""

    first_version_id: int
    moves: tuple[Move, ...] = ()

    def at(self, moment: datetime) -> int:
        """The version in force at a moment; the first one also before the agreement began."""
        in_force = self.first_version_id
        for move in self.moves:
            if move.effective_at <= moment:
                in_force = move.version_id
        return in_force

    def before(self, moment: datetime) -> Iterator[int]:
        """The versions that were in force before a moment, the newest first."""
        for move in reversed(self.moves):
            if move.effective_at < moment:
                yield move.version_id
        yield self.first_version_id

    def during(self, starts_at: datetime, ends_at: datetime) -> Iterator[int]:
        """The versions that were in force at some moment of a span, the oldest first."""
        yield self.at(starts_at)
        for move in self.moves:
            if starts_at < move.effective_at < ends_at:
                yield move.version_id


def version_at(*, agreement: Agreement, at: datetime) -> int:
    """Return the key of the plan version that an agreement was on at a moment. One query."""
    changes = PlanChange.objects.filter(agreement=agreement).order_by("effective_at")
    rows = list(changes.values_list("effective_at", "from_version_id", "to_version_id"))
    history = VersionHistory(
        first_version_id=rows[0][1] if rows else agreement.plan_version_id,
        moves=tuple(Move(effective_at, to_version_id) for effective_at, _, to_version_id in rows),
    )
    return history.at(at)
