"""
An ended hold has an end: a comparison with nothing is not false, so the check let it be missing.

The period's key without the meter is for rows of billing that know the feature only.
"""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("metering", "0006_expiry_at_an_instant")]

    operations = [
        migrations.RemoveConstraint("hold", "hold_ends_in_one_way"),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(
                condition=Q(outcome=None, ended_at=None, event_key=None)
                | Q(
                    outcome="settled",
                    ended_at__isnull=False,
                    ended_at__gte=F("held_at"),
                    event_key__isnull=False,
                )
                | Q(
                    outcome__in=["released", "expired"],
                    ended_at__isnull=False,
                    ended_at__gte=F("held_at"),
                    event_key=None,
                ),
                name="hold_ends_in_one_way",
            ),
        ),
        migrations.AddConstraint(
            "usageperiod",
            models.UniqueConstraint(
                fields=["organization", "id"], name="usage_period_organization_key"
            ),
        ),
    ]
