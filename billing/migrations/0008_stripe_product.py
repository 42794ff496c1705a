"""What a product at Stripe was last left like, so that a change of the plan is noticed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_stripe")]

    operations = [
        migrations.AddField(
            model_name="stripeproduct",
            name="description",
            field=models.CharField(blank=True, db_default="", max_length=250),
        ),
        migrations.AddField(
            model_name="stripeproduct",
            name="is_active",
            field=models.BooleanField(db_default=True),
        ),
    ]
