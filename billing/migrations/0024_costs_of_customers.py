from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0023_priced_outcomes")]

    operations: list[migrations.operations.base.Operation] = []
