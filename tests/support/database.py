"""A PostgreSQL for the tests: one server for every run on this machine, and a fresh copy of the
schema for each.

A run takes a shared lock while it uses the server; whoever leaves last stops it. The schema is
migrated once, into a template database whose name is a hash of all migrations, and copied from
there in a fraction of a second.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import psycopg
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from config import env
from config.database import connection_settings
from config.embedded import Cluster

TEMPLATE_LOCK = 7_106_834


@contextlib.contextmanager
def server_in_use(home: Path) -> Iterator[str]:
    """The URL of a running server: ``DATABASE_URL``'s, else the embedded one, started if need
    be.
    """
    if env.database_url():
        yield env.database_url()
        return
    home.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(home=home, prefix="test-", durable=False)
    with (home / "test-postgres.users").open("a") as users:
        with _gate(home):
            is_first = _try_lock(users, fcntl.LOCK_EX)
            url = cluster.start()
            if is_first:
                _drop_leftovers(url)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield url
        finally:
            with _gate(home):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _try_lock(users, fcntl.LOCK_EX):
                    cluster.stop()


@contextlib.contextmanager
def fresh_database(server_url: str, *, suffix: str) -> Iterator[dict[str, Any]]:
    """Django's settings for a database with the whole schema and no rows but those that
    migrations write.
    """
    name = f"test_{os.getpid()}_{suffix}"
    template = _template(server_url)
    with _connect(server_url) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    try:
        yield _settings(server_url, name)
    finally:
        with _connect(server_url) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def use_database(settings: dict[str, Any]) -> None:
    """Point Django's default connection there."""
    connection = connections["default"]
    connection.close()
    connections.settings["default"].update(settings)
    connection.settings_dict.update(settings)


@dataclass(frozen=True)
class _Schema:
    name: str
    draft: str


def _template(server_url: str) -> str:
    """The name of the migrated template, built now if it is missing."""
    schema = _schema()
    with _connect(server_url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if not _has_database(connection, schema.name):
            draft, final = sql.Identifier(schema.draft), sql.Identifier(schema.name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(draft))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(draft))
            use_database(_settings(server_url, schema.draft))
            call_command("migrate", verbosity=0)
            call_command("createcachetable", verbosity=0)
            call_command("install_broker", verbosity=0)
            connections["default"].close()
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(draft, final))
    return schema.name


def _schema() -> _Schema:
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(_migrations_folder(app).rglob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    digest.update((env.PROJECT_FOLDER / "config" / "broker.py").read_bytes())
    name = f"tpl_{digest.hexdigest()[:16]}"
    return _Schema(name=name, draft=f"{name}_draft")


def _migrations_folder(app: AppConfig) -> Path:
    moved = settings.MIGRATION_MODULES.get(app.label)
    if moved:
        return env.PROJECT_FOLDER.joinpath(*moved.split("."))
    return Path(app.path) / "migrations"


def _drop_leftovers(server_url: str) -> None:
    """Nobody else is here: databases of runs that were killed, and templates of other schemas,
    can go.
    """
    current = _schema().name
    with _connect(server_url) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^(test_|tpl_)'"
        ).fetchall()
        for (name,) in names:
            if name != current:
                connection.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                )


def _has_database(connection: psycopg.Connection[Any], name: str) -> bool:
    return (
        connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        is not None
    )


def _connect(server_url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        urlsplit(server_url)._replace(path="/postgres").geturl(), autocommit=True
    )


def _settings(server_url: str, name: str) -> dict[str, Any]:
    url = urlsplit(server_url)._replace(path=f"/{name}").geturl()
    return connection_settings(url, process="command", pool_size=1)


@contextlib.contextmanager
def _gate(home: Path) -> Iterator[None]:
    """Starting and stopping the server is done by one run at a time."""
    with (home / "test-postgres.gate").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
