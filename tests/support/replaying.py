"""Rows that a factory makes are written once by the factory, and afterwards put back as they were.

The article's catalog takes 235 statements to make, and thousands of tests begin with it.
"""

import copy
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField, Model

Made = TypeVar("Made")
Make = Callable[[], Made]

# With allauth's, in which people's addresses are.
_APPS: Final = ("accounts", "billing", "metering", "account")


def replayed(
    *, unless_any: Sequence[type[Model]], and_then: str = ""
) -> Callable[[Make[Made]], Make[Made]]:
    """
    Let a factory run once in each process, and put its rows back when it is called again.

    It runs as usual wherever there is a row of `unless_any` already, because what it makes then
    may be something else. `and_then` is done once the rows are back, which no trigger has seen.
    """

    def decorate(make: Make[Made]) -> Make[Made]:
        recordings: list[tuple[Made, str]] = []

        @wraps(make)
        def make_or_replay() -> Made:
            if _is_there_any(unless_any):
                return make()
            if recordings:
                with transaction.atomic():
                    _execute(recordings[0][1])
            else:
                made, rows = _record(make)
                recordings.append((made, f"{_WITHOUT_TRIGGERS}{rows}{_WITH_TRIGGERS}{and_then}"))
            return copy.deepcopy(recordings[0][0])

        return make_or_replay

    return decorate


_WITHOUT_TRIGGERS: Final = "SET LOCAL session_replication_role = replica;"
_WITH_TRIGGERS: Final = "SET LOCAL session_replication_role = DEFAULT;"


def _is_there_any(models: Sequence[type[Model]]) -> bool:
    tests = " OR ".join(f"EXISTS (SELECT FROM {model._meta.db_table})" for model in models)
    return bool(_ask(f"SELECT {tests}"))


def _record(make: Make[Made]) -> tuple[Made, str]:
    """Return what the factory made, and the statements that bring its rows back."""
    new = _numbered_after_now() | {_PROGRAMS: _ask(_OTHER_PROGRAMS)}
    made = make()
    return made, "".join(_restoring(table, which=which) for table, which in new.items())


# The programs that may ask for tokens, of which every API key is one, have ids that are texts.
_PROGRAMS: Final = "allauth_idp_oidc_client"
_OTHER_PROGRAMS: Final = (
    f"SELECT format('id <> ALL(%L)', coalesce(array_agg(id), '{{}}')) FROM {_PROGRAMS}"
)


def _numbered_after_now() -> dict[str, str]:
    """For each table whose rows are numbered: which of them are made from now on."""
    tables = [
        model._meta.db_table
        for name in _APPS
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
        if isinstance(model._meta.pk, AutoField)
    ]
    return {table: f"id > {_ask(f'SELECT coalesce(max(id), 0) FROM {table}')}" for table in tables}


def _restoring(table: str, *, which: str) -> str:
    rows = _ask(f"SELECT json_agg(t)::text FROM {table} t WHERE {which}")
    if rows is None:
        return ""
    columns = _ask(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attgenerated = ''"
        f" AND attnum > 0 AND NOT attisdropped AND attrelid = '{table}'::regclass"
    )
    literal = rows.replace("'", "''")
    return (
        f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT {columns} FROM json_populate_recordset(NULL::{table}, '{literal}');"
    )


def _ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        [value] = cursor.fetchone()
    return value


def _execute(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)
