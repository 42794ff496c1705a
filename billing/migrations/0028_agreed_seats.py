"""How many seats agreements had, and since when, as far as the books know."""

from itertools import groupby

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER agreed_seats_append_only BEFORE UPDATE OR DELETE ON billing_agreedseats
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
ALTER TABLE billing_agreedseats ADD CONSTRAINT agreed_seats_of_tenant
    FOREIGN KEY (organization_id, agreement_id)
    REFERENCES billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED;
"""
NO_GUARDS = """
ALTER TABLE billing_agreedseats DROP CONSTRAINT agreed_seats_of_tenant;
DROP TRIGGER agreed_seats_append_only ON billing_agreedseats;
"""

# Each agreement with what the audit log says of its seats and interval, oldest first: what they
# were, what they became, and since when. A change that was agreed before counts from its instant.
KNOWN = """
SELECT agreement.id, agreement.organization_id, agreement.started_at, agreement.seats,
       agreement.interval, said.seats_before, said.seats_after, said.interval_before,
       said.interval_after, coalesce(waited.effective_at, said.occurred_at)
FROM billing_agreement AS agreement
LEFT JOIN LATERAL (
    SELECT entry.id, entry.occurred_at,
           (entry.changes #>> '{seats,0}')::integer AS seats_before,
           (entry.changes #>> '{seats,1}')::integer AS seats_after,
           entry.changes #>> '{interval,0}' AS interval_before,
           entry.changes #>> '{interval,1}' AS interval_after
    FROM accounts_auditentry AS entry
    WHERE entry.target = agreement.public_id
      AND entry.action IN ('agreement.seats_changed', 'agreement.plan_changed')
      AND entry.changes ?| ARRAY['seats', 'interval']
) AS said ON TRUE
LEFT JOIN billing_scheduledchange AS waited
    ON waited.agreement_id = agreement.id AND waited.status = 'applied'
   AND waited.ended_at = said.occurred_at
ORDER BY agreement.id, said.id
"""


def fill(apps, schema_editor):
    """Write down the past of every agreement; where it does not add up, what it is now."""
    agreed_seats = apps.get_model("billing", "AgreedSeats")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(KNOWN)
        known = cursor.fetchall()
    rows = [
        agreed_seats(
            agreement_id=agreement_id,
            organization_id=organization_id,
            seats=seats,
            interval=interval,
            effective_at=effective_at,
        )
        for (agreement_id, organization_id), facts in groupby(known, key=lambda row: row[:2])
        for seats, interval, effective_at in past(list(facts))
    ]
    agreed_seats.objects.bulk_create(rows, batch_size=2_000)
    # The table's index is made after this, which no row that is still to be checked may precede.
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def past(facts):
    """What one agreement had, oldest first: seats, interval, since when."""
    _, _, started_at, seats, interval, *_ = facts[0]
    changes = [row[5:] for row in facts if row[-1] is not None]
    held = (
        next((before for before, *_ in changes if before is not None), seats),
        next((before for _, _, before, *_ in changes if before is not None), interval),
    )
    found = [(*held, started_at)]
    for seats_before, seats_after, interval_before, interval_after, at in changes:
        follows = seats_before in (None, held[0]) and interval_before in (None, held[1])
        if not follows or at <= found[-1][2]:
            return [(seats, interval, started_at)]
        held = (seats_after or held[0], interval_after or held[1])
        found.append((*held, at))
    return found if held == (seats, interval) else [(seats, interval, started_at)]


class Migration(migrations.Migration):
    dependencies = [("billing", "0027_own_changes_known_settlements")]

    operations = [
        migrations.CreateModel(
            name='AgreedSeats',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('seats', models.PositiveIntegerField(verbose_name='seats')),
                ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
                ('effective_at', models.DateTimeField(verbose_name='effective at')),
                ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'verbose_name': 'agreed seats',
                'verbose_name_plural': 'agreed seats',
                'constraints': [
                    models.UniqueConstraint(fields=('agreement', 'effective_at'), name='agreed_seats_one_per_instant'),
                    models.CheckConstraint(condition=models.Q(('interval__in', ['month', 'year']), ('seats__gte', 1)), name='agreed_seats_known'),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
