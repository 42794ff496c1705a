"""
The single steps and the squashed ones make the same database.

An installation that went through the steps goes on from there, and a new one starts with the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from config.database import connection_settings
from tests.support.schema import row_counts_of, structure_of
from tests.verify.djstripe_schema import empty_database

LAST_STEPS = [
    ("accounts", "0014_analytics_scope"),
    ("metering", "0010_events_with_tokens"),
    ("billing", "0026_revenue_snapshots"),
]
SQUASHED = {
    ("accounts", "0001_squashed_0008_webhook_endpoints"),
    ("accounts", "0009_squashed_0014_analytics_scope"),
    ("metering", "0001_squashed_0010_events_with_tokens"),
    ("billing", "0001_squashed_0026_revenue_snapshots"),
}
BEFORE_THE_SECOND_SQUASH = [("accounts", "0008_webhook_endpoints")]


@contextmanager
def database_of_its_own(name: str) -> Iterator[str]:
    """An empty one, which Django knows under this name."""
    with empty_database(name) as url:
        connections.settings[name] = connections.configure_settings(
            {"default": connection_settings(url, process="command", pool_size=1)}
        )["default"]
        try:
            yield url
        finally:
            connections[name].close()
            del connections[name]
            del connections.settings[name]


def take_single_steps(name: str, targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connections[name])
    vars(executor.loader)["replace_migrations"] = False
    executor.loader.build_graph()
    executor.migrate(targets)


def applied_in(name: str) -> set[tuple[str, str]]:
    return set(MigrationExecutor(connections[name]).loader.applied_migrations)


@pytest.fixture
def new_installation(worker_id: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    name = f"test_squashed_new_{worker_id}"
    with django_db_blocker.unblock(), database_of_its_own(name) as url:
        call_command("migrate", database=name, verbosity=0)
        yield url


def test_an_old_installation_and_a_new_one_are_the_same(
    new_installation: str, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> None:
    name = f"test_squashed_old_{worker_id}"
    with django_db_blocker.unblock(), database_of_its_own(name) as url:
        take_single_steps(name, LAST_STEPS)
        at_the_last_step = structure_of(url)
        executor = MigrationExecutor(connections[name])
        ahead = {
            migration.app_label + "." + migration.name
            for migration, _ in executor.migration_plan(LAST_STEPS)
        }
        call_command("migrate", database=name, verbosity=0)

        assert ahead == set()
        assert applied_in(name) >= SQUASHED | set(LAST_STEPS)
        assert structure_of(url) == structure_of(new_installation)
        old, new = row_counts_of(url), row_counts_of(new_installation)
        assert old.pop("django_migrations") >= new.pop("django_migrations")
        assert old == new
        assert {
            "membership_keeps_an_owner",
            "usage_event_append_only",
            "settlement_append_only",
        } <= {row[1] for row in at_the_last_step["triggers"]}


def test_an_installation_between_the_squashed_steps_goes_on(
    new_installation: str, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> None:
    name = f"test_squashed_between_{worker_id}"
    with django_db_blocker.unblock(), database_of_its_own(name) as url:
        take_single_steps(name, BEFORE_THE_SECOND_SQUASH)
        call_command("migrate", database=name, verbosity=0)

        assert applied_in(name) >= SQUASHED
        assert structure_of(url) == structure_of(new_installation)


def test_the_squashed_steps_can_be_undone(
    worker_id: str, django_db_blocker: DjangoDbBlocker
) -> None:
    name = f"test_squashed_undone_{worker_id}"
    with django_db_blocker.unblock(), database_of_its_own(name) as url:
        call_command("migrate", database=name, verbosity=0)
        for label in ("billing", "metering"):
            call_command("migrate", label, "zero", database=name, verbosity=0)
        left = structure_of(url)

        ours = ("billing_", "metering_")
        tables = {row[0] for row in left["columns"]}
        functions = {row[0] for row in left["functions"]}
        assert [name for name in tables | functions if str(name).startswith(ours)] == []
