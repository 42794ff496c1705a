"""How many rows there are, asked in one statement."""

from __future__ import annotations

from django.db import connection
from django.db.models import Model


def count_rows(*models: type[Model]) -> tuple[int, ...]:
    """Return the number of rows of each model, in the order in which they are named."""
    counts = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return tuple(cursor.fetchone())
