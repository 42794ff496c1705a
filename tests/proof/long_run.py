"""The long run: histories of very many organizations in one database, told by several processes."""

import json
import os
import subprocess
import sys
from typing import Any, Final

from config import env

PROCESSES: Final = 2
SETTINGS: Final = "config.settings.test"


def run_model(*, operations: int, seed: int, processes: int = PROCESSES) -> dict[str, Any]:
    """
    Carry out so many operations in the ledger and in the model, and compare after each step.

    The caller needs neither Django nor a database: the run uses a server as the tests do. One seed
    is one run. Returns `operations`, `histories`, `seconds`, `per_second`, how often each `steps`
    was taken, and `findings`: what disagreed, each with the seed of its history; none if all is
    well. Raises `RuntimeError` if the run itself broke down.
    """
    arguments = {"operations": operations, "seed": seed, "processes": processes}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.proof", *as_options(arguments)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS},
        cwd=env.PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(ended.stderr[-4_000:])
    return last_line(ended.stdout)


def as_options(arguments: dict[str, int]) -> list[str]:
    """Arguments as a command line has them."""
    return [f"--{name}={value}" for name, value in arguments.items()]


def last_line(output: str) -> dict[str, Any]:
    """What a program of this run ends with."""
    figures: dict[str, Any] = json.loads(output.splitlines()[-1])
    return figures
