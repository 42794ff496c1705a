"""How this process talks to PostgreSQL: a pool with limits for the web, else a plain connection."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from environ import ImproperlyConfigured

from config.env import Process
from config.postgresql.lent import LentConnection

PLAN_ONCE = "-c plan_cache_mode=force_generic_plan"
WEB_LOCK_TIMEOUT_MILLISECONDS = 5_000
WEB_STATEMENT_TIMEOUT_MILLISECONDS = 30_000


def connection_settings(url: str, *, process: Process, pool_size: int) -> dict[str, Any]:
    """Django's ``DATABASES["default"]`` for a ``postgres://`` URL.

    A web process borrows from a pool, gives up on a lock after five seconds and on a statement
    after thirty, so that a slow one never holds up the rest. Workers and commands may take their
    time. Raises ``ImproperlyConfigured`` for a URL of another database.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgres://: Tallybook runs on PostgreSQL only."
        )
    options: dict[str, Any] = {
        # The statements that ask for it stay prepared, with one plan; Django's own never ask.
        "prepare_threshold": 5,
        "options": PLAN_ONCE,
        **dict(parse_qsl(parts.query)),
    }
    if process == "web":
        options["pool"] = {
            "connection_class": LentConnection,
            "min_size": 1,
            "max_size": pool_size,
            "timeout": 10,
        }
        options["options"] += (
            f" -c lock_timeout={WEB_LOCK_TIMEOUT_MILLISECONDS}"
            f" -c statement_timeout={WEB_STATEMENT_TIMEOUT_MILLISECONDS}"
        )
    return {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if process == "web" else 60,
        # What comes from the pool is looked at by the engine.
        "CONN_HEALTH_CHECKS": process != "web",
    }
