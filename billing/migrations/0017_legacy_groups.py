from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_data_exports")]

    operations: list[migrations.operations.base.Operation] = []
