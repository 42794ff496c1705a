import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# What visitors were shown stays: a version is born as a draft and is published once.
VERSIONS = """
CREATE FUNCTION billing_refuse_pricing_table_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'a version of a pricing table starts as a draft'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version of a pricing table does not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER pricing_table_version_immutable
    BEFORE INSERT OR UPDATE OR DELETE ON billing_pricingtableversion
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_pricing_table_rewrite();
"""

# The trigger locks the version, as whoever publishes does: a card is written before or refused.
CARDS = """
CREATE FUNCTION billing_refuse_card_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    versions bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        versions := ARRAY[OLD.version_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        versions := versions || NEW.version_id;
    END IF;
    PERFORM 1 FROM billing_pricingtableversion WHERE id = ANY (versions) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM billing_pricingtableversion
        WHERE id = ANY (versions) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the cards of a published pricing table do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER pricing_table_card_immutable
    BEFORE INSERT OR UPDATE OR DELETE ON billing_pricingtablecard
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_card_rewrite();
"""

# Addresses, web sites and versions hold on to them.
TABLES = """
CREATE FUNCTION billing_keep_pricing_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a pricing table keeps its key and its plan group'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER pricing_table_key_stays BEFORE UPDATE ON billing_pricingtable
    FOR EACH ROW WHEN (
        (NEW.key, NEW.plan_group_id, NEW.audience)
        IS DISTINCT FROM (OLD.key, OLD.plan_group_id, OLD.audience)
    )
    EXECUTE FUNCTION billing_keep_pricing_table();
"""

UNDONE = """
DROP TRIGGER pricing_table_key_stays ON billing_pricingtable;
DROP FUNCTION billing_keep_pricing_table();
DROP TRIGGER pricing_table_card_immutable ON billing_pricingtablecard;
DROP FUNCTION billing_refuse_card_rewrite();
DROP TRIGGER pricing_table_version_immutable ON billing_pricingtableversion;
DROP FUNCTION billing_refuse_pricing_table_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_outcomes")]

    operations = [
        migrations.CreateModel(
            name='PricingTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('key', models.CharField(max_length=63, unique=True, verbose_name='key')),
                ('name', models.CharField(help_text='For staff; visitors read the headings.', max_length=80, verbose_name='name')),
                ('audience', models.CharField(choices=[('organizations', 'Organizations'), ('individuals', 'Individuals')], max_length=16, verbose_name='audience')),
                ('is_live', models.BooleanField(default=False, verbose_name='live')),
                ('is_default', models.BooleanField(default=False, verbose_name='default of its audience')),
                ('frame_ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), blank=True, default=list, size=None, verbose_name='sites that may embed it')),
                ('plan_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plangroup')),
            ],
        ),
        migrations.CreateModel(
            name='PricingTableVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('number', models.PositiveIntegerField(editable=False, verbose_name='number')),
                ('texts', models.JSONField(default=dict, verbose_name='texts')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published at')),
                ('published_by', models.CharField(blank=True, editable=False, max_length=254, verbose_name='published by')),
                ('table', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='billing.pricingtable')),
            ],
        ),
        migrations.CreateModel(
            name='PricingTableCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('is_highlighted', models.BooleanField(default=False, verbose_name='highlighted')),
                ('texts', models.JSONField(default=dict, verbose_name='texts')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cards', to='billing.pricingtableversion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='pricingtable',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,62}$')), name='pricing_table_key_format'),
        ),
        migrations.AddConstraint(
            model_name='pricingtable',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['organizations', 'individuals'])), name='pricing_table_audience_known'),
        ),
        migrations.AddConstraint(
            model_name='pricingtable',
            constraint=models.CheckConstraint(condition=models.Q(('is_default', False), ('is_live', True), _connector='OR'), name='pricing_table_default_is_live'),
        ),
        migrations.AddConstraint(
            model_name='pricingtable',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('audience',), name='pricing_table_one_default_per_audience'),
        ),
        migrations.AddConstraint(
            model_name='pricingtableversion',
            constraint=models.UniqueConstraint(fields=('table', 'number'), name='pricing_table_version_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='pricingtableversion',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at', None)), fields=('table',), name='pricing_table_version_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='pricingtableversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('published_by', '')), models.Q(('published_at__isnull', False), models.Q(('published_by', ''), _negated=True)), _connector='OR'), name='pricing_table_version_published_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='pricingtablecard',
            constraint=models.UniqueConstraint(fields=('version', 'plan'), name='pricing_table_card_once_per_version'),
        ),
        migrations.AddConstraint(
            model_name='pricingtablecard',
            constraint=models.UniqueConstraint(fields=('version', 'position'), name='pricing_table_card_one_per_position'),
        ),
        migrations.RunSQL([VERSIONS, CARDS, TABLES], [UNDONE]),
    ]
