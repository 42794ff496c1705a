"""Tasks sent through the queues in PostgreSQL, to a worker that is a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from config import env
from config.celery import app

SECONDS_TO_GIVE_UP = 60

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tasks_travel() -> Iterator[None]:
    """Elsewhere in the tests a task runs where it is sent."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


def database_url() -> str:
    settings = connection.settings_dict
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)


def send(task: str, **arguments: str) -> None:
    with app.connection_for_write("pgmq" + database_url().removeprefix("postgres")) as broker:
        app.send_task(task, kwargs=arguments, connection=broker)


@contextmanager
def running_worker(*, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    arguments = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.support.worker", "worker", *arguments],
            cwd=env.PROJECT_FOLDER,
            env=env.for_child_process(
                DATABASE_URL=database_url(),
                CELERY_BROKER_URL="",
                DJANGO_SETTINGS_MODULE="config.settings.test",
                TALLYBOOK_PROCESS="worker",
            ),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """End the worker and its children at once, as a power cut would."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def wait_for(content: str, *, result: Path, worker: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_GIVE_UP
    while not (result.exists() and result.read_text() == content):
        if worker.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The worker did not get there. It said:\n{log.read_text()}")
        time.sleep(0.05)


def test_a_task_sent_is_run_by_a_worker(tmp_path: Path) -> None:
    result, log = tmp_path / "result", tmp_path / "worker.log"

    with running_worker(log=log) as worker:
        send("tests.write", path=str(result), content="done")
        wait_for("done", result=result, worker=worker, log=log)


def test_a_task_of_a_killed_worker_is_run_again(tmp_path: Path) -> None:
    result, permission, log = tmp_path / "result", tmp_path / "permission", tmp_path / "worker.log"

    with running_worker(log=log) as worker:
        send("tests.write_when_allowed", path=str(result), permission=str(permission))
        wait_for("started\n", result=result, worker=worker, log=log)
        kill(worker)
    permission.touch()
    with running_worker(log=log) as worker:
        wait_for("started\nstarted\nfinished\n", result=result, worker=worker, log=log)
