"""How many seats an agreement had at a moment, and by which interval it was billed then."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..models import AgreedSeats, Agreement


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats that an agreement has from an instant on, and the interval that it is billed by."""

    effective_at: datetime
    seats: int
    interval: str


@dataclass(frozen=True, slots=True)
class SeatHistory:
    """What an agreement began with, and what it had later, oldest first."""

    first: Seats
    later: tuple[Seats, ...] = ()

    def at(self, moment: datetime) -> Seats:
        """What held at a moment; what it began with also before that."""
        held = self.first
        for seats in self.later:
            if seats.effective_at <= moment:
                held = seats
        return held

    def edges(self) -> tuple[datetime, ...]:
        """The instants at which it became something else."""
        return tuple(seats.effective_at for seats in self.later)


def note_seats(agreement: Agreement, *, at: datetime) -> None:
    """
    Keep what an agreement has from an instant on, where that is news. The caller holds the lock,
    and comes with ascending instants.
    """
    last = AgreedSeats.objects.filter(agreement=agreement).order_by("-effective_at").first()
    if last is None or (last.seats, last.interval) != (agreement.seats, agreement.interval):
        AgreedSeats.objects.create(
            organization_id=agreement.organization_id,
            agreement=agreement,
            seats=agreement.seats,
            interval=agreement.interval,
            effective_at=at,
        )


def read_seat_histories(agreements: Iterable[Agreement]) -> dict[int, SeatHistory]:
    """Return the history of each agreement, by its key. One statement."""
    kept: dict[int, list[Seats]] = defaultdict(list)
    rows = AgreedSeats.objects.filter(agreement__in=[one.pk for one in agreements])
    for row in rows.order_by("effective_at"):
        kept[row.agreement_id].append(Seats(row.effective_at, row.seats, row.interval))
    return {key: SeatHistory(seats[0], tuple(seats[1:])) for key, seats in kept.items()}
