"""Stripe's own scripts run through, and what cannot be is refused for the reason that we give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.cli.running import CommandLine
from tests.sandbox.cli.triggers import (
    AS_SHIPPED,
    BROUGHT_UP_TO_DATE,
    NOT_BROUGHT_ABOUT,
    OF_OTHER_PRODUCTS,
)
from tests.sandbox.serving import served


@pytest.fixture(scope="module")
def command_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    folder: Path = tmp_path_factory.mktemp("cli")
    with served(folder) as address:
        yield CommandLine(sandbox=address, home=folder)


@pytest.mark.parametrize("event", [*AS_SHIPPED, *BROUGHT_UP_TO_DATE])
def test_a_script_runs_through_and_its_event_is_announced(
    command_line: CommandLine, event: str
) -> None:
    outcome = command_line.trigger(event)

    assert outcome.ran_through, outcome.printed
    assert outcome.announced


@pytest.mark.parametrize("event", NOT_BROUGHT_ABOUT)
def test_what_cannot_be_is_never_pretended(command_line: CommandLine, event: str) -> None:
    outcome = command_line.trigger(event)

    assert not outcome.announced
    assert NOT_BROUGHT_ABOUT[event][0] in outcome.printed


def test_every_script_of_the_cli_is_accounted_for(command_line: CommandLine) -> None:
    ours = {*AS_SHIPPED, *BROUGHT_UP_TO_DATE, *NOT_BROUGHT_ABOUT}
    known = {
        event for event in command_line.known_events() if not event.startswith(OF_OTHER_PRODUCTS)
    }

    assert known == ours
