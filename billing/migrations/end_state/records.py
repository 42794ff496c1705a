"""Costs, revenue, checks of the ledger, and exports."""

import config.kernel.models
import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.db import migrations, models

# What a week came to stays as it was taken down.
COSTS = """
CREATE TRIGGER action_cost_week_append_only BEFORE UPDATE OR DELETE ON billing_actioncostweek
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
"""

DROP_COSTS = """
DROP TRIGGER action_cost_week_append_only ON billing_actioncostweek;
"""

REVENUE = """
CREATE TRIGGER revenue_snapshot_append_only BEFORE UPDATE OR DELETE ON billing_revenuesnapshot
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
CREATE TRIGGER ledger_check_append_only BEFORE UPDATE OR DELETE ON billing_ledgercheck
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
"""

DROP_REVENUE = """
DROP TRIGGER ledger_check_append_only ON billing_ledgercheck;
DROP TRIGGER revenue_snapshot_append_only ON billing_revenuesnapshot;
"""

TABLES = [
    migrations.CreateModel(
        name='DataExport',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('requested_at', models.DateTimeField()),
            ('status', models.CharField(choices=[('waiting', 'Waiting'), ('making', 'In the making'), ('ready', 'Ready'), ('failed', 'Failed'), ('removed', 'Removed')], default='waiting', max_length=16, verbose_name='status')),
            ('attempt_count', models.PositiveSmallIntegerField(default=0)),
            ('lease', models.CharField(blank=True, max_length=40)),
            ('leased_until', models.DateTimeField(null=True)),
            ('table_count', models.PositiveSmallIntegerField(default=0, help_text='How many tables are in it by now.')),
            ('row_count', models.PositiveBigIntegerField(default=0, help_text='How many rows are in it by now.')),
            ('byte_count', models.PositiveBigIntegerField(default=0)),
            ('ended_at', models.DateTimeField(null=True)),
            ('expires_at', models.DateTimeField(null=True)),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'verbose_name': 'data export',
            'verbose_name_plural': 'data exports',
            'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('waiting', 'making'))), fields=('organization',), name='data_export_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('expires_at', None), ('status__in', ('waiting', 'making'))), models.Q(('ended_at__isnull', False), ('expires_at__isnull', False), ('status', 'ready')), models.Q(('ended_at__isnull', False), ('expires_at', None), ('status', 'failed')), models.Q(('ended_at__isnull', False), ('expires_at', None), ('status', 'removed')), _connector='OR'), name='data_export_fits_its_status'), models.CheckConstraint(condition=models.Q(models.Q(('leased_until__isnull', False), ('status', 'making'), models.Q(('lease', ''), _negated=True)), models.Q(models.Q(('status', 'making'), _negated=True), ('lease', ''), ('leased_until', None)), _connector='OR'), name='data_export_is_made_under_a_lease')],
        },
    ),
    migrations.CreateModel(
        name='DataExportPart',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('number', models.PositiveIntegerField()),
            ('content', models.BinaryField()),
            ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='billing.dataexport')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('export', 'number'), name='data_export_part_once')],
        },
    ),
    migrations.CreateModel(
        name='CustomerCost',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('organization', models.ForeignKey(blank=True, help_text='Empty: every organization with an agreement, while it has one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization', verbose_name='organization')),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('basis', models.CharField(choices=[('organization', 'each organization'), ('seat', 'each seat')], default='organization', max_length=16, verbose_name='for')),
            ('monthly_cost', config.kernel.models.UnitPriceField(help_text='In the reporting currency, such as 100 or 2.50.', verbose_name='cost a month')),
            ('first_date', models.DateField(verbose_name='from')),
            ('last_date', models.DateField(blank=True, help_text='The last day. Empty: until further notice.', null=True, verbose_name='until')),
        ],
        options={
            'verbose_name': 'cost of serving',
            'verbose_name_plural': 'costs of serving',
            'constraints': [models.CheckConstraint(condition=models.Q(('last_date', None), ('last_date__gte', models.F('first_date')), _connector='OR'), name='customer_cost_ends_after_its_start'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='customer_cost_has_a_name'), models.CheckConstraint(condition=models.Q(('basis__in', ['organization', 'seat'])), name='customer_cost_basis_known'), models.CheckConstraint(condition=models.Q(('monthly_cost__gte', 0), ('monthly_cost__lt', Decimal('1000000000'))), name='customer_cost_range')],
        },
    ),
    migrations.CreateModel(
        name='ActionCostWeek',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.action')),
            ('week_date', models.DateField(help_text='A Monday.', verbose_name='week from')),
            ('event_count', models.BigIntegerField(verbose_name='events')),
            ('quantity', config.kernel.models.TotalField(verbose_name='quantity')),
            ('total_cost', models.DecimalField(decimal_places=12, max_digits=38, verbose_name='cost')),
            ('mean_cost', config.kernel.models.UnitPriceField(verbose_name='mean cost of one')),
            ('p95_cost', config.kernel.models.UnitPriceField(verbose_name='95th percentile')),
            ('card_cost', config.kernel.models.UnitPriceField(verbose_name='on the rate card')),
            ('taken_at', models.DateTimeField()),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('action', 'week_date'), name='action_cost_week_taken_once'), models.CheckConstraint(condition=models.Q(('week_date__iso_week_day', 1)), name='action_cost_week_begins_on_a_monday'), models.CheckConstraint(condition=models.Q(('event_count__gte', 1)), name='action_cost_week_has_events'), models.CheckConstraint(condition=models.Q(('total_cost__gte', 0), ('total_cost__lt', 100000000000000000000000000)), name='action_cost_week_total_range'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('quantity__lt', Decimal('1000000000000000000000000'))), name='action_cost_week_quantity_range'), models.CheckConstraint(condition=models.Q(('mean_cost__gte', 0), ('mean_cost__lt', Decimal('1000000000'))), name='action_cost_week_mean_range'), models.CheckConstraint(condition=models.Q(('p95_cost__gte', 0), ('p95_cost__lt', Decimal('1000000000'))), name='action_cost_week_p95_range'), models.CheckConstraint(condition=models.Q(('card_cost__gte', 0), ('card_cost__lt', Decimal('1000000000'))), name='action_cost_week_card_range')],
        },
    ),
    migrations.CreateModel(
        name='LedgerCheck',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('checked_at', models.DateTimeField(db_index=True, verbose_name='checked at')),
            ('promise_count', models.PositiveSmallIntegerField(verbose_name='promises')),
            ('broken', models.JSONField(default=list, verbose_name='broken')),
        ],
    ),
    migrations.CreateModel(
        name='RevenueDay',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('day', models.DateField(unique=True, verbose_name='day')),
            ('taken_at', models.DateTimeField(verbose_name='written down at')),
        ],
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
]

GUARDS = [
    migrations.RunSQL(COSTS, DROP_COSTS),
    migrations.RunSQL(REVENUE, DROP_REVENUE),
]
