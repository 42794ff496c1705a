from __future__ import annotations

import json

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import broker, health


def test_the_liveness_probe_needs_no_database(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_a_migrated_database_with_queues_is_ready(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert json.loads(response.content) == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "broker": "ok"},
    }


@pytest.mark.django_db
def test_a_database_that_lacks_a_migration_is_not_ready(client: Client) -> None:
    health._has_every_migration.cache_clear()
    MigrationRecorder.Migration.objects.filter(app="metering").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "migrations": "pending", "broker": "ok"}


@pytest.mark.django_db
def test_a_database_without_queues_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER SCHEMA pgmq RENAME TO elsewhere")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["broker"] == "not installed"


@pytest.mark.django_db
def test_a_lost_database_is_told_and_not_a_crash(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "checks": {"database": "unreachable", "migrations": "unknown", "broker": "unknown"},
    }


@pytest.mark.django_db
def test_installing_the_queues_twice_does_nothing_the_second_time() -> None:
    assert broker.install() is False
