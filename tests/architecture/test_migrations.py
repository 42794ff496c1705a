from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently, NotInTransactionMixin
from django.core.management import call_command
from django.db.migrations import AddField, AddIndex, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

from tests.support.source import APPS

# Steps taken before the first release, when no installation had to keep running through them.
# What comes after a release is not added here.
BEFORE_THE_FIRST_RELEASE = {
    "accounts.0005_test_clocks",
    "billing.0004_settlements_limits_top_ups",
    "billing.0007_stripe",
    "metering.0003_full_ledger",
    "metering.0005_fast_reads",
}


def migrations_of_running_installations() -> list[Migration]:
    return [
        migration
        for migration in our_migrations()
        if not migration.initial
        and f"{migration.app_label}.{migration.name}" not in BEFORE_THE_FIRST_RELEASE
    ]


def our_migrations() -> list[Migration]:
    loader = MigrationLoader(None)
    labels = {config.label for config in apps.get_app_configs() if config.name in APPS}
    return [m for (label, _), m in sorted(loader.disk_migrations.items()) if label in labels]


def tables_made_by(migration: Migration) -> set[str]:
    return {
        operation.name_lower
        for operation in migration.operations
        if isinstance(operation, CreateModel)
    }


@pytest.mark.django_db
def test_the_migrations_make_exactly_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_migration_can_be_undone() -> None:
    found = [
        f"{migration.app_label}.{migration.name}: {operation.describe()}"
        for migration in our_migrations()
        for operation in migration.operations
        if not operation.reversible
    ]

    assert found == []


def test_an_index_on_a_table_in_use_is_built_beside_it() -> None:
    found = []
    for migration in migrations_of_running_installations():
        new_tables = tables_made_by(migration)
        found += [
            f"{migration.app_label}.{migration.name}: {operation.describe()}"
            for operation in migration.operations
            if isinstance(operation, AddIndex)
            and not isinstance(operation, AddIndexConcurrently)
            and operation.model_name_lower not in new_tables
        ]

    assert found == []


def test_a_concurrent_step_is_alone_in_its_migration() -> None:
    found = [
        f"{migration.app_label}.{migration.name}"
        for migration in our_migrations()
        if any(isinstance(operation, NotInTransactionMixin) for operation in migration.operations)
        and (migration.atomic or len(migration.operations) > 1)
    ]

    assert found == []


def test_a_column_added_to_a_table_in_use_needs_no_value_from_old_code() -> None:
    found = [
        f"{migration.app_label}.{migration.name}: {operation.describe()}"
        for migration in migrations_of_running_installations()
        for operation in migration.operations
        if isinstance(operation, AddField)
        and operation.model_name_lower not in tables_made_by(migration)
        and not operation.field.null
        and operation.field.db_default is NOT_PROVIDED
        and not operation.field.many_to_many
    ]

    assert found == []
