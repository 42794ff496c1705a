"""Without the CLI there is nothing to collect here."""

from __future__ import annotations

from tests.sandbox.cli.binary import BINARY

collect_ignore = [] if BINARY.exists() else ["test_triggers.py"]
