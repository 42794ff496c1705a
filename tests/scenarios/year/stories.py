"""What fifty organizations do in a year: their anchors, zones, plans, and what happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
ALL: Final = 50
END: Final = datetime(2029, 3, 6, tzinfo=UTC)

# The 31st, the leap day, the last second of a day, and the hours at which clocks are changed in
# Los Angeles, Berlin and Lord Howe.
ANCHORS: Final = [
    datetime(2028, 1, 31, 0, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
    datetime(2028, 1, 30, 14, 30, 7, tzinfo=UTC),
    datetime(2028, 3, 12, 10, 0, 0, tzinfo=UTC),
    datetime(2028, 3, 26, 1, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 0, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 28, 11, 0, 1, tzinfo=UTC),
    datetime(2028, 4, 1, 15, 0, 0, tzinfo=UTC),
    datetime(2028, 1, 31, 10, 59, 59, tzinfo=UTC),
    datetime(2028, 3, 31, 12, 0, 0, tzinfo=UTC),
]
ZONES: Final = [
    "America/Los_Angeles", "Europe/Berlin", "Pacific/Kiritimati", "Asia/Kathmandu",
    "Australia/Lord_Howe", "America/St_Johns", "UTC",
]  # fmt: skip


@dataclass(frozen=True)
class Use:
    """Credits that are used."""

    at: datetime
    credits: int


@dataclass(frozen=True)
class Change:
    """A wish of the customer's: at once if it is an upgrade, else when the period ends."""

    at: datetime
    plan: str = ""
    interval: str = ""


@dataclass(frozen=True)
class Card:
    """Another of Stripe's test cards pays from now on."""

    at: datetime
    name: str


@dataclass(frozen=True)
class Leave:
    """Notice to the end of the period."""

    at: datetime


Deed = Use | Change | Card | Leave


@dataclass(frozen=True)
class Story:
    """What one organization subscribes to, and what it does then."""

    name: str
    zone: str
    currency: str
    plan: str
    interval: str
    anchor: datetime
    deeds: list[Deed] = field(default_factory=list)


def list_stories(count: int) -> list[Story]:
    """So many stories: each kind with every anchor, sooner or later."""
    return [_story(number) for number in range(count)]


def _story(number: int) -> Story:
    kind = list(_KINDS)[number % len(_KINDS)]
    plan, interval, tell = _KINDS[kind]
    anchor = ANCHORS[(number + number // len(_KINDS)) % len(ANCHORS)]
    return Story(
        name=f"{kind} {number}",
        zone=ZONES[number % len(ZONES)],
        currency="EUR" if number % 3 == 1 else "USD",
        plan=plan,
        interval=interval,
        anchor=anchor,
        deeds=list(tell(anchor, number)),
    )


def _quiet(anchor: datetime, number: int) -> Iterator[Deed]:
    yield Use(anchor + 3 * DAY, 100)


def _overage(anchor: datetime, number: int) -> Iterator[Deed]:
    """Too much, more or less each month; sometimes in the last second of it, by day or night."""
    for month in range(12):
        yield Use(anchor + (30 * month + 5) * DAY, 90 + 7 * ((number + month) % 5))
        yield Use(anchor + (30 * month + 20) * DAY + timedelta(hours=number % 24), 13 * (month % 3))


def _upgrade(anchor: datetime, number: int) -> Iterator[Deed]:
    """Within the smaller allowance before, far beyond the larger one after."""
    at = anchor + (40 + number % 15) * DAY + timedelta(seconds=7919 * number)
    yield Use(at - DAY, 60)
    yield Change(at, plan="large")
    yield Use(at + timedelta(hours=1), 511)
    yield Use(at + 90 * DAY, 777)


def _up_and_down(anchor: datetime, number: int) -> Iterator[Deed]:
    yield Change(anchor + 36 * DAY + timedelta(seconds=4801 * number), plan="large")
    yield Use(anchor + 75 * DAY, 603)
    yield Change(anchor + 100 * DAY, plan="small")
    yield Use(anchor + 135 * DAY, 222)


def _unpaid(anchor: datetime, number: int) -> Iterator[Deed]:
    """The card fails at a renewal; a better one comes before Stripe has given up."""
    yield Use(anchor + 70 * DAY, 150)
    yield Card(anchor + 80 * DAY, "pm_card_chargeCustomerFail")
    yield Card(anchor + 96 * DAY, "pm_card_visa")
    yield Use(anchor + 110 * DAY, 130)


def _another_interval(anchor: datetime, number: int) -> Iterator[Deed]:
    yield Use(anchor + 50 * DAY, 131)
    yield Change(anchor + 70 * DAY, interval="year")
    yield Use(anchor + 130 * DAY, 144)


def _leaving(anchor: datetime, number: int) -> Iterator[Deed]:
    yield Use(anchor + 100 * DAY, 117)
    yield Leave(anchor + 110 * DAY)
    yield Use(anchor + 112 * DAY, 37)


_KINDS: Final = {
    "overage": ("small", "month", _overage),
    "upgrade": ("small", "month", _upgrade),
    "unpaid": ("small", "month", _unpaid),
    "yearly upgrade": ("small", "year", _upgrade),
    "up and down": ("small", "month", _up_and_down),
    "yearly overage": ("small", "year", _overage),
    "another interval": ("small", "month", _another_interval),
    "leaving": ("large", "month", _leaving),
    "quiet": ("large", "month", _quiet),
}
