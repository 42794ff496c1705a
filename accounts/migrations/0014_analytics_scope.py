import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_portal_links")]

    operations = [
        migrations.RemoveConstraint(model_name="apikey", name="api_key_scopes_known"),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("usage:write", "Report usage"),
                        ("balances:read", "Read balances and usage"),
                        ("credits:write", "Grant credits and take usage back"),
                        ("entitlements:read", "Read entitlements and flags"),
                        ("flags:write", "Override flags"),
                        ("agreements:read", "Read agreements"),
                        ("agreements:write", "Create agreements"),
                        ("billing:read", "Read invoices, orders and what changes would cost"),
                        ("billing:write", "Subscribe, change, end and pay"),
                        ("organizations:read", "Read organizations, members and properties"),
                        ("organizations:write", "Create and change organizations and properties"),
                        ("outcomes:read", "Read outcomes"),
                        ("outcomes:write", "Report, confirm and reverse outcomes"),
                        ("webhooks:read", "Read webhook endpoints, events and deliveries"),
                        ("webhooks:write", "Change webhook endpoints and send events again"),
                        ("analytics:read", "Read costs, margins and revenue"),
                    ],
                    max_length=32,
                ),
                size=None,
                verbose_name="scopes",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__contained_by",
                        [
                            "usage:write",
                            "balances:read",
                            "credits:write",
                            "entitlements:read",
                            "flags:write",
                            "agreements:read",
                            "agreements:write",
                            "billing:read",
                            "billing:write",
                            "organizations:read",
                            "organizations:write",
                            "outcomes:read",
                            "outcomes:write",
                            "webhooks:read",
                            "webhooks:write",
                            "analytics:read",
                        ],
                    )
                ),
                name="api_key_scopes_known",
            ),
        ),
    ]
