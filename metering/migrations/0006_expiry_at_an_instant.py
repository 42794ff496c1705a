"""A cap may take a part of a rollover before the rollover itself ends: each expires at its time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metering", "0005_fast_reads")]

    operations = [
        migrations.RemoveConstraint("ledgertransfer", "ledger_transfer_grant_expires_once"),
        migrations.AddConstraint(
            "ledgertransfer",
            models.UniqueConstraint(
                fields=["organization", "debit_account", "occurred_at"],
                condition=models.Q(event_key=None, hold=None, kind="expire"),
                name="ledger_transfer_grant_expires_once",
            ),
        ),
    ]
