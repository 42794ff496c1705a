"""
A settlement settles a period of its own organization, and an ended top-up has an end: a comparison
with nothing is not false, so the check let it be missing.
"""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_settled_facts"),
        ("metering", "0007_hold_ends_at_an_instant"),
    ]

    operations = [
        migrations.RemoveConstraint("topup", "top_up_ends_once"),
        migrations.AddConstraint(
            "topup",
            models.CheckConstraint(
                condition=Q(status="pending", ended_at=None)
                | ~Q(status="pending") & Q(ended_at__isnull=False, ended_at__gte=F("ordered_at")),
                name="top_up_ends_once",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE billing_settlement ADD CONSTRAINT settlement_period_of_tenant "
            "FOREIGN KEY (organization_id, usage_period_id) "
            "REFERENCES metering_usageperiod (organization_id, id)",
            "ALTER TABLE billing_settlement DROP CONSTRAINT settlement_period_of_tenant",
        ),
    ]
