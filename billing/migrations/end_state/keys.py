"""Guards that many tables share."""

from django.db import migrations


def of_tenant(table, name, columns, target):
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} REFERENCES {target}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def append_only(table, name):
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite()",
        f"DROP TRIGGER {name} ON {table}",
    )
