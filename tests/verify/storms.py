"""The same request a hundred times at once, and a hundred requests for the same thing."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.installation import Installation
from tests.support.kept_connection import KeptConnection
from tests.verify import SELLING, STRICT, reading
from tests.verify.client import Reader
from tests.verify.figures import Figures
from tests.verify.journal import Deed, Kind, Result, Testimony
from tests.verify.oracle import compare, prove_books, read_books

CUSTOMERS = 10
# What a strict customer has left, in events of twenty credits.
AFFORDABLE = 35


@dataclass(frozen=True)
class Scale:
    """How many storms, and how many requests in each."""

    parallel: int = 100
    duplicates: int = 100
    conflicts: int = 20
    settlements: int = 10
    spends: int = 5


LONG = Scale()
SHORT = Scale(parallel=40, duplicates=3, conflicts=1, settlements=1, spends=1)


@dataclass
class Crowd:
    """Many connections that ask at the same moment, and what they were told."""

    connections: Sequence[KeptConnection]
    figures: Figures
    testimony: Testimony = field(default_factory=Testimony)

    def ask(self, path: str, documents: Sequence[dict[str, Any]]) -> list[tuple[int, Any]]:
        """Send every document on a connection of its own before any answer is read."""
        used = self.connections[: len(documents)]
        for connection, document in zip(used, documents, strict=True):
            connection.write("POST", path, json.dumps(document).encode())
        answers = [connection.read() for connection in used]
        return [(answer.status, json.loads(answer.body)) for answer in answers]

    def expect(self, what: str, outcomes: Counter[str], expected: dict[str, int]) -> None:
        """Note in the figures when a storm ended otherwise."""
        if outcomes != Counter(expected):
            self.figures.findings.append(f"{what}: {dict(outcomes)} instead of {expected}")


def prove_storms(installation: Installation, *, scale: Scale) -> Figures:
    """However many ask at once, each thing happens once."""
    started = time.monotonic()
    figures = Figures("storms of requests")
    customers = installation.call(
        "tests.verify.worlds:fill", steady=CUSTOMERS, closing=0, closing_every=0
    )
    before = read_books(installation.database_url)
    installation.web.start()
    try:
        installation.wait_until_ready()
        with _crowd(installation, figures, size=scale.parallel) as crowd:
            _storm(crowd, customers, scale=scale)
    finally:
        installation.web.stop()
    after = read_books(installation.database_url)
    compare(crowd.testimony, before=before, after=after, figures=figures)
    prove_books(installation, figures=figures)
    figures.seconds = time.monotonic() - started
    return figures


@contextmanager
def _crowd(installation: Installation, figures: Figures, *, size: int) -> Iterator[Crowd]:
    with ExitStack() as way_out:
        connections = []
        for _ in range(size):
            connection = KeptConnection(installation.port, secret=installation.secret)
            way_out.callback(connection.close)
            connections.append(connection)
        yield Crowd(connections, figures)


def _storm(crowd: Crowd, customers: dict[str, list[str]], *, scale: Scale) -> None:
    rounds: Sequence[tuple[str, int, str, Callable[[Crowd, str, int, int], None]]] = (
        ("one event", scale.duplicates, SELLING, _duplicates),
        ("one id, many events", scale.conflicts, SELLING, _conflicts),
        ("one settlement", scale.settlements, SELLING, _same_settlement),
        ("one hold, many settlements", scale.settlements, SELLING, _other_settlements),
        ("more than is left", scale.spends, STRICT, _spend_all),
    )
    for name, count, plan, storm in rounds:
        for number in range(count):
            storm(crowd, customers[plan][number % len(customers[plan])], number, scale.parallel)
        crowd.figures.details[name] = f"{count} x {scale.parallel}"


def _duplicates(crowd: Crowd, organization: str, number: int, size: int) -> None:
    event = _event(organization, f"same-{number}")
    answers = crowd.ask("/api/v1/usage", [event] * size)
    deeds = [_booking(organization, event["id"])] * size
    outcomes = _count(crowd, answers, deeds, read=reading.read_event)
    crowd.expect(f"event {event['id']}", outcomes, {"ok": 1, "duplicate": size - 1})
    receipts = {json.dumps({**document, "outcome": ""}) for _, document in answers}
    if len(receipts) != 1:
        crowd.figures.findings.append(f"event {event['id']}: {len(receipts)} different receipts")


def _conflicts(crowd: Crowd, organization: str, number: int, size: int) -> None:
    event = _event(organization, f"torn-{number}")
    events = [{**event, "quantity": 1 + place} for place in range(size)]
    answers = crowd.ask("/api/v1/usage", events)
    deeds = [_booking(organization, event["id"])] * size
    outcomes = _count(crowd, answers, deeds, read=reading.read_event)
    crowd.expect(f"event {event['id']}", outcomes, {"ok": 1, "event_conflict": size - 1})


def _same_settlement(crowd: Crowd, organization: str, number: int, size: int) -> None:
    event_id, key = f"settled-{number}", f"same-hold-{number}"
    path = _hold(crowd, organization, key)
    answers = crowd.ask(path, [_settlement(organization, event_id)] * size)
    deeds = [_booking(organization, event_id, hold=key)] * size
    outcomes = _count(crowd, answers, deeds, read=reading.read_settlement)
    crowd.expect(f"hold {key}", outcomes, {"ok": 1, "duplicate": size - 1})


def _other_settlements(crowd: Crowd, organization: str, number: int, size: int) -> None:
    event_ids, key = [f"rival-{number}-{place}" for place in range(size)], f"torn-hold-{number}"
    path = _hold(crowd, organization, key)
    answers = crowd.ask(path, [_settlement(organization, event_id) for event_id in event_ids])
    deeds = [_booking(organization, event_id, hold=key) for event_id in event_ids]
    outcomes = _count(crowd, answers, deeds, read=reading.read_settlement)
    crowd.expect(f"hold {key}", outcomes, {"ok": 1, "hold_ended": size - 1})


def _spend_all(crowd: Crowd, organization: str, number: int, size: int) -> None:
    event_ids = [f"spend-{number}-{place}" for place in range(size)]
    events = [
        {**_event(organization, event_id), "quantity": 4, "enforce": True} for event_id in event_ids
    ]
    answers = crowd.ask("/api/v1/usage", events)
    deeds = [_booking(organization, event_id) for event_id in event_ids]
    outcomes = _count(crowd, answers, deeds, read=reading.read_event)
    paid = min(size, AFFORDABLE)
    crowd.expect(
        f"what is left to {organization}",
        outcomes,
        {"ok": paid, "insufficient_credits": size - paid},
    )


def _hold(crowd: Crowd, organization: str, key: str) -> str:
    """Hold four events' worth; return the address that settles it."""
    document = {"organization": organization, "id": key, "action": "EXTRACT_TEXT", "quantity": 4}
    [(status, answer)] = crowd.ask("/api/v1/holds", [document])
    [verdict] = reading.read_hold(status, answer)
    crowd.testimony.count(Deed(organization, Kind.HOLD, key), verdict)
    return f"/api/v1/holds/{verdict.told}/settle"


def _event(organization: str, event_id: str) -> dict[str, Any]:
    return {"organization": organization, "id": event_id, "action": "EXTRACT_TEXT"}


def _settlement(organization: str, event_id: str) -> dict[str, Any]:
    return {"organization": organization, "id": event_id, "quantity": 3}


def _booking(organization: str, event_id: str, *, hold: str | None = None) -> list[Deed]:
    """What a request does that reports an event, and may settle a hold by it."""
    event = Deed(organization, Kind.EVENT, event_id)
    return [event] if hold is None else [event, event.settling(hold)]


def _count(
    crowd: Crowd,
    answers: Sequence[tuple[int, Any]],
    deeds: Sequence[Sequence[Deed]],
    *,
    read: Reader,
) -> Counter[str]:
    """Count the answers by their result, and refusals by their code."""
    outcomes: Counter[str] = Counter()
    for (status, document), done in zip(answers, deeds, strict=True):
        verdicts = read(status, document)
        if verdicts[0].result is Result.UNCLASSIFIED and status == 409:
            # Which of many was first is for the storm to say, not for the log.
            outcomes[document.get("code", "")] += 1
            continue
        outcomes[verdicts[0].told or verdicts[0].result.value] += 1
        for deed, verdict in zip(done, verdicts, strict=True):
            crowd.testimony.count(deed, verdict)
    return outcomes
