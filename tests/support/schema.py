"""What a database looks like inside, to be compared with another one."""

from __future__ import annotations

import psycopg

# Names of constraints and indexes are left out: Django makes them up.
COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relname LIKE %(like)s
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE conrelid::regclass::text LIKE %(like)s
"""
INDEXES = """
    SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+ ON', 'INDEX ON')
    FROM pg_indexes WHERE tablename LIKE %(like)s
"""


def schema_of(url: str, *, tables: str) -> dict[str, list[tuple[object, ...]]]:
    """Columns, constraints and indexes of the tables whose name is like this, in an order."""
    with psycopg.connect(url) as connection:
        return {
            kind: sorted(connection.execute(query, {"like": tables}).fetchall(), key=repr)
            for kind, query in {
                "columns": COLUMNS,
                "constraints": CONSTRAINTS,
                "indexes": INDEXES,
            }.items()
        }
