"""`python -m tests.sandbox.cli`: run every script, and say what came of each."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sandbox.cli.binary import WrongBinary, checked
from tests.sandbox.cli.running import CommandLine
from tests.sandbox.cli.triggers import AS_SHIPPED, BROUGHT_UP_TO_DATE, NOT_BROUGHT_ABOUT
from tests.sandbox.serving import served


def main() -> int:
    try:
        checked()
    except WrongBinary as cause:
        say(cause)
        return 2
    with TemporaryDirectory() as name, served(Path(name)) as address:
        return report(CommandLine(sandbox=address, home=Path(name)))


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")


def report(command_line: CommandLine) -> int:
    """Print a line for every script; 1 if one that must run through does not."""
    failed = 0
    for event in sorted([*AS_SHIPPED, *BROUGHT_UP_TO_DATE]):
        outcome = command_line.trigger(event)
        note = " (parameters brought up to date)" if event in BROUGHT_UP_TO_DATE else ""
        say(f"{'pass' if outcome.succeeded else 'FAIL'}  {event}{note}")
        failed += not outcome.succeeded
    for event, (_, why) in sorted(NOT_BROUGHT_ABOUT.items()):
        outcome = command_line.trigger(event)
        say(f"{'PASS' if outcome.succeeded else 'none'}  {event}: {why}")
    passed = len(AS_SHIPPED) + len(BROUGHT_UP_TO_DATE) - failed
    say(
        f"{passed} of {passed + failed + len(NOT_BROUGHT_ABOUT)} scripts about billing run through."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
