from __future__ import annotations

import pytest
from environ import ImproperlyConfigured

from config import env


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMETHING", "")

    assert env.text("SOMETHING", default="other") == "other"
    assert env.integer("SOMETHING", default=7) == 7
    assert env.words("SOMETHING", default=("a",)) == ["a"]
    with pytest.raises(ImproperlyConfigured, match="SOMETHING"):
        env.required("SOMETHING")


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", " a.example, b.example ,")

    assert env.words("HOSTS") == ["a.example", "b.example"]


def test_a_number_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eight")

    with pytest.raises(ImproperlyConfigured, match="PORT is 'eight'"):
        env.integer("PORT", default=8000)


def test_an_unknown_kind_of_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYBOOK_PROCESS", "wbe")

    with pytest.raises(ImproperlyConfigured, match="web, worker, command"):
        env.process()


def test_a_choice_is_one_of_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = ("prorated", "full")
    assert env.one_of("SHARE", choices, default="prorated") == "prorated"
    monkeypatch.setenv("SHARE", "full")
    assert env.one_of("SHARE", choices, default="prorated") == "full"
    monkeypatch.setenv("SHARE", "half")
    with pytest.raises(ImproperlyConfigured, match=r"SHARE is 'half'; .* prorated, full"):
        env.one_of("SHARE", choices, default="prorated")
