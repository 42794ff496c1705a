"""What a database looks like inside, to be compared with another one."""

from __future__ import annotations

import psycopg
from psycopg import sql

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


# What a migration can leave in a database. Constraints that only say NOT NULL are columns' facts.
STRUCTURE = {
    "relations": """
        SELECT relname, relkind::text, relpersistence::text, reloptions, relacl::text,
            obj_description(oid, 'pg_class')
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    """,
    "columns": """
        SELECT c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
            format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
            a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid), a.attacl::text
        FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid
            AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname, pg_get_functiondef(oid), proacl::text
        FROM pg_proc AS p
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    """,
    "extensions": "SELECT extname FROM pg_extension",
    "comments": "SELECT classoid::regclass::text, objsubid, description FROM pg_description "
    "WHERE objoid >= 16384",
}


def structure_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database but its rows, with the names that it has, in an order."""
    with psycopg.connect(url) as connection:
        return {
            kind: sorted(connection.execute(query).fetchall(), key=repr)
            for kind, query in STRUCTURE.items()
        }


def row_counts_of(url: str) -> dict[str, int]:
    """How many rows the tables have that have any."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        counts = {
            name: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchall()[0][0]
            for (name,) in tables
        }
    return {name: count for name, count in counts.items() if count}
