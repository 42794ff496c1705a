from __future__ import annotations

import pytest
from environ import ImproperlyConfigured

from config.database import connection_settings
from config.postgresql.lent import LentConnection

URL = "postgres://tally:p%40ss@db.example:6432/books?sslmode=require"


def test_a_url_names_the_server_the_database_and_the_user() -> None:
    settings = connection_settings(URL, process="command", pool_size=6)

    assert {name: settings[name] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")} == {
        "HOST": "db.example",
        "PORT": "6432",
        "NAME": "books",
        "USER": "tally",
        "PASSWORD": "p@ss",
    }
    assert settings["OPTIONS"]["sslmode"] == "require"


def test_the_web_borrows_from_a_pool_and_does_not_wait_for_ever() -> None:
    settings = connection_settings(URL, process="web", pool_size=6)

    assert settings["CONN_MAX_AGE"] == 0
    assert settings["OPTIONS"]["pool"] == {
        "connection_class": LentConnection,
        "min_size": 1,
        "max_size": 6,
        "timeout": 10,
    }
    assert settings["OPTIONS"]["options"].split(" -c ") == [
        "-c plan_cache_mode=force_generic_plan",
        "lock_timeout=5000",
        "statement_timeout=30000",
    ]


def test_a_command_may_take_its_time() -> None:
    options = connection_settings(URL, process="command", pool_size=6)["OPTIONS"]

    assert "pool" not in options
    assert options["options"] == "-c plan_cache_mode=force_generic_plan"


def test_another_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL only"):
        connection_settings("mysql://db.example/books", process="command", pool_size=6)
