"""Processes that start together, on queues that nobody has used yet."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from kombu import Connection, Queue
from kombu.transport import pgmq
from pgmq.install import get_embedded_install_sql

from config.celery import app
from config.transport import Transport

TOGETHER = 6
ROUNDS = 10
PATIENCE = 60

pytestmark = pytest.mark.django_db(transaction=True)


def broker_url() -> str:
    return "pgmq://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)


def start_afresh() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
        cursor.execute(get_embedded_install_sql())


def send_and_listen(url: str, transport: type[pgmq.Transport], start: threading.Barrier) -> str:
    """What a process does first: it comes to the queue, sends a task and waits for tasks."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(url, transport=transport, transport_options=options) as broker:
            queue = Queue("celery", routing_key="celery")
            start.wait()
            queue(broker.default_channel).declare()
            broker.Producer().publish({}, routing_key="celery")
            with broker.Consumer([queue], callbacks=[lambda body, message: message.ack()]):
                pass
    except psycopg.Error as failure:
        return type(failure).__name__
    return "started"


def start_together(transport: type[pgmq.Transport]) -> list[str]:
    """What became of each."""
    start_afresh()
    url, start = broker_url(), threading.Barrier(TOGETHER, timeout=PATIENCE)
    with ThreadPoolExecutor(TOGETHER) as pool:
        running = [pool.submit(send_and_listen, url, transport, start) for _ in range(TOGETHER)]
        return [each.result() for each in running]


def test_with_kombus_own_transport_some_do_not_start() -> None:
    assert any(
        set(start_together(pgmq.Transport)) & {"DuplicateObject", "DeadlockDetected"}
        for _ in range(ROUNDS)
    )


def test_all_start() -> None:
    assert all(set(start_together(Transport)) == {"started"} for _ in range(ROUNDS))


def test_our_tasks_travel_by_it() -> None:
    with app.connection_for_write(broker_url()) as broker:
        assert isinstance(broker.transport, Transport)
