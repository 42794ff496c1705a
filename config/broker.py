"""The broker that needs nothing but PostgreSQL: its queues are tables in our own database."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction
from pgmq.install import get_embedded_install_sql

INSTALL_LOCK = 7_106_833


def is_in_database() -> bool:
    """Whether tasks travel through our PostgreSQL. If not, some RabbitMQ or Redis carries them."""
    return str(settings.CELERY_BROKER_URL).startswith("pgmq://")


def is_installed() -> bool:
    """Whether the database holds the schema of the queues."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        (installed,) = cursor.fetchone()
    return bool(installed)


def install() -> bool:
    """Put the schema there if it is missing; two at a time are harmless.

    Says whether anything was done.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INSTALL_LOCK])
        if is_installed():
            return False
        cursor.execute(get_embedded_install_sql())
    return True
