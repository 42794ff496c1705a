"""The same request many times at once, through the whole stack."""

from tests.support.installation import Installation
from tests.verify.storms import SHORT, prove_storms


def test_however_many_ask_at_once_each_thing_happens_once(blank: Installation) -> None:
    figures = prove_storms(blank.copy("storms"), scale=SHORT)

    assert figures.findings == []
    assert figures.is_clean
