"""What customers pay a month, day by day, and what the proofs of the books came to."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import config.kernel.models

APPEND_ONLY = """
CREATE TRIGGER revenue_snapshot_append_only BEFORE UPDATE OR DELETE ON billing_revenuesnapshot
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
CREATE TRIGGER ledger_check_append_only BEFORE UPDATE OR DELETE ON billing_ledgercheck
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
"""

DROP_APPEND_ONLY = """
DROP TRIGGER ledger_check_append_only ON billing_ledgercheck;
DROP TRIGGER revenue_snapshot_append_only ON billing_revenuesnapshot;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0025_price_reviews")]

    operations = [
        migrations.CreateModel(
            name='LedgerCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('checked_at', models.DateTimeField(db_index=True, verbose_name='checked at')),
                ('promise_count', models.PositiveSmallIntegerField(verbose_name='promises')),
                ('broken', models.JSONField(default=list, verbose_name='broken')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RevenueDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('taken_at', models.DateTimeField(verbose_name='written down at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RevenueSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
                ('monthly_minor', models.BigIntegerField(verbose_name='a month')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('plan_version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
                ('revenue_day', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.revenueday', to_field='day')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('revenue_day', 'organization'), name='revenue_snapshot_once_a_day'), models.CheckConstraint(condition=models.Q(('monthly_minor__gt', 0)), name='revenue_snapshot_is_revenue'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='revenue_snapshot_currency_code')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
    ]
