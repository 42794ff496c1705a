from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0026_revenue_snapshots")]

    operations = [
        migrations.AddField(
            model_name="guaranteeclaim",
            name="newest_settlement",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="repricingoffer",
            name="is_own_change",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
