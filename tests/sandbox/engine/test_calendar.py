from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing.sandbox.engine.calendar import boundary, moment, next_boundary, previous_boundary


def at(text: str) -> int:
    return moment(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_a_month_without_the_anchor_day_ends_on_its_last_day_and_the_next_one_returns() -> None:
    """Setting the subscription billing cycle date: January 31, February 28, March 31, April 30."""
    anchor = at("2026-01-31T10:00:00")

    found = [boundary(anchor, interval="month", count=1, step=step) for step in range(4)]

    assert found == [
        at("2026-01-31T10:00:00"),
        at("2026-02-28T10:00:00"),
        at("2026-03-31T10:00:00"),
        at("2026-04-30T10:00:00"),
    ]


def test_a_leap_year_has_its_day() -> None:
    """Setting the subscription billing cycle date: February 29 in a leap year."""
    anchor = at("2027-02-28T00:00:00")
    leap = at("2028-02-29T00:00:00")

    assert boundary(anchor, interval="year", count=1, step=1) == at("2028-02-28T00:00:00")
    assert boundary(leap, interval="year", count=1, step=1) == at("2029-02-28T00:00:00")
    assert boundary(leap, interval="year", count=1, step=4) == at("2032-02-29T00:00:00")


@pytest.mark.parametrize(
    ("interval", "count", "after", "expected"),
    [
        ("month", 1, "2026-02-28T09:59:59", "2026-02-28T10:00:00"),
        ("month", 1, "2026-02-28T10:00:00", "2026-03-31T10:00:00"),
        ("month", 1, "2025-12-01T00:00:00", "2025-12-31T10:00:00"),
        ("month", 3, "2026-01-31T10:00:00", "2026-04-30T10:00:00"),
        ("year", 1, "2026-06-01T00:00:00", "2027-01-31T10:00:00"),
        ("week", 2, "2026-02-01T00:00:00", "2026-02-14T10:00:00"),
        ("day", 1, "2026-02-01T10:00:00", "2026-02-02T10:00:00"),
    ],
)
def test_the_next_boundary_is_the_first_one_later_than_the_moment(
    interval: str, count: int, after: str, expected: str
) -> None:
    anchor = at("2026-01-31T10:00:00")

    assert next_boundary(anchor, interval=interval, count=count, after=at(after)) == at(expected)


def test_the_previous_boundary_may_be_the_moment_itself() -> None:
    anchor = at("2026-01-31T10:00:00")

    assert previous_boundary(anchor, interval="month", count=1, until=anchor) == anchor
    assert previous_boundary(anchor, interval="month", count=1, until=anchor - 1) == at(
        "2025-12-31T10:00:00"
    )
