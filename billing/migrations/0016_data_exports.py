import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_languages_and_contacts'),
        ('billing', '0015_pricing_tables'),
    ]

    operations = [
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
    ]
