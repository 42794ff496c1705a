import django.db.models.deletion
from django.db import migrations, models

import config.kernel.models

# Composite keys carry the organization and the meter, as everywhere in the ledger.
TENANT_KEYS = (
    ("metering_callerusage", "caller_usage_period_of_tenant",
     "(organization_id, meter_id, period_id)",
     "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_accountday", "account_day_account_of_tenant",
     "(organization_id, meter_id, account_id)",
     "metering_ledgeraccount (organization_id, meter_id, id)"),
)


def _owner(model: str, on_delete: object = django.db.models.deletion.PROTECT) -> models.ForeignKey:
    return models.ForeignKey(db_index=False, on_delete=on_delete, related_name="+", to=model)


class Migration(migrations.Migration):
    dependencies = [("metering", "0004_full_ledger_integrity")]

    operations = [
        migrations.RemoveConstraint("hourlyusage", "hourly_usage_once"),
        migrations.RemoveConstraint("dailyusage", "daily_usage_once"),
        migrations.RemoveField("hourlyusage", "api_key"),
        migrations.RemoveField("hourlyusage", "member"),
        migrations.RemoveField("dailyusage", "api_key"),
        migrations.RemoveField("dailyusage", "member"),
        migrations.AddConstraint(
            "hourlyusage",
            models.UniqueConstraint(
                fields=["organization", "meter", "hour", "period", "action"],
                name="hourly_usage_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            "dailyusage",
            models.UniqueConstraint(
                fields=["organization", "meter", "day", "period", "action"],
                name="daily_usage_once",
                nulls_distinct=False,
            ),
        ),
        migrations.CreateModel(
            "CallerUsage",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organization",
                    _owner("accounts.organization", django.db.models.deletion.CASCADE),
                ),
                ("meter", _owner("metering.meter")),
                ("period", _owner("metering.usageperiod")),
                (
                    "api_key",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                ("member", models.CharField(blank=True, max_length=128)),
                ("day", models.DateField()),
                ("quantity", config.kernel.models.TotalField(default=0)),
                ("credits", config.kernel.models.TotalField(default=0)),
                ("overage_credits", config.kernel.models.TotalField(default=0)),
                ("cost", models.DecimalField(decimal_places=12, default=0, max_digits=38)),
                ("event_count", models.BigIntegerField(default=0)),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization", "meter", "day", "period", "api_key", "member"],
                        name="caller_usage_once",
                        nulls_distinct=False,
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "AccountDay",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organization",
                    _owner("accounts.organization", django.db.models.deletion.CASCADE),
                ),
                ("meter", _owner("metering.meter")),
                (
                    "account",
                    _owner("metering.ledgeraccount", django.db.models.deletion.CASCADE),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("issue", "Granted"),
                            ("consume", "Paid by credits"),
                            ("overage", "Overage"),
                            ("cover", "Overage paid by credits"),
                            ("expire", "Expired"),
                            ("roll_over", "Rolled over"),
                            ("hold", "Held"),
                            ("release", "Returned from a hold"),
                            ("reverse", "Reversed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("day", models.DateField()),
                ("amount", config.kernel.models.TotalField(default=0)),
                ("transfer_count", models.BigIntegerField(default=0)),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization", "meter", "account", "day", "kind"],
                        name="account_day_once",
                    )
                ]
            },
        ),
        migrations.RenameField("rollupmark", "cover_id", "transfer_id"),
        migrations.AlterField("rollupmark", "time_zone", models.CharField(max_length=64)),
        migrations.RemoveIndex("ledgertransfer", "ledger_transfer_by_debit"),
        migrations.RemoveIndex("ledgertransfer", "ledger_transfer_by_credit"),
        migrations.RemoveIndex("ledgertransfer", "ledger_transfer_covers"),
        migrations.AddIndex(
            "ledgertransfer",
            models.Index(
                fields=["organization", "debit_account", "occurred_at", "id"],
                name="ledger_transfer_by_debit",
            ),
        ),
        migrations.AddIndex(
            "ledgertransfer",
            models.Index(
                fields=["organization", "credit_account", "occurred_at", "id"],
                condition=models.Q(kind__in=("issue", "roll_over", "release", "reverse")),
                name="ledger_transfer_into_grant",
            ),
        ),
        migrations.AddIndex(
            "ledgertransfer",
            models.Index(
                fields=["organization", "meter", "kind", "id"],
                condition=~models.Q(kind__in=["consume", "overage"]),
                name="ledger_transfer_beside_usage",
            ),
        ),
        *[
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} "
                f"FOREIGN KEY {columns} REFERENCES {target}",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name, columns, target in TENANT_KEYS
        ],
    ]
