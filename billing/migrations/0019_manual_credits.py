from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0018_money_credits")]

    operations: list[migrations.operations.base.Operation] = []
