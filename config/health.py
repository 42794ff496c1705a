"""Two answers for whoever watches us: the process lives, and it can do its work."""

from __future__ import annotations

from functools import cache

import structlog
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import broker

logger = structlog.get_logger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of the database: a restart would not mend that."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served: 200 with every check ``ok``, or 503 naming what is not."""
    checks = {"database": "unreachable", "migrations": "unknown", "broker": "unknown"}
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = "ok"
        checks["migrations"] = "ok" if _is_migrated() else "pending"
        checks["broker"] = (
            "ok" if not broker.is_in_database() or broker.is_installed() else "not installed"
        )
    except DatabaseError:
        logger.exception("not_ready")
    ready = all(answer == "ok" for answer in checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503
    )


def _is_migrated() -> bool:
    """Whether the database has every migration of this code.

    Once it has, it keeps them: ask no more.
    """
    try:
        return _has_every_migration()
    except _MigrationsPending:
        return False


class _MigrationsPending(Exception):
    pass


@cache
def _has_every_migration() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        # An exception, because only an answer is remembered.
        raise _MigrationsPending
    return True
