"""What is done to an installation while apps use it."""

import random
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from tests.support.installation import Installation
from tests.support.processes import Service, kill


class Fault(StrEnum):
    """Each is a SIGKILL of something, as a power cut or an out-of-memory killer would do it."""

    WEB_WORKER = "web worker"
    WEB = "web with its workers"
    CELERY = "Celery"
    BEAT = "beat"
    BACKEND = "database backend"
    DATABASE = "database server"


# In every ten faults: what holds requests and the books is hit most often.
MIX = (
    *(Fault.WEB_WORKER, Fault.WEB_WORKER, Fault.WEB),
    *(Fault.CELERY, Fault.CELERY, Fault.BEAT),
    *(Fault.BACKEND, Fault.BACKEND),
    *(Fault.DATABASE, Fault.DATABASE),
)


class Blow(NamedTuple):
    """A fault, and how long to let the installation work before it."""

    pause: float
    fault: Fault


def plan_blows(*, count: int, pauses: tuple[float, float], chance: random.Random) -> Iterator[Blow]:
    """Yield blows in a random order, so that all kinds of faults come equally soon."""
    round_of: list[Fault] = []
    for _ in range(count):
        if not round_of:
            round_of = chance.sample(MIX, k=len(MIX))
        yield Blow(chance.uniform(*pauses), round_of.pop())


def strike(installation: Installation, fault: Fault, *, chance: random.Random) -> None:
    """Kill what the fault names, and bring back what does not come back by itself."""
    if fault is Fault.WEB_WORKER:
        _kill_child(installation.web, chance)
    elif fault is Fault.WEB:
        installation.web.kill()
    elif fault is Fault.CELERY:
        installation.worker.kill()
    elif fault is Fault.BEAT:
        installation.beat.kill()
    elif fault is Fault.BACKEND:
        installation.kill_backend()
    else:
        installation.kill_database()
    revive(installation)


def revive(installation: Installation) -> None:
    """Start again what has ended; granian gives up on workers that keep dying young."""
    for service in (installation.web, installation.worker, installation.beat):
        service.revive()


def words(struck: Counter[Fault]) -> dict[str, int]:
    """How often each fault struck, for people."""
    return {fault.value: struck[fault] for fault in Fault if struck[fault]}


def _kill_child(service: Service, chance: random.Random) -> None:
    children = service.children()
    if children:
        kill(chance.choice(children))
    else:
        service.kill()
