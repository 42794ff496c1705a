"""Many customers out of a few: every row of theirs copied, in one statement for each table."""

from django.db import connection, models

from accounts.models import Organization
from billing.models import AgreedSeats, Agreement
from metering.models import (
    CreditGrant,
    LedgerAccount,
    LedgerTransfer,
    UsageEvent,
    UsagePeriod,
)

# In the order in which they refer to each other.
COPIED: tuple[type[models.Model], ...] = (
    Organization, Agreement, AgreedSeats, UsagePeriod, LedgerAccount, CreditGrant, UsageEvent,
    LedgerTransfer,
)  # fmt: skip
# Texts that hold the public id of something copied.
PUBLIC_IDS = ("public_id", "source")
# So many last characters of a public id tell the copies of a row apart.
TELLING = 6


def clone_organizations(*, copies: int) -> None:
    """
    Copy every organization, with its agreements, seats, periods, grants, usage and ledger.

    The ids of the copies follow those of the originals, in the same order: what refers to a row
    refers to the row of the same copy.
    """
    with connection.cursor() as cursor:
        strides = {}
        for model in COPIED:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")
            [strides[model]] = cursor.fetchone()
        for model in COPIED:
            cursor.execute(_copy_rows(model, strides), [copies])
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        cursor.execute("ANALYZE")


def _copy_rows(model: type[models.Model], strides: dict[type[models.Model], int]) -> str:
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_copied_value(field, strides) for field in fields)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS original"
        " CROSS JOIN generate_series(1, %s) AS copy ORDER BY copy, original.id"
    )


def _copied_value(
    field: "models.Field[object, object]", strides: dict[type[models.Model], int]
) -> str:
    column = f'original."{field.column}"'
    target = field.model if field.primary_key else field.related_model
    if isinstance(target, type) and target in strides:
        return f"{column} + copy * {strides[target]}"
    if field.name in PUBLIC_IDS:
        return f"left({column}, -{TELLING}) || lpad(to_hex(copy), {TELLING}, '0')"
    return column
