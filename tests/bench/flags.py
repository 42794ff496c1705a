"""What it costs apps to ask, on every request of theirs, what they may do."""

import itertools
import json
import os
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from unittest.mock import patch

from tests.bench.figures import Figure, compare
from tests.bench.load import rate
from tests.support.installation import Installation, new_installation
from tests.support.kept_connection import KeptConnection

ORGANIZATIONS = 50
CONNECTIONS = 16
READS = 1_000
EVALUATE = "/ofrep/v1/evaluate/flags"


@dataclass(frozen=True)
class Question:
    """One request, for each organization; what its answer has to be."""

    method: str
    path: str
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, connection: KeptConnection) -> None:
        """Ask, and look at nothing but the status."""
        answer = connection.send(self.method, self.path, self.body, **self.headers)
        if answer.status != self.status:
            raise RuntimeError(answer)


@dataclass(frozen=True)
class FlagsWorld:
    """A running installation, and the ids of its organizations."""

    installation: Installation
    organizations: Sequence[str]

    def connect(self) -> KeptConnection:
        """A connection of the company's app."""
        return KeptConnection(self.installation.port, secret=self.installation.secret)

    def questions(self) -> dict[str, Sequence[Question]]:
        """Each kind of question, once for every organization."""
        names = self.organizations
        return {
            "flag": [
                Question("GET", f"/api/v1/flags/flag_7?organization={name}") for name in names
            ],
            "flag_of_member": [
                Question("GET", f"/api/v1/flags/flag_1?organization={name}&member=u_7")
                for name in names
            ],
            "all_flags": [Question("GET", f"/api/v1/flags?organization={name}") for name in names],
            "entitlement_to_flag": [
                Question("GET", f"/api/v1/entitlements/flag_7?organization={name}")
                for name in names
            ],
            "entitlement_to_credits": [
                Question("GET", f"/api/v1/entitlements/ai_credits?organization={name}")
                for name in names
            ],
            "ofrep_flag": [
                Question("POST", f"{EVALUATE}/flag_7", body=about(name)) for name in names
            ],
            "ofrep_all_unchanged": [
                Question("POST", EVALUATE, 304, about(name), {"If_None_Match": self._etag(name)})
                for name in names
            ],
        }

    def _etag(self, organization: str) -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.installation.port}{EVALUATE}",
            about(organization),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.installation.secret}",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.headers["ETag"])


CONSTANT: Sequence[Question] = [Question("GET", "/api/v1/constant")]


def about(organization: str) -> bytes:
    """What OpenFeature's clients send."""
    return json.dumps({"context": {"targetingKey": organization}}).encode()


@contextmanager
def open_flags_world(folder: Path) -> Iterator[FlagsWorld]:
    """Make the organizations, and run the web process."""
    with new_installation(folder, durable=False) as installation:
        made = installation.call("tests.bench.flags_world:make_world", organizations=ORGANIZATIONS)
        installation.variables["DJANGO_SETTINGS_MODULE"] = "tests.yardstick.settings"
        # What is measured is how fast it answers, not how often a key may ask.
        with patch.dict(os.environ, API_REQUESTS_PER_MINUTE=str(10**9)):
            installation.web.start()
        installation.wait_until_ready()
        yield FlagsWorld(installation, made)


def measure_flags(world: FlagsWorld, *, seconds: float, rounds: int) -> Iterator[Figure]:
    """
    Each kind of question, one after the other over one connection, and from many connections in
    turn with a view that answers the same to everybody without asking the database.
    """
    for name, questions in world.questions().items():
        _per_second(world, questions, 1)
        percentiles = statistics.quantiles(_milliseconds(world, questions), n=100)
        yield Figure(f"{name}_p50", "ms", percentiles[49])
        yield Figure(f"{name}_p99", "ms", percentiles[98])
        yield compare(
            f"{name}_against_a_constant",
            unit="requests/s",
            measured=partial(_per_second, world, questions, seconds),
            yardstick=partial(_per_second, world, CONSTANT, seconds),
            rounds=rounds,
        )


def _per_second(world: FlagsWorld, questions: Sequence[Question], seconds: float) -> float:
    def client(number: int, until: float) -> int:
        connection = world.connect()
        for asked, question in enumerate(_in_turn(questions, number)):
            if time.monotonic() >= until:
                connection.close()
                return asked
            question.ask(connection)
        raise AssertionError("nobody counts that far")

    return rate(client, seconds=seconds, workers=CONNECTIONS)


def _milliseconds(world: FlagsWorld, questions: Sequence[Question]) -> list[float]:
    connection = world.connect()
    asked = itertools.islice(itertools.cycle(questions), READS)
    times = [_timed(partial(question.ask, connection)) for question in asked]
    connection.close()
    return times


def _in_turn(questions: Sequence[Question], start: int) -> Iterator[Question]:
    offset = start * 17 % len(questions)
    return itertools.islice(itertools.cycle(questions), offset, None)


def _timed(act: Callable[[], None]) -> float:
    began_at = time.perf_counter()
    act()
    return (time.perf_counter() - began_at) * 1_000
