from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0008_stripe_product'),
    ]

    operations = [
        # One that is told of late begins where an earlier one ends; its months are counted from
        # the anchor all the same.
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_anchor_after_start',
        ),
        migrations.AddField(
            model_name='scheduledchange',
            name='previous_anchor_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
