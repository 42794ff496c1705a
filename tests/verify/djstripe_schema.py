"""
dj-stripe's own migrations and our one make the same tables.

That ours makes dj-stripe's models is seen in every run, by `makemigrations --check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from pytest_django import DjangoDbBlocker, Settings

from config.database import connection_settings
from tests.support.database import server_in_use
from tests.support.schema import schema_of


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    with (
        server_in_use(settings.DATA_FOLDER) as server_url,
        psycopg.connect(
            urlsplit(server_url)._replace(path="/postgres").geturl(), autocommit=True
        ) as connection,
    ):
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def migrated_schema(name: str) -> dict[str, list[tuple[object, ...]]]:
    """dj-stripe's tables in a database of their own, by the migrations that the settings name."""
    with empty_database(name) as url:
        connections.settings[name] = connections.configure_settings(
            {"default": connection_settings(url, process="command", pool_size=1)}
        )["default"]
        try:
            call_command("migrate", "djstripe", database=name, verbosity=0)
        finally:
            connections[name].close()
            del connections[name]
            del connections.settings[name]
        return schema_of(url, tables="djstripe%")


def test_our_one_migration_makes_what_those_of_djstripe_make(
    settings: Settings, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> None:
    with django_db_blocker.unblock():
        ours = migrated_schema(f"test_djstripe_ours_{worker_id}")
        settings.MIGRATION_MODULES = {}
        theirs = migrated_schema(f"test_djstripe_theirs_{worker_id}")

    assert ours == theirs
    assert {row[0] for row in ours["columns"]} >= {"djstripe_customer", "djstripe_invoice"}
