from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0011_rows_of_their_own'),
    ]

    operations = [
        migrations.AddField(
            model_name='stripeintent',
            name='refusals_set_aside',
            field=models.PositiveIntegerField(
                db_default=0, default=0, verbose_name='refusals set aside'
            ),
        ),
    ]
