"""Processes die in the middle of a load, and the books are none the worse for it."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.installation import (
    Installation,
    kill_process,
    list_web_workers,
    running_installation,
)
from tests.support.kept_connection import KeptConnection, RefusedError

CLIENTS = 4
ORGANIZATIONS = 3
BATCH = 20
PAUSE_SECONDS = 1.5


class Client(threading.Thread):
    """
    An app that reports usage and keeps a log of its own.

    It notes each id before sending it and again once it was acknowledged, and sends a batch
    again, unchanged, until it is.
    """

    def __init__(self, installation: Installation, *, number: int, codes: list[str]) -> None:
        super().__init__(name=f"client-{number}")
        self.number = number
        self.codes = codes
        self.sent: list[str] = []
        self.acknowledged: list[str] = []
        self.retries = 0
        self.unexpected: list[object] = []
        self.is_done = threading.Event()
        self._installation = installation
        self._connection: KeptConnection | None = None

    def run(self) -> None:
        batch = 0
        while not self.is_done.is_set() and not self.unexpected:
            ids = [f"c{self.number}-{batch}-{index}" for index in range(BATCH)]
            code = self.codes[(self.number + batch) % len(self.codes)]
            self.sent.extend(f"{code}/{event_id}" for event_id in ids)
            if self._report(code, ids):
                self.acknowledged.extend(f"{code}/{event_id}" for event_id in ids)
            batch += 1
        self._hang_up()

    def _report(self, code: str, ids: list[str]) -> bool:
        events = [{"id": event_id, "action": "EXTRACT_TEXT", "quantity": 1} for event_id in ids]
        body = json.dumps({"organization": code, "events": events}).encode()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                return self._is_booked(self._post(body))
            except RefusedError as refusal:
                last_failure: Exception = refusal
                if refusal.status < 500:
                    self.unexpected.append(refusal)
                    return False
            except OSError as failure:
                last_failure = failure
                self._hang_up()
            self.retries += 1
            time.sleep(0.05)
        self.unexpected.append(("not acknowledged within a minute", last_failure))
        return False

    def _post(self, body: bytes) -> bytes:
        if self._connection is None:
            self._connection = KeptConnection(
                self._installation.port, secret=self._installation.secret
            )
        return self._connection.post("/api/v1/usage", body)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _is_booked(self, answer: bytes) -> bool:
        outcomes = Counter(result["outcome"] for result in json.loads(answer)["results"])
        if set(outcomes) <= {"accepted", "duplicate"}:
            return True
        self.unexpected.append(outcomes)
        return False


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with running_installation(tmp_path, organizations=ORGANIZATIONS, history=0) as running:
        yield running


def test_killing_web_and_database_under_load_loses_and_doubles_nothing(
    installation: Installation,
) -> None:
    with psycopg.connect(installation.database_url) as connection:
        codes = [
            str(code)
            for (code,) in connection.execute("SELECT public_id FROM accounts_organization")
        ]
    clients = [Client(installation, number=number, codes=codes) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(2):
        time.sleep(PAUSE_SECONDS)
        # The one that has run longest: granian gives up on a worker that keeps dying young.
        kill_process(min(list_web_workers(installation)))
        time.sleep(PAUSE_SECONDS)
        installation.kill_database()
    time.sleep(PAUSE_SECONDS)
    for client in clients:
        client.is_done.set()
    for client in clients:
        client.join(timeout=90)

    assert [client.unexpected for client in clients] == [[]] * CLIENTS
    acknowledged = [event for client in clients for event in client.acknowledged]
    with psycopg.connect(installation.database_url) as connection:
        stored = [
            f"{code}/{event_id}"
            for code, event_id in connection.execute(
                "SELECT o.public_id, e.event_id FROM metering_usageevent e"
                " JOIN accounts_organization o ON o.id = e.organization_id"
            )
        ]
    assert len(acknowledged) > 0
    assert sum(client.retries for client in clients) > 0
    assert Counter(stored) == Counter(acknowledged)
    proof = installation.run("manage.py", "verify_ledger", "--json")
    assert json.loads(proof.stdout)["violations"] == []
