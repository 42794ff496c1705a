"""Days and instants as people read them, in each language alike."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from config.kernel.moments import date_words, day_words, moment_words

LATE = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)
ENGLISH, GERMAN = Locale("en"), Locale("de")


@pytest.mark.parametrize(
    ("style", "english", "german"),
    [
        ("date", "3 Nov 2026", "3. Nov. 2026"),
        ("day", "3 Nov", "3. Nov."),
        ("weekday", "Tue 3 Nov", "Di., 3. Nov."),
        ("long", "Tue 3 Nov 2026", "Di., 3. Nov. 2026"),
    ],
)
def test_a_day_is_written_as_its_language_has_it(style: str, english: str, german: str) -> None:
    day = date(2026, 11, 3)
    assert date_words(day, locale=ENGLISH, style=style) == english
    assert date_words(day, locale=GERMAN, style=style) == german


@pytest.mark.parametrize(
    ("zone", "day", "zone_name", "time"),
    [
        ("UTC", "12 Mar 2026", "UTC", "23:30"),
        ("Europe/Berlin", "13 Mar 2026", "CET", "00:30"),
        ("America/Sao_Paulo", "12 Mar 2026", "UTC-03:00", "20:30"),
    ],
)
def test_an_instant_falls_on_the_day_of_its_zone(
    zone: str, day: str, zone_name: str, time: str
) -> None:
    there = ZoneInfo(zone)
    assert moment_words(LATE, zone=there, locale=ENGLISH) == f"{day}, {time} {zone_name}"
    assert day_words(LATE, zone=there, locale=ENGLISH) == f"{day} {zone_name}"
