"""What the sandbox's own page says about the CLI is what the lists say."""

from __future__ import annotations

from config.env import PROJECT_FOLDER
from tests.sandbox.cli.triggers import AS_SHIPPED, BROUGHT_UP_TO_DATE, NOT_BROUGHT_ABOUT


def test_the_figures_told_are_the_figures_counted() -> None:
    told = " ".join((PROJECT_FOLDER / "billing/sandbox/DIVERGENCES.md").read_text().split())
    lists = (AS_SHIPPED, BROUGHT_UP_TO_DATE, NOT_BROUGHT_ABOUT)

    assert f"knows {sum(map(len, lists))} events" in told
    assert f"{len(AS_SHIPPED)} scripts end with their event as they are shipped" in told
    assert f"and {len(BROUGHT_UP_TO_DATE)} once the CLI is told" in told
    assert f"The other {len(NOT_BROUGHT_ABOUT)}:" in told
    assert len({*AS_SHIPPED, *BROUGHT_UP_TO_DATE, *NOT_BROUGHT_ABOUT}) == sum(map(len, lists))
