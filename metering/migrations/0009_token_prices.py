from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metering", "0008_balances_are_totals")]

    operations: list[migrations.operations.base.Operation] = []
