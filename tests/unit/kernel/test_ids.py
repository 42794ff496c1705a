import re

import pytest

from config.kernel.ids import new_id


def test_an_id_names_its_kind_and_hides_everything_else() -> None:
    assert re.fullmatch(r"org_[0-9a-hjkmnp-tv-z]{26}", new_id("org"))


def test_ids_do_not_repeat() -> None:
    assert len({new_id("evt") for _ in range(10_000)}) == 10_000


def test_ids_of_later_milliseconds_sort_later(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([1_800_000_000_000_000_000, 1_800_000_000_001_000_000])
    monkeypatch.setattr("config.kernel.ids.time.time_ns", lambda: next(clock))
    assert new_id("org") < new_id("org")
