"""The worker dies while it tells: nothing is lost, and what is told twice can be known again."""

import time
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from tests.support.installation import Installation
from tests.support.receiver import Receiver, hang, receiver, status

FACTS = 30
IN_FLIGHT = 4
SECONDS_TO_SETTLE = 120


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


@pytest.fixture
def installation(blank: Installation, hooks: Receiver) -> Iterator[Installation]:
    """One organization with one endpoint, a beat, and the worker that sends webhooks."""
    copied = blank.copy("webhook_kills")
    try:
        copied.call("tests.bench.fanout_world:fill", urls=[hooks.url])
        copied.beat.start()
        copied.webhooks.start()
        yield copied
    finally:
        for service in (copied.beat, copied.webhooks):
            service.stop()
        copied.drop()


def ask(installation: Installation, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(installation.database_url, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def wait_until_settled(installation: Installation) -> None:
    """Return once nothing is pending and nobody is at work."""
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    waiting = (
        "SELECT 1 FROM accounts_webhookdelivery WHERE status = 'pending'"
        " UNION ALL SELECT 1 FROM accounts_webhookendpoint WHERE lease <> ''"
    )
    while ask(installation, waiting):
        if time.monotonic() > deadline:
            raise TimeoutError("deliveries are still pending")
        time.sleep(0.1)


def test_what_a_killed_worker_was_sending_is_sent_again_by_the_next(
    installation: Installation, hooks: Receiver
) -> None:
    hooks.replies = [*[status(204)] * 8, *[hang] * IN_FLIGHT]
    installation.call("tests.bench.fanout_world:tell", count=FACTS, per_second=None)
    interrupted = hooks.wait_for(8 + IN_FLIGHT, seconds=SECONDS_TO_SETTLE)[8:]
    installation.webhooks.kill()
    # Its lease would be over in less than a minute.
    ask(installation, "UPDATE accounts_webhookendpoint SET leased_until = now()")
    installation.webhooks.start()
    wait_until_settled(installation)

    ids = [str(id_) for (id_,) in ask(installation, "SELECT public_id FROM accounts_webhookevent")]
    times = Counter(hooks.ids)
    assert sorted(times) == sorted(ids)
    assert len(ids) == FACTS
    # All that was under way at that moment, and nothing else, came twice.
    again = {id_ for id_, count in times.items() if count > 1}
    assert again == {heard.id for heard in interrupted}
    assert set(times.values()) == {1, 2}
    assert ask(
        installation, "SELECT DISTINCT status, attempt_count FROM accounts_webhookdelivery"
    ) == [("delivered", 1)]


def test_what_was_told_while_nobody_worked_is_told_by_the_sweep(
    installation: Installation, hooks: Receiver
) -> None:
    installation.webhooks.kill()
    installation.call("tests.bench.fanout_world:tell", count=FACTS, per_second=None)
    # Every bell is lost: the broker forgets what it was told.
    ask(installation, "SELECT pgmq.purge_queue('webhooks')")
    installation.webhooks.start()
    wait_until_settled(installation)
    assert set(Counter(hooks.ids).values()) == {1}
    assert len(hooks.ids) == FACTS
