from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0024_costs_of_customers")]

    operations: list[migrations.operations.base.Operation] = []
