"""Which plan version an agreement was on at a moment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
    return read_version_histories([agreement])[agreement.pk].at(at)


def read_version_histories(agreements: Iterable[Agreement]) -> dict[int, VersionHistory]:
    """Return the history of each agreement, by its key. One query."""
    listed = list(agreements)
    changes: dict[int, list[PlanChange]] = defaultdict(list)
    found = PlanChange.objects.filter(agreement__in=[one.pk for one in listed])
    for change in found.order_by("effective_at"):
        changes[change.agreement_id].append(change)
    return {agreement.pk: _history(agreement, changes[agreement.pk]) for agreement in listed}


def _history(agreement: Agreement, changes: list[PlanChange]) -> VersionHistory:
    first = changes[0].from_version_id if changes else agreement.plan_version_id
    moves = (Move(change.effective_at, change.to_version_id) for change in changes)
    return VersionHistory(first, tuple(moves))
