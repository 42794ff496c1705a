"""A worker that loses its processes while it waits for work is at work again."""

import time

import psycopg

from tests.support.installation import Installation
from tests.support.processes import kill

KILLS = 3
SECONDS_TO_CATCH_UP = 60


def test_a_worker_whose_processes_are_killed_goes_on_working(
    blank: Installation,
) -> None:
    installation = blank.copy("worker_kills")
    worker, beat = installation.worker, installation.beat
    try:
        worker.start()
        beat.start()
        _wait_for_queue(installation)
        for _ in range(KILLS):
            since = _wait_for_work(installation)
            _wait_for_rest(installation, since=since)
            for process in worker.children() or worker.leader():
                kill(process)
            _wait_for_revival(installation)
        _wait_for_work(installation)
    finally:
        beat.stop()
        worker.stop()


def _wait_for_revival(installation: Installation) -> None:
    """As any supervisor of services would, start again what has ended."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        installation.worker.revive()
        time.sleep(0.05)


def _wait_for_queue(installation: Installation) -> None:
    """The first to send a task or to ask for one makes the queue."""
    deadline = time.monotonic() + SECONDS_TO_CATCH_UP
    with psycopg.connect(installation.database_url, autocommit=True) as connection:
        while connection.execute("SELECT to_regclass('pgmq.q_celery')").fetchone() == (None,):
            assert time.monotonic() < deadline, "there is no queue"
            time.sleep(0.1)


def _wait_for_work(installation: Installation) -> int:
    """Return once a task is done that was sent after we came, and which was the last before."""
    before, _ = _read_queue(installation, since=0)
    deadline = time.monotonic() + SECONDS_TO_CATCH_UP
    sent = left = 0
    while sent == left:
        assert time.monotonic() < deadline, f"of {sent} tasks none is done"
        time.sleep(0.1)
        last, left = _read_queue(installation, since=before)
        sent = last - before
    return before


def _wait_for_rest(installation: Installation, *, since: int) -> None:
    """
    Return once all later tasks are done: whoever works waits for the next, holding what that takes.

    What a process had taken when it was killed is given out again much later.
    """
    deadline = time.monotonic() + SECONDS_TO_CATCH_UP
    while _read_queue(installation, since=since)[1]:
        assert time.monotonic() < deadline, "the queue is never empty"
        time.sleep(0.02)
    time.sleep(0.2)


def _read_queue(installation: Installation, *, since: int) -> tuple[int, int]:
    """How many tasks were ever sent, and how many of those after `since` are not done."""
    with psycopg.connect(installation.database_url) as connection:
        row = connection.execute(
            "SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END"
            " FROM pgmq.q_celery_msg_id_seq),"
            " (SELECT count(*) FROM pgmq.q_celery WHERE msg_id > %s)",
            [since],
        ).fetchone()
    assert row is not None
    return row[0], row[1]
