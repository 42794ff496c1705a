from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0022_guarantees")]

    operations: list[migrations.operations.base.Operation] = []
