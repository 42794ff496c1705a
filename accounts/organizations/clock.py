"""
What time it is for an organization.

Real time, but for an organization that is rehearsed: the test clock that its payments follow may
be ahead, and then all of its time is. Interfaces ask here once, where they read the clock.
"""

from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.conf import settings

from ..models import Organization

KNOWN_FOR_SECONDS: Final = 1.0
NOT_AHEAD: Final = timedelta(0)


class Clocks:
    """How far ahead organizations are, at most a second out of date in this process."""

    def __init__(self) -> None:
        self._ahead: dict[int, timedelta] = {}
        self._known_until = 0.0

    def ahead_of(self, organization_id: int) -> timedelta:
        """How much later it is for an organization than it is."""
        if monotonic() >= self._known_until:
            rehearsed = Organization.objects.filter(clock_ahead__gt=NOT_AHEAD)
            self._ahead = dict(rehearsed.values_list("pk", "clock_ahead"))
            self._known_until = monotonic() + KNOWN_FOR_SECONDS
        return self._ahead.get(organization_id, NOT_AHEAD)

    def forget(self) -> None:
        """Ask anew the next time."""
        self._known_until = 0.0


clocks: Final = Clocks()


def time_of(*, organization_id: int, now: datetime) -> datetime:
    """Return what time it is for an organization. Without test clocks this costs nothing."""
    return now + clocks.ahead_of(organization_id) if settings.TEST_CLOCKS else now


def set_clock_ahead(*, organization_id: int, ahead: timedelta) -> None:
    """
    Let it be so much later for an organization than it is. Never earlier: its books go on.
    """
    Organization.objects.filter(pk=organization_id, clock_ahead__lt=ahead).update(clock_ahead=ahead)
    clocks.forget()


def list_rehearsed() -> dict[int, timedelta]:
    """Return how far ahead each organization is that lives by a test clock."""
    rehearsed = Organization.objects.open().filter(clock_ahead__gt=NOT_AHEAD).order_by("pk")
    return dict(rehearsed.values_list("pk", "clock_ahead"))
