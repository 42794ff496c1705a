"""A simulated year of many agreements, billed through Stripe's sandbox and held to an oracle."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from config import env
from tests.verify.figures import Figures

STORY = "tests/scenarios/test_stripe_year.py"


@dataclass(frozen=True)
class Scale:
    """How many agreements."""

    agreements: int


LONG = Scale(agreements=50)


def prove_year(*, scale: Scale) -> Figures:
    """Every period of every agreement is billed once, to the cent."""
    started = time.monotonic()
    figures = Figures("a year of agreements")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", STORY, "-q", "-n0", "--show-capture=no", "--tb=short"],
        env={**os.environ, "YEAR_OF_AGREEMENTS": str(scale.agreements)},
        cwd=env.PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    figures.acknowledged = scale.agreements
    if ended.returncode:
        figures.note_drift(ended.stdout[-4_000:])
    figures.seconds = time.monotonic() - started
    return figures
