"""The ledger against its plain model: random histories, compared after every step."""

import time
from dataclasses import dataclass

from tests.proof.long_run import run_model
from tests.verify.figures import Figures


@dataclass(frozen=True)
class Scale:
    """How many operations."""

    operations: int


LONG = Scale(operations=100_000)


def prove_model(*, scale: Scale, seed: int) -> Figures:
    """Every operation leaves the ledger as the model says it should be."""
    started = time.monotonic()
    figures = Figures("ledger against its model")
    run = run_model(operations=scale.operations, seed=seed)
    figures.acknowledged = run["operations"]
    for finding in run["findings"]:
        figures.note_drift(str(finding))
    figures.details["histories"] = run["histories"]
    figures.details["operations a second"] = f"{run['per_second']:.0f}"
    figures.details["steps"] = run["steps"]
    figures.seconds = time.monotonic() - started
    return figures
