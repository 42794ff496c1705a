from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0025_price_reviews")]

    operations: list[migrations.operations.base.Operation] = []
