"""`make verify`: the long proof that nothing acknowledged is lost, doubled or adrift."""

import argparse
import secrets
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

from config import env
from tests.support.installation import Installation, new_installation
from tests.verify import (
    CELERY_APP,
    at_length,
    billing_runs,
    clients,
    contract,
    kills,
    model,
    storms,
)
from tests.verify.figures import Figures, table

MOST_SHOWN = 20

Part = Callable[[Installation], Figures]


def main() -> int:
    """Run the parts one after the other; return 0 if every figure is clean."""
    parser = argparse.ArgumentParser(prog="make verify", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="replay a run")
    parser.add_argument("--only", action="append", choices=_parts(0), help="some of the parts")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    folder = env.data_folder() / "verify"
    print(f"Seed {options.seed}. Logs and journals are in {folder}.", flush=True)
    parts = {
        name: part
        for name, part in _parts(options.seed).items()
        if not options.only or name in options.only
    }
    if "clients" in parts and not clients.are_possible():
        print("\nclients: left out, as they need Node 20 and npm.", flush=True)
        del parts["clients"]
    started = time.monotonic()
    with new_installation(folder, celery_app=CELERY_APP) as blank:
        proven = [_prove(name, part, blank) for name, part in parts.items()]
    is_proven = all(figures.is_clean for figures in proven)
    if is_proven:
        blank.cluster.delete()
    print(f"\n{table(proven)}\n")
    print(f"{time.monotonic() - started:.0f} s; to replay: make verify SEED={options.seed}")
    return 0 if is_proven else 1


def _parts(seed: int) -> dict[str, Part]:
    return {
        "model": lambda _: model.prove_model(scale=model.LONG, seed=seed),
        "storms": partial(storms.prove_storms, scale=storms.LONG),
        "kills": partial(kills.prove_kills, scale=kills.LONG, seed=seed),
        "billing": partial(billing_runs.prove_billing_runs, scale=billing_runs.LONG, seed=seed),
        "contract": partial(contract.prove_contract, scale=contract.LONG, seed=seed),
        "callers": lambda _: at_length.prove_callers(),
        "clients": clients.prove_clients,
        "year": lambda _: at_length.prove_year(),
        "stripe": lambda _: at_length.prove_stripe(),
    }


def _prove(name: str, part: Part, blank: Installation) -> Figures:
    """Each part has a database of its own; the model makes one, as the tests do."""
    print(f"\n{name} ...", flush=True)
    figures = part(blank.copy(name))
    for what, value in figures.details.items():
        print(f"  {what}: {value}")
    for finding in figures.findings[:MOST_SHOWN]:
        print(f"  NOT PROVEN: {finding}")
    if len(figures.findings) > MOST_SHOWN:
        print(f"  and {len(figures.findings) - MOST_SHOWN} more")
    return figures


def _leave(number: int, _frame: FrameType | None) -> None:
    """End what was started on the way out."""
    sys.exit(f"stopped by signal {number}")


if __name__ == "__main__":
    sys.exit(main())
