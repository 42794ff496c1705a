"""Tests that `make test` runs in short, run in full: the same functions, with more cases each."""

import os
import re
import subprocess
import sys
import time
from typing import Final

from config import env
from tests.scenarios.year.stories import ALL
from tests.support.extent import FULL, VARIABLE
from tests.verify.figures import Figures

OF_STRIPE: Final = (
    "tests/faults/test_stripe_faults.py",
    "tests/faults/test_stripe_kills.py",
    "tests/integration/billing/stripe/test_random_orders.py",
    "tests/integration/demo/test_demo_paying.py",
    "tests/scenarios/test_stripe_amounts.py",
    "tests/verify/djstripe_schema.py",
    "tests/verify/squashed_migrations.py",
)
OF_A_YEAR: Final = "tests/scenarios/test_stripe_year.py"
OF_CALLERS: Final = ("tests/tenancy", "tests/hostile")
OPTIONS: Final = ("-q", "-n2", "--dist=worksteal", "--show-capture=no", "--tb=short")
SHOWN: Final = 4_000


def prove_stripe() -> Figures:
    """Deaths, faults and orders of events at Stripe; acknowledged is how many tests passed."""
    return _run(*OF_STRIPE, part="deaths, faults and orders")


def prove_year() -> Figures:
    """Every period of every agreement is billed once, to the cent."""
    figures = _run(OF_A_YEAR, part="a year of agreements")
    figures.acknowledged *= ALL
    return figures


def prove_callers() -> Figures:
    """Every operation by every kind of caller, and every nasty value in every place."""
    return _run(*OF_CALLERS, part="callers and what they send")


def _run(*tests: str, part: str) -> Figures:
    started = time.monotonic()
    figures = Figures(part)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *tests, *OPTIONS],
        env={**os.environ, VARIABLE: FULL},
        cwd=env.PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    passed = re.search(r"(\d+) passed", ended.stdout)
    figures.acknowledged = int(passed[1]) if passed else 0
    if ended.returncode:
        figures.note_drift(ended.stdout[-SHOWN:] + ended.stderr[-SHOWN:])
    figures.seconds = time.monotonic() - started
    return figures
