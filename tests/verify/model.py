"""The ledger against its plain model: random histories, compared after every step."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.support.installation import Installation
from tests.verify.figures import Figures
from tests.verify.oracle import prove_books

# As many as there are cores; each walks through histories of its own.
WALKERS = 2


@dataclass(frozen=True)
class Scale:
    """How many operations, by all walkers together."""

    operations: int


LONG = Scale(operations=100_000)


def prove_model(installation: Installation, *, scale: Scale, seed: int) -> Figures:
    """Every operation leaves the ledger as the model says it should be."""
    started = time.monotonic()
    figures = Figures("ledger against its model")
    with ThreadPoolExecutor(WALKERS) as pool:
        walks = [
            pool.submit(
                installation.call,
                "tests.proof.machine:run_model",
                operations=scale.operations // WALKERS,
                seed=seed * WALKERS + walker,
            )
            for walker in range(WALKERS)
        ]
        for walk in walks:
            figures.acknowledged += walk.result()["operations"]
    prove_books(installation, figures=figures)
    figures.seconds = time.monotonic() - started
    return figures
