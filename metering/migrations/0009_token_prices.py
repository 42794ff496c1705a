"""
The price book: what the tokens of a model cost from a date on, and which of them an action takes.

A price in force has made costs, and never changes; one that is not yet may be withdrawn.
"""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import config.kernel.models

IN_FORCE = """
CREATE FUNCTION metering_refuse_token_price_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.effective_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'a price of tokens does not change; set a new one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION metering_refuse_model_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a language model keeps its code' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER token_price_immutable BEFORE UPDATE OR DELETE ON metering_tokenprice
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_token_price_rewrite();
CREATE TRIGGER language_model_identity BEFORE UPDATE ON metering_languagemodel
    FOR EACH ROW WHEN (NEW.code IS DISTINCT FROM OLD.code)
    EXECUTE FUNCTION metering_refuse_model_rewrite();
"""
NEVER_MIND = """
DROP TRIGGER language_model_identity ON metering_languagemodel;
DROP TRIGGER token_price_immutable ON metering_tokenprice;
DROP FUNCTION metering_refuse_model_rewrite();
DROP FUNCTION metering_refuse_token_price_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0008_balances_are_totals")]

    operations = [
        migrations.CreateModel(
            name='LanguageModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', models.CharField(help_text='As apps report it, such as “gpt-4o-mini”. It never changes.', max_length=100, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('provider', models.CharField(max_length=80, verbose_name='provider')),
            ],
            options={
                'verbose_name': 'language model',
                'verbose_name_plural': 'language models',
            },
        ),
        migrations.CreateModel(
            name='TokenPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('effective_at', models.DateTimeField(verbose_name='effective at')),
                ('input_price', config.kernel.models.UnitPriceField(help_text='Of a million tokens, in the reporting currency.', verbose_name='input')),
                ('output_price', config.kernel.models.UnitPriceField(help_text='Of a million tokens, in the reporting currency.', verbose_name='output')),
                ('cached_price', config.kernel.models.UnitPriceField(help_text='Of a million input tokens that the provider had read before.', verbose_name='cached input')),
            ],
            options={
                'verbose_name': 'token price',
                'verbose_name_plural': 'token prices',
            },
        ),
        migrations.AddField(
            model_name='costcomponent',
            name='cached_tokens',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='cached tokens'),
        ),
        migrations.AddField(
            model_name='costcomponent',
            name='input_tokens',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='input tokens'),
        ),
        migrations.AddField(
            model_name='costcomponent',
            name='output_tokens',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='output tokens'),
        ),
        migrations.AddField(
            model_name='usageevent',
            name='tokens',
            field=models.JSONField(null=True),
        ),
        migrations.AddConstraint(
            model_name='languagemodel',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$')), name='language_model_code_format'),
        ),
        migrations.AddField(
            model_name='costcomponent',
            name='model',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.languagemodel'),
        ),
        migrations.AddConstraint(
            model_name='costcomponent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cached_tokens', None), ('input_tokens', None), ('model', None), ('output_tokens', None)), models.Q(('cached_tokens__isnull', False), ('cached_tokens__range', (0, 1000000000000)), ('input_tokens__isnull', False), ('input_tokens__range', (0, 1000000000000)), ('model__isnull', False), ('output_tokens__isnull', False), ('output_tokens__range', (0, 1000000000000))), _connector='OR'), name='cost_component_tokens_of_a_model'),
        ),
        migrations.AddField(
            model_name='tokenprice',
            name='model',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='metering.languagemodel'),
        ),
        migrations.AddConstraint(
            model_name='tokenprice',
            constraint=models.UniqueConstraint(fields=('model', 'effective_at'), name='token_price_one_per_instant'),
        ),
        migrations.AddConstraint(
            model_name='tokenprice',
            constraint=models.CheckConstraint(condition=models.Q(('input_price__gte', 0), ('input_price__lt', Decimal('1000000000'))), name='token_price_input_range'),
        ),
        migrations.AddConstraint(
            model_name='tokenprice',
            constraint=models.CheckConstraint(condition=models.Q(('output_price__gte', 0), ('output_price__lt', Decimal('1000000000'))), name='token_price_output_range'),
        ),
        migrations.AddConstraint(
            model_name='tokenprice',
            constraint=models.CheckConstraint(condition=models.Q(('cached_price__gte', 0), ('cached_price__lt', Decimal('1000000000'))), name='token_price_cached_range'),
        ),
        migrations.RunSQL(IN_FORCE, NEVER_MIND),
    ]
