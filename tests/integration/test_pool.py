"""Connections that web processes share: who gets one, and in which state."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from psycopg.pq import TransactionStatus

from config.database import connection_settings
from config.postgresql.lent import TRUSTED_FOR_SECONDS, LentConnection

pytestmark = pytest.mark.django_db

Visitor = Callable[[], BaseDatabaseWrapper]


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    """Makes what one thread of a web process has of a pool of two."""
    settings = connection_settings("postgres://", process="web", pool_size=2)
    named = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    settings |= {name: connection.settings_dict[name] for name in named}
    settings["OPTIONS"]["pool"]["timeout"] = 0.2
    visitors: list[BaseDatabaseWrapper] = []

    def make() -> BaseDatabaseWrapper:
        visitors.append(ConnectionHandler({"default": settings})["default"])
        return visitors[-1]

    pool = make().pool  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it.
    # Who comes before the first connection is there lets the pool grow.
    pool.open(wait=True)
    yield make
    for made in visitors:
        made.close()
    visitors[0].close_pool()  # type: ignore[attr-defined]  # The same.


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of lent connections themselves: whether they live."""
    asked: list[str] = []
    execute = LentConnection.execute

    def noted(lent: LentConnection, query: Any, *rest: Any, **named: Any) -> Any:
        asked.append(query)
        return execute(lent, query, *rest, **named)

    monkeypatch.setattr(LentConnection, "execute", noted)
    return asked


def test_a_connection_that_was_used_a_moment_ago_is_lent_without_asking_it(
    visitor: Visitor, asked: list[str]
) -> None:
    shared = visitor()
    backend = _backend(shared)
    asked.clear()

    shared.close()

    assert _backend(shared) == backend
    assert asked == []


def test_a_connection_that_has_lain_idle_is_asked_first(visitor: Visitor, asked: list[str]) -> None:
    shared = visitor()
    backend = _backend(shared)
    lent = _given_back(shared)
    asked.clear()
    assert lent.returned_at is not None
    lent.returned_at -= TRUSTED_FOR_SECONDS

    assert _backend(shared) == backend
    assert asked == [""]


def test_a_connection_that_the_database_ended_is_not_lent_again(visitor: Visitor) -> None:
    shared = visitor()
    backend = _backend(shared)
    shared.close()

    _end(backend)

    assert _backend(shared) != backend


def test_every_connection_that_the_database_ended_is_replaced(visitor: Visitor) -> None:
    one, another = visitor(), visitor()
    backends = {_backend(one), _backend(another)}
    one.close()
    another.close()
    for backend in backends:
        _end(backend)

    assert not backends & {_backend(one), _backend(another)}


def test_a_connection_that_is_closed_at_this_end_is_replaced(visitor: Visitor) -> None:
    shared = visitor()
    backend = _backend(shared)
    _given_back(shared).close()

    assert _backend(shared) != backend


def test_a_connection_that_was_told_something_is_asked_and_still_good(
    visitor: Visitor, asked: list[str]
) -> None:
    shared = visitor()
    backend = _backend(shared)
    _run(shared, "LISTEN news")
    lent = _given_back(shared)
    asked.clear()

    with psycopg.connect(lent.info.dsn, password=lent.info.password, autocommit=True) as other:
        other.execute("NOTIFY news")
    select.select([lent.fileno()], [], [], 5)

    assert _backend(shared) == backend
    assert asked == [""]


@pytest.mark.parametrize("seconds_idle", [0, TRUSTED_FOR_SECONDS])
def test_a_transaction_that_was_left_open_is_undone_before_the_next_visitor(
    visitor: Visitor, seconds_idle: float
) -> None:
    shared = visitor()
    backend = _backend(shared)
    shared.set_autocommit(False)
    _run(shared, "CREATE TEMPORARY TABLE left_behind ()")
    lent = _given_back(shared)
    assert lent.returned_at is not None
    lent.returned_at -= seconds_idle

    assert _backend(shared) == backend
    assert shared.connection.info.transaction_status == TransactionStatus.IDLE
    assert shared.get_autocommit() is True
    assert _run(shared, "SELECT to_regclass('left_behind')") is None


def test_everybody_waits_five_seconds_for_a_lock_and_thirty_for_a_statement(
    visitor: Visitor,
) -> None:
    shared = visitor()
    _backend(shared)
    shared.close()

    assert _run(shared, "SHOW lock_timeout") == "5s"
    assert _run(shared, "SHOW statement_timeout") == "30s"
    assert _run(shared, "SHOW plan_cache_mode") == "force_generic_plan"
    assert _run(shared, "SHOW TimeZone") == "UTC"


def test_who_finds_every_connection_lent_is_refused_in_time_and_served_later(
    visitor: Visitor,
) -> None:
    first, second, third = visitor(), visitor(), visitor()
    _backend(first)
    backend = _backend(second)

    with pytest.raises(OperationalError, match="couldn't get a connection after"):
        _backend(third)
    second.close()

    assert _backend(third) == backend


def _backend(shared: BaseDatabaseWrapper) -> Any:
    return _run(shared, "SELECT pg_backend_pid()")


def _run(shared: BaseDatabaseWrapper, statement: str) -> Any:
    with shared.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def _given_back(shared: BaseDatabaseWrapper) -> LentConnection:
    lent = shared.connection
    assert isinstance(lent, LentConnection)
    shared.close()
    return lent


def _end(backend: int) -> None:
    """End a connection as an administrator would, and wait until it has gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        assert cursor.fetchone() == (True,)
