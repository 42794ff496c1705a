"""Where the CLI is, and that it is the one we mean."""

from __future__ import annotations

import hashlib
from pathlib import Path

from config.env import PROJECT_FOLDER

VERSION = "1.52.0"
PACKAGE = "@stripe/cli-linux-x64"
BINARY: Path = PROJECT_FOLDER / ".tallybook/stripe-cli/node_modules" / PACKAGE / "bin/stripe"
SHA256 = "a72c2d755d4d7b18760cc1007a7f1859a21d363dc32d1d614cd2aaa0e7b544ea"


class WrongBinary(Exception):
    """The CLI is missing, or it is another one."""


def checked() -> Path:
    """The CLI's program file. Raises WrongBinary."""
    if not BINARY.exists():
        raise WrongBinary(f"Install the CLI first: npm install ... {PACKAGE}@{VERSION}")
    found = hashlib.sha256(BINARY.read_bytes()).hexdigest()
    if found != SHA256:
        raise WrongBinary(f"{BINARY} is not the program of {PACKAGE} {VERSION}.")
    return BINARY
