"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.support.database import fresh_database, server_in_use, use_database
from tests.support.recording import (
    pytest_configure,
    pytest_configure_node,
    pytest_sessionfinish,
    pytest_sessionstart,
    pytest_terminal_summary,
)

__all__ = [
    "pytest_configure",
    "pytest_configure_node",
    "pytest_sessionfinish",
    "pytest_sessionstart",
    "pytest_terminal_summary",
]


@pytest.fixture(scope="session")
def django_db_setup(worker_id: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of its own for every worker of every run, copied from a migrated template."""
    with (
        server_in_use(settings.DATA_FOLDER) as server_url,
        django_db_blocker.unblock(),
        fresh_database(server_url, suffix=worker_id) as database,
    ):
        use_database(database)
        yield
        connections.close_all()
