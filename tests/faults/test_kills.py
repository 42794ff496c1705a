"""Processes die in the middle of a load, and the books are none the worse for it."""

from tests.support.installation import Installation
from tests.verify.kills import SHORT, prove_kills


def test_killing_web_worker_and_database_under_load_loses_and_doubles_nothing(
    blank: Installation,
) -> None:
    figures = prove_kills(blank.copy("kills"), scale=SHORT, seed=3)

    assert figures.findings == []
    assert figures.is_clean
