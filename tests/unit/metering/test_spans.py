"""A span is cut into pieces that lie beside each other, and no piece belongs to two days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kernel.periods import Period
from metering.queries.spans import Grain, Piece, cut_span, widen

BERLIN, KOLKATA, NEPAL = map(ZoneInfo, ("Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu"))
SAO_PAULO, LORD_HOWE = ZoneInfo("America/Sao_Paulo"), ZoneInfo("Australia/Lord_Howe")
ZONES = [ZoneInfo("UTC"), BERLIN, KOLKATA, NEPAL, SAO_PAULO, LORD_HOWE]
HOUR = timedelta(hours=1)

# Clocks change in each of the zones within that time, in some of them at midnight.
BEGINNING = datetime(2017, 9, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=450)).map(BEGINNING.__add__)
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=40))
zones = st.sampled_from(ZONES)


def span(start: str, end: str) -> Period:
    return Period(datetime.fromisoformat(start), datetime.fromisoformat(end))


def instants_of(piece: Piece, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if piece.grain is Grain.DAYS:
        assert piece.first_day is not None and piece.end_day is not None
        return start_of(piece.first_day, zone), start_of(piece.end_day, zone)
    assert piece.starts_at is not None and piece.ends_at is not None
    return piece.starts_at, piece.ends_at


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first minute whose local date is the day: found by looking, not by arithmetic."""
    minute = datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=15)
    while minute.astimezone(zone).date() < day:
        minute += timedelta(minutes=15)
    return minute


@given(starts_at=instants, length=lengths, zone=zones, has_hours=st.booleans())
def test_the_pieces_make_the_span_without_gap_or_overlap(
    *, starts_at: datetime, length: timedelta, zone: ZoneInfo, has_hours: bool
) -> None:
    whole = Period(starts_at, starts_at + length)
    pieces = cut_span(whole, days_in=zone, has_hours=has_hours, midnights_of=zone)
    ends = sorted(instants_of(piece, zone) for piece in pieces)
    assert ends[0][0] == whole.starts_at and ends[-1][1] == whole.ends_at
    assert [end for _, end in ends[:-1]] == [start for start, _ in ends[1:]]


@given(instants, lengths, zones)
def test_no_piece_lies_across_a_midnight(
    starts_at: datetime, length: timedelta, zone: ZoneInfo
) -> None:
    whole = Period(starts_at, starts_at + length)
    for piece in cut_span(whole, days_in=None, has_hours=True, midnights_of=zone):
        start, end = instants_of(piece, zone)
        last = end - timedelta(microseconds=1)
        assert start.astimezone(zone).date() == last.astimezone(zone).date()
        if piece.grain is Grain.HOURS:
            assert (start.minute, start.second, end.minute, end.second) == (0, 0, 0, 0)


@given(instants, lengths, zones)
def test_events_are_looked_at_for_less_than_an_hour_at_each_end(
    starts_at: datetime, length: timedelta, zone: ZoneInfo
) -> None:
    whole = Period(starts_at, starts_at + length)
    pieces = cut_span(whole, days_in=None, has_hours=True)
    looked_at = [piece for piece in pieces if piece.grain is Grain.EVENTS]
    for start, end in (instants_of(piece, zone) for piece in looked_at):
        assert end - start < (2 * HOUR if len(pieces) == 1 else HOUR)


def test_a_span_of_some_days_takes_them_whole_and_the_edges_by_the_hour() -> None:
    pieces = cut_span(
        span("2026-03-27T21:30+00:00", "2026-03-30T04:15+00:00"), days_in=BERLIN, has_hours=True
    )
    assert [(piece.grain, *instants_of(piece, BERLIN)) for piece in pieces] == [
        ("days", *moments("2026-03-27T23:00+00:00", "2026-03-29T22:00+00:00")),
        ("hours", *moments("2026-03-27T22:00+00:00", "2026-03-27T23:00+00:00")),
        ("events", *moments("2026-03-27T21:30+00:00", "2026-03-27T22:00+00:00")),
        ("hours", *moments("2026-03-29T22:00+00:00", "2026-03-30T04:00+00:00")),
        ("events", *moments("2026-03-30T04:00+00:00", "2026-03-30T04:15+00:00")),
    ]


def moments(*texts: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(text) for text in texts)


def test_where_midnight_is_at_half_past_the_hour_is_cut_in_two() -> None:
    pieces = cut_span(
        span("2026-09-10T17:00+00:00", "2026-09-10T20:00+00:00"),
        days_in=None,
        has_hours=True,
        midnights_of=KOLKATA,
    )
    assert [(piece.grain, *instants_of(piece, KOLKATA)) for piece in pieces] == [
        ("hours", *moments("2026-09-10T17:00+00:00", "2026-09-10T18:00+00:00")),
        ("events", *moments("2026-09-10T18:00+00:00", "2026-09-10T18:30+00:00")),
        ("hours", *moments("2026-09-10T19:00+00:00", "2026-09-10T20:00+00:00")),
        ("events", *moments("2026-09-10T18:30+00:00", "2026-09-10T19:00+00:00")),
    ]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (None, ("2026-09-10T08:00+00:00", "2026-10-10T09:00+00:00")),
        (BERLIN, ("2026-09-09T22:00+00:00", "2026-10-10T22:00+00:00")),
    ],
)
def test_a_period_with_sums_of_its_own_needs_no_cutting(
    zone: ZoneInfo | None, expected: tuple[str, str]
) -> None:
    widened = widen(span("2026-09-10T08:13+00:00", "2026-10-10T08:13+00:00"), days_in=zone)
    assert (widened.starts_at, widened.ends_at) == moments(*expected)
    [piece] = cut_span(widened, days_in=zone, has_hours=True)
    assert piece.grain is (Grain.HOURS if zone is None else Grain.DAYS)
