"""The embedded server: started, stopped, killed and started again, with its data kept."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings

from config.embedded import Cluster


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    # Not under pytest's own folder, which only its owner can enter.
    home = settings.DATA_FOLDER / f"embedded-{uuid.uuid4().hex}"
    cluster = Cluster(home=home)
    yield cluster
    cluster.delete()
    shutil.rmtree(home)


def process_id(url: str) -> int:
    """The server's main process: the first line of its lock file."""
    with psycopg.connect(url) as connection:
        (lock,) = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone() or ("",)
    return int(lock.splitlines()[0])


def test_data_outlives_a_stop(cluster: Cluster) -> None:
    with psycopg.connect(cluster.start()) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")

    cluster.stop()
    stopped = cluster.is_running()

    with psycopg.connect(cluster.start()) as connection:
        assert connection.execute("SELECT text FROM note").fetchone() == ("kept",)
    assert stopped is False


def test_a_killed_server_comes_back_with_what_was_committed(cluster: Cluster) -> None:
    url = cluster.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")

    os.kill(process_id(url), signal.SIGKILL)

    with psycopg.connect(cluster.start()) as connection:
        assert connection.execute("SELECT text FROM note").fetchone() == ("kept",)


def test_the_server_keeps_utc_and_confirms_a_commit_only_when_it_is_on_disk(
    cluster: Cluster,
) -> None:
    with psycopg.connect(cluster.start()) as connection:
        shown = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("timezone", "fsync", "synchronous_commit", "listen_addresses")
        ]

    assert shown == [("UTC",), ("on",), ("on",), ("127.0.0.1",)]


def test_the_password_is_for_the_owner_only(cluster: Cluster) -> None:
    cluster.start()

    assert stat.S_IMODE((cluster.home / "postgres.json").stat().st_mode) == 0o600
