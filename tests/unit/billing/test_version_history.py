from datetime import UTC, datetime, timedelta

from billing.agreements.history import Move, VersionHistory

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
HISTORY = VersionHistory(1, (Move(NOON, 2), Move(NOON + timedelta(days=3), 3)))


def test_a_version_holds_from_the_instant_of_the_move() -> None:
    assert HISTORY.at(NOON - INSTANT) == 1
    assert HISTORY.at(NOON) == 2
    assert HISTORY.at(NOON + timedelta(days=3) - INSTANT) == 2
    assert HISTORY.at(NOON + timedelta(days=3)) == 3


def test_without_a_move_the_first_version_always_holds() -> None:
    assert VersionHistory(7).at(NOON) == 7
    assert list(VersionHistory(7).before(NOON)) == [7]


def test_what_held_before_an_instant_is_told_newest_first() -> None:
    assert list(HISTORY.before(NOON)) == [1]
    assert list(HISTORY.before(NOON + INSTANT)) == [2, 1]
    assert list(HISTORY.before(NOON + timedelta(days=30))) == [3, 2, 1]


def test_what_held_during_a_span_is_told_oldest_first() -> None:
    third = NOON + timedelta(days=3)
    assert list(HISTORY.during(NOON - INSTANT, NOON)) == [1]
    assert list(HISTORY.during(NOON - INSTANT, NOON + INSTANT)) == [1, 2]
    assert list(HISTORY.during(NOON, third)) == [2]
    assert list(HISTORY.during(NOON, third + INSTANT)) == [2, 3]
    assert list(HISTORY.during(third, third + INSTANT)) == [3]
    assert list(HISTORY.during(NOON - INSTANT, third + INSTANT)) == [1, 2, 3]
