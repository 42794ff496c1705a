"""Processes die under load, again and again, and the books are none the worse for it."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.chance import chance_of
from tests.support.installation import Installation
from tests.verify import faults
from tests.verify.apps import App
from tests.verify.client import Client
from tests.verify.faults import Fault
from tests.verify.figures import Figures
from tests.verify.journal import Journal, Result, Testimony, read_journals
from tests.verify.oracle import compare, prove_books, read_books

APPS = 6
SECONDS_TO_FINISH = 180
SECONDS_TO_COME_TO_REST = 120


@dataclass(frozen=True)
class Scale:
    """How long the blows go on, and over how many customers."""

    kills: int
    pauses: tuple[float, float]
    steady: int = 12
    closing: int = 24

    @property
    def seconds(self) -> float:
        """How long the blows take, roughly."""
        return self.kills * (sum(self.pauses) / 2 + 0.5)


LONG = Scale(kills=70, pauses=(0.8, 3.2))
SHORT = Scale(kills=5, pauses=(0.5, 1.2), steady=4, closing=2)


def prove_kills(installation: Installation, *, scale: Scale, seed: int) -> Figures:
    """Kill web, worker and database under load; nothing is lost, doubled or adrift."""
    started = time.monotonic()
    figures = Figures("kills under load")
    organizations = installation.call(
        "tests.verify.worlds:fill",
        steady=scale.steady,
        closing=scale.closing,
        closing_every=scale.seconds / (scale.closing + 1),
    )
    before = read_books(installation.database_url)
    codes = [code for codes in organizations.values() for code in codes]
    with _running(installation):
        testimony = _suffer(installation, codes, scale=scale, seed=seed, figures=figures)
        _come_to_rest(installation, figures)
    after = read_books(installation.database_url)
    figures.details["periods closed meanwhile"] = after.closed_periods - before.closed_periods
    compare(testimony, before=before, after=after, figures=figures)
    prove_books(installation, figures=figures)
    figures.seconds = time.monotonic() - started
    return figures


@contextmanager
def _running(installation: Installation) -> Iterator[None]:
    services = (installation.web, installation.worker, installation.beat)
    for service in services:
        service.start()
    try:
        installation.wait_until_ready()
        yield
    finally:
        for service in reversed(services):
            service.stop()


def _suffer(
    installation: Installation, codes: list[str], *, scale: Scale, seed: int, figures: Figures
) -> Testimony:
    """Let apps work while blow follows blow; return what the apps say."""
    apps = [_app(installation, number, codes=codes, seed=seed) for number in range(APPS)]
    for app in apps:
        app.start()
    struck: Counter[Fault] = Counter()
    chance = chance_of(f"blows {seed}")
    try:
        for blow in faults.plan_blows(count=scale.kills, pauses=scale.pauses, chance=chance):
            time.sleep(blow.pause)
            faults.strike(installation, blow.fault, chance=chance)
            struck[blow.fault] += 1
    finally:
        for app in apps:
            app.finish()
    _wait_for(apps, installation)
    figures.findings += [f"{app.name} broke: {app.failure!r}" for app in apps if app.failure]
    figures.findings += [f"{app.name} does not end" for app in apps if app.is_alive()]
    testimony = read_journals(_journal(installation, number) for number in range(APPS))
    figures.details["kills"] = faults.words(struck)
    figures.details["results"] = {result.value: testimony.results[result] for result in Result}
    return testimony


def _app(installation: Installation, number: int, *, codes: list[str], seed: int) -> App:
    client = Client(
        port=installation.port,
        secret=installation.secret,
        journal=Journal(_journal(installation, number)),
    )
    return App(f"app{number}", client=client, organizations=codes, seed=f"app {number} {seed}")


def _journal(installation: Installation, number: int) -> Path:
    return installation.folder / f"{installation.name}-app-{number}.jsonl"


def _wait_for(apps: list[App], installation: Installation) -> None:
    deadline = time.monotonic() + SECONDS_TO_FINISH
    while any(app.is_alive() for app in apps) and time.monotonic() < deadline:
        faults.revive(installation)
        time.sleep(0.1)


def _come_to_rest(installation: Installation, figures: Figures) -> None:
    """The sweeps finish what is due: no hold is past its time, no period waits to be closed."""
    deadline = time.monotonic() + SECONDS_TO_COME_TO_REST
    while time.monotonic() < deadline:
        faults.revive(installation)
        books = read_books(installation.database_url)
        if not books.overdue_holds and not books.overdue_periods:
            return
        time.sleep(0.5)
    figures.note_drift(
        f"never brought to an end: {books.overdue_holds} holds, {books.overdue_periods} periods"
    )
