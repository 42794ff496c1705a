"""Events that name tokens are found without the others. Built beside the table while it is used."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("metering", "0009_token_prices")]

    operations = [
        AddIndexConcurrently(
            model_name="usageevent",
            index=models.Index(
                condition=models.Q(("tokens__isnull", False)),
                fields=["counted_at"],
                name="usage_event_with_tokens",
            ),
        ),
    ]
