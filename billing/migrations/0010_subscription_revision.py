from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0009_moved_anchors'),
    ]

    operations = [
        migrations.AddField(
            model_name='stripesubscription',
            name='revision',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
