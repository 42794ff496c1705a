"""A visit pays for an order of its own organization, and a line charges for its settlements."""

from django.db import migrations, models


def _tenant_key(table: str, name: str, target: str, column: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE billing_{table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY (organization_id, {column}) "
        f"REFERENCES billing_{target} (organization_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE billing_{table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_subscription_revision")]

    operations = [
        migrations.AddConstraint(
            "topup",
            models.UniqueConstraint(fields=("organization", "id"), name="top_up_tenant_key"),
        ),
        _tenant_key("checkout", "checkout_of_tenant", "topup", "top_up_id"),
        _tenant_key(
            "invoiceline", "invoice_line_settlement_of_tenant", "settlement", "settlement_id"
        ),
    ]
