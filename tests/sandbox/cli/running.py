"""Running a script of the CLI, and looking whether its event was announced."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.sandbox.asking import KEY
from tests.sandbox.cli.binary import checked
from tests.sandbox.cli.triggers import ANNOUNCED_AS, flags_of

PATIENCE = 60
WAIT_FOR_EVENT = 20


@dataclass(frozen=True)
class Outcome:
    """What came of a script: what the CLI printed, and whether the event was there afterwards."""

    event: str
    ran_through: bool
    announced: bool
    printed: str

    @property
    def succeeded(self) -> bool:
        return self.ran_through and self.announced


@dataclass(frozen=True)
class CommandLine:
    """The CLI, with a home of its own, talking to a sandbox."""

    sandbox: str
    home: Path

    def known_events(self) -> list[str]:
        """Every event that the CLI has a script for."""
        lines = self._run("trigger", "--help").splitlines()
        first = lines.index("Supported events:") + 1
        return [line.strip() for line in lines[first : lines.index("", first)]]

    def trigger(self, event: str) -> Outcome:
        """Run the script of an event."""
        before = self._newest(event)
        printed = self._run(
            "trigger", event, "--api-base", self.sandbox, "--api-key", KEY, *flags_of(event)
        )
        ran_through = "Trigger succeeded" in printed
        return Outcome(event, ran_through, ran_through and self._appears(event, before), printed)

    def _appears(self, event: str, before: str | None) -> bool:
        """A test clock takes a moment for what it announces."""
        deadline = time.monotonic() + WAIT_FOR_EVENT
        while self._newest(event) == before:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def _newest(self, event: str) -> str | None:
        query = urlencode({"type": ANNOUNCED_AS.get(event, event), "limit": 1})
        request = Request(
            f"{self.sandbox}/v1/events?{query}", headers={"Authorization": f"Bearer {KEY}"}
        )
        with urlopen(request, timeout=PATIENCE) as answer:
            found = json.load(answer)["data"]
        return found[0]["id"] if found else None

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(checked()), *arguments],
            env={"HOME": str(self.home), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout + done.stderr
