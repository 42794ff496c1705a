"""Plans, their features and prices, packs, and the tables that show them."""

import config.kernel.models
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import uuid
from decimal import Decimal
from django.db import migrations, models

# A version is born as a draft and is published once.
PLAN_VERSIONS = """
CREATE FUNCTION billing_refuse_version_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'a plan version starts as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published plan version does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_version_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_planversion
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_version_rewrite();
"""

DROP_PLAN_VERSIONS = """
DROP TRIGGER plan_version_immutable ON billing_planversion;
DROP FUNCTION billing_refuse_version_rewrite();
"""

TERMS = """
CREATE FUNCTION billing_refuse_terms_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parents bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        parents := ARRAY[(to_jsonb(OLD) ->> TG_ARGV[0])::bigint];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        parents := parents || (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    END IF;
    IF TG_ARGV[0] = 'plan_feature_id' THEN
        SELECT array_agg(plan_version_id) INTO parents FROM billing_planfeature WHERE id = ANY (parents);
    END IF;
    PERFORM 1 FROM billing_planversion WHERE id = ANY (parents) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM billing_planversion WHERE id = ANY (parents) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the terms of a published plan version do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_price
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_terms_rewrite('plan_version_id');
CREATE TRIGGER plan_feature_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_planfeature
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_terms_rewrite('plan_version_id');
CREATE TRIGGER overage_price_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_overageprice
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_terms_rewrite('plan_feature_id');
"""

DROP_TERMS = """
DROP TRIGGER overage_price_immutable ON billing_overageprice;
DROP TRIGGER plan_feature_immutable ON billing_planfeature;
DROP TRIGGER price_immutable ON billing_price;
DROP FUNCTION billing_refuse_terms_rewrite();
"""

# Apps ask for features by their codes, and for plans once they can have been sold.
CODES = """
CREATE FUNCTION billing_refuse_code_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'billing_feature' OR EXISTS (
        SELECT FROM billing_planversion WHERE plan_id = OLD.id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the code in % does not change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_code_immutable BEFORE UPDATE ON billing_plan
    FOR EACH ROW WHEN (NEW.code IS DISTINCT FROM OLD.code)
    EXECUTE FUNCTION billing_refuse_code_rewrite();
CREATE TRIGGER feature_code_immutable BEFORE UPDATE ON billing_feature
    FOR EACH ROW WHEN (
        (NEW.code, NEW.kind, NEW.meter_id, NEW.value_type)
        IS DISTINCT FROM (OLD.code, OLD.kind, OLD.meter_id, OLD.value_type)
    )
    EXECUTE FUNCTION billing_refuse_code_rewrite();
"""

DROP_CODES = """
DROP TRIGGER feature_code_immutable ON billing_feature;
DROP TRIGGER plan_code_immutable ON billing_plan;
DROP FUNCTION billing_refuse_code_rewrite();
"""

# A tier belongs to the terms of a plan version, which do not change once it is published.
TIERS = """
CREATE FUNCTION billing_refuse_tier_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    prices bigint[];
    versions bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        prices := ARRAY[OLD.overage_price_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        prices := prices || NEW.overage_price_id;
    END IF;
    SELECT array_agg(feature.plan_version_id) INTO versions
    FROM billing_overageprice AS price
    JOIN billing_planfeature AS feature ON feature.id = price.plan_feature_id
    WHERE price.id = ANY (prices);
    PERFORM 1 FROM billing_planversion WHERE id = ANY (versions) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM billing_planversion WHERE id = ANY (versions) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the terms of a published plan version do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER overage_tier_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_overagetier
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_tier_rewrite();
"""

DROP_TIERS = """
DROP TRIGGER overage_tier_immutable ON billing_overagetier;
DROP FUNCTION billing_refuse_tier_rewrite();
"""

# The value of an override is of its flag's type, and a metered feature has none.
OVERRIDES_FIT = """
CREATE FUNCTION billing_check_flag_override() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted text;
BEGIN
    SELECT value_type INTO wanted FROM billing_feature
    WHERE id = NEW.feature_id AND kind = 'unmetered'
    FOR SHARE;
    IF wanted IS NULL OR jsonb_typeof(NEW.value) = 'null'
        OR (wanted <> 'json' AND jsonb_typeof(NEW.value) <> wanted)
    THEN
        RAISE EXCEPTION 'the value of a flag is of its type' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER flag_override_fits_its_flag BEFORE INSERT OR UPDATE ON billing_flagoverride
    FOR EACH ROW EXECUTE FUNCTION billing_check_flag_override();
"""

DROP_OVERRIDES_FIT = """
DROP TRIGGER flag_override_fits_its_flag ON billing_flagoverride;
DROP FUNCTION billing_check_flag_override();
"""

CATALOG_REVISED = """
CREATE FUNCTION billing_revise_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_catalogrevision (is_only, value) VALUES (TRUE, gen_random_uuid())
    ON CONFLICT (is_only) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END $$;
INSERT INTO billing_catalogrevision (is_only, value) VALUES (TRUE, gen_random_uuid());
CREATE TRIGGER billing_feature_revises_catalog AFTER INSERT OR UPDATE OR DELETE ON billing_feature FOR EACH STATEMENT EXECUTE FUNCTION billing_revise_catalog();
CREATE TRIGGER billing_plan_revises_catalog AFTER INSERT OR UPDATE OR DELETE ON billing_plan FOR EACH STATEMENT EXECUTE FUNCTION billing_revise_catalog();
CREATE TRIGGER billing_plangroup_revises_catalog AFTER INSERT OR UPDATE OR DELETE ON billing_plangroup FOR EACH STATEMENT EXECUTE FUNCTION billing_revise_catalog();
CREATE TRIGGER billing_planversion_revises_catalog AFTER INSERT OR UPDATE OF published_at OR DELETE ON billing_planversion FOR EACH STATEMENT EXECUTE FUNCTION billing_revise_catalog();
"""

DROP_CATALOG_REVISED = """
DROP TRIGGER billing_planversion_revises_catalog ON billing_planversion;
DROP TRIGGER billing_plangroup_revises_catalog ON billing_plangroup;
DROP TRIGGER billing_plan_revises_catalog ON billing_plan;
DROP TRIGGER billing_feature_revises_catalog ON billing_feature;
DROP FUNCTION billing_revise_catalog();
"""

# What visitors were shown stays: a version is born as a draft and is published once.
TABLE_VERSIONS = """
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

DROP_TABLE_VERSIONS = """
DROP TRIGGER pricing_table_version_immutable ON billing_pricingtableversion;
DROP FUNCTION billing_refuse_pricing_table_rewrite();
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

DROP_CARDS = """
DROP TRIGGER pricing_table_card_immutable ON billing_pricingtablecard;
DROP FUNCTION billing_refuse_card_rewrite();
"""

# Addresses, web sites and versions hold on to them.
TABLES_STAY = """
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

DROP_TABLES_STAY = """
DROP TRIGGER pricing_table_key_stays ON billing_pricingtable;
DROP FUNCTION billing_keep_pricing_table();
"""

TABLES = [
    migrations.CreateModel(
        name='PlanGroup',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('code', models.CharField(max_length=63, unique=True, verbose_name='code')),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('audience', models.CharField(choices=[('organizations', 'Organizations'), ('individuals', 'Individuals')], default='organizations', max_length=16, verbose_name='audience')),
            ('visibility', models.CharField(choices=[('current', 'Current: on sale'), ('legacy', 'Legacy: hidden but honoured')], default='current', max_length=16, verbose_name='visibility')),
            ('is_default', models.BooleanField(default=False, verbose_name='default group of its audience')),
            ('for_new_customers_only', models.BooleanField(db_default=False, default=False, help_text='Customers with a plan of another group do not see these plans.', verbose_name='for new customers only')),
            ('grandfathered_until', models.DateField(blank=True, help_text='Until when customers are told that their plan goes on: 12 to 18 months after the group became legacy. Empty means no date. Nobody is moved when it comes.', null=True, verbose_name='grandfathered until')),
            ('legacy_since', models.DateField(editable=False, null=True, verbose_name='legacy since')),
        ],
        options={
            'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('audience',), name='plan_group_one_default_per_audience'), models.CheckConstraint(condition=models.Q(('is_default', False), ('visibility', 'current'), _connector='OR'), name='plan_group_default_is_current'), models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]{0,62}$')), name='plan_group_code_format'), models.CheckConstraint(condition=models.Q(models.Q(('legacy_since__isnull', False), ('visibility', 'legacy')), models.Q(models.Q(('visibility', 'legacy'), _negated=True), ('grandfathered_until', None), ('legacy_since', None)), _connector='OR'), name='plan_group_legacy_since_then'), models.CheckConstraint(condition=models.Q(('grandfathered_until', None), ('grandfathered_until__gte', models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('legacy_since'), '+', models.Value(datetime.timedelta(days=365))), output_field=models.DateField())), _connector='OR'), name='plan_group_grandfathers_a_year'), models.CheckConstraint(condition=models.Q(('for_new_customers_only', False), ('visibility', 'current'), _connector='OR'), name='plan_group_for_new_is_current')],
        },
    ),
    migrations.CreateModel(
        name='Plan',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('code', models.CharField(max_length=63, unique=True, verbose_name='code')),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('tagline', models.CharField(blank=True, max_length=160, verbose_name='tagline')),
            ('highlight', models.CharField(blank=True, help_text='Such as “Most popular”.', max_length=40, verbose_name='highlight')),
            ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ('is_self_serve', models.BooleanField(default=True, help_text='If not, the button says to talk to sales.', verbose_name='self-serve')),
            ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='billing.plangroup')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]{0,62}$')), name='plan_code_format')],
        },
    ),
    migrations.CreateModel(
        name='PlanVersion',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('number', models.PositiveIntegerField(editable=False, verbose_name='number')),
            ('included_seats', models.PositiveIntegerField(blank=True, help_text='Empty means unlimited.', null=True, verbose_name='included seats')),
            ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published at')),
            ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='billing.plan')),
            ('overage_collection', models.CharField(choices=[('invoice_item', 'As finished lines on an invoice'), ('billing_meter', 'Reported to a Billing Meter')], default='invoice_item', max_length=16, verbose_name='how overage reaches Stripe')),
            ('trial_days', models.PositiveSmallIntegerField(default=0, help_text='0 means no trial.', verbose_name='trial days')),
            ('trial_needs_card', models.BooleanField(default=True, help_text='If not, a trial without one simply ends.', verbose_name='the trial asks for a payment method')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='plan_version_number_unique'), models.UniqueConstraint(condition=models.Q(('published_at', None)), fields=('plan',), name='plan_version_one_draft_per_plan'), models.CheckConstraint(condition=models.Q(('trial_days__lte', 730)), name='plan_version_trial_range'), models.CheckConstraint(condition=models.Q(('overage_collection__in', ['invoice_item', 'billing_meter'])), name='plan_version_overage_collection_known')],
        },
    ),
    migrations.CreateModel(
        name='Feature',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('code', models.CharField(max_length=63, unique=True, verbose_name='code')),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
            ('kind', models.CharField(choices=[('metered', 'Metered'), ('unmetered', 'Unmetered')], max_length=16, verbose_name='kind')),
            ('value_type', models.CharField(blank=True, choices=[('boolean', 'On or off'), ('string', 'Text'), ('number', 'Number'), ('json', 'JSON')], max_length=16, verbose_name='value type')),
            ('default_value', models.JSONField(blank=True, help_text='What organizations have whose plan does not name the feature.', null=True, verbose_name='default value')),
            ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ('meter', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter', to_field='code')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]{0,62}$')), name='feature_code_format'), models.CheckConstraint(condition=models.Q(models.Q(('default_value', None), ('kind', 'metered'), ('meter', models.F('code')), ('value_type', '')), models.Q(('kind', 'unmetered'), ('meter', None), ('value_type__in', ['boolean', 'string', 'number', 'json'])), _connector='OR'), name='feature_metered_or_valued')],
        },
    ),
    migrations.CreateModel(
        name='PlanFeature',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('value', models.JSONField(blank=True, null=True, verbose_name='value')),
            ('allowance', config.kernel.models.CreditField(blank=True, help_text='Empty means unlimited.', null=True, verbose_name='allowance per month')),
            ('limit', config.kernel.models.CreditField(blank=True, help_text='The most that may be used in a month. Empty means none.', null=True, verbose_name='limit per month')),
            ('rollover_basis', models.CharField(choices=[('none', 'No rollover'), ('unused', 'Percent of what is unused'), ('allowance', 'Percent of the allowance, at most what is unused')], default='none', max_length=16, verbose_name='rollover')),
            ('rollover_percent', models.PositiveSmallIntegerField(default=0, verbose_name='rollover percent')),
            ('rollover_cap_percent', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='rollover cap, percent of the allowance')),
            ('rollover_term_periods', models.PositiveSmallIntegerField(blank=True, help_text='Empty means no expiry.', null=True, verbose_name='rollover term, months')),
            ('rollover_rerolls', models.BooleanField(default=False, verbose_name='rolled credits roll again')),
            ('feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('plan_version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plan_features', to='billing.planversion')),
            ('when_past_due', models.CharField(choices=[('allow', 'Keep allowing'), ('refuse', 'Refuse what asks first')], default='allow', max_length=16, verbose_name='while a payment is overdue')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('plan_version', 'feature'), name='plan_feature_once_per_version'), models.CheckConstraint(condition=models.Q(('allowance__gte', 0), ('allowance__lt', Decimal('1000000000000'))), name='plan_feature_allowance_range'), models.CheckConstraint(condition=models.Q(('limit__gte', 0), ('limit__lt', Decimal('1000000000000'))), name='plan_feature_limit_range'), models.CheckConstraint(condition=models.Q(models.Q(('rollover_basis', 'none'), ('rollover_percent', 0)), models.Q(('rollover_basis__in', ['unused', 'allowance']), ('rollover_percent__gte', 1), ('rollover_percent__lte', 100), ('allowance__isnull', False)), _connector='OR'), name='plan_feature_rollover_complete'), models.CheckConstraint(condition=models.Q(('rollover_term_periods', None), ('rollover_term_periods__gte', 1), _connector='OR'), name='plan_feature_rollover_term_positive'), models.CheckConstraint(condition=models.Q(('when_past_due__in', ['allow', 'refuse'])), name='plan_feature_past_due_known')],
        },
    ),
    migrations.CreateModel(
        name='Price',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('kind', models.CharField(choices=[('fixed', 'Fixed'), ('per_seat', 'Per seat')], max_length=16, verbose_name='kind')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
            ('unit_amount_minor', models.BigIntegerField(help_text='In minor units: 9900 is $99.00.', verbose_name='amount')),
            ('plan_version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='billing.planversion')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('plan_version', 'currency', 'interval', 'kind'), name='price_one_of_each'), models.CheckConstraint(condition=models.Q(('unit_amount_minor__gte', 0), ('unit_amount_minor__lt', 1000000000000)), name='price_amount_range'), models.CheckConstraint(condition=models.Q(('interval__in', ['month', 'year']), ('kind__in', ['fixed', 'per_seat'])), name='price_codes_known'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='price_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='OveragePrice',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('unit_price', config.kernel.models.UnitPriceField(blank=True, help_text='In major units: 0.15 is 15 cents.', null=True, verbose_name='price of one')),
            ('plan_feature', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overage_prices', to='billing.planfeature')),
            ('free_quantity', config.kernel.models.CreditField(default=0, verbose_name='free units')),
            ('maximum_minor', models.BigIntegerField(blank=True, null=True, verbose_name='maximum per period')),
            ('minimum_minor', models.BigIntegerField(blank=True, null=True, verbose_name='minimum per period')),
            ('model', models.CharField(choices=[('per_unit', 'Per unit'), ('graduated', 'Graduated: each tier at its own price'), ('volume', 'Volume: everything at the price of the tier reached'), ('package', 'Packages'), ('percentage', 'Percentage of the reported value')], default='per_unit', max_length=16, verbose_name='model')),
            ('package_size', config.kernel.models.CreditField(blank=True, null=True, verbose_name='units in a package')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('plan_feature', 'currency'), name='overage_price_one_per_currency'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0), ('unit_price__lt', Decimal('1000000000'))), name='overage_price_range'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='overage_price_currency_code'), models.CheckConstraint(condition=models.Q(models.Q(('free_quantity', 0), ('model__in', ['per_unit', 'percentage']), ('package_size', None), ('unit_price__isnull', False)), models.Q(('model', 'package'), ('package_size__isnull', False), ('unit_price__isnull', False)), models.Q(('free_quantity', 0), ('model__in', ['graduated', 'volume']), ('package_size', None), ('unit_price', None)), _connector='OR'), name='overage_price_fits_its_model'), models.CheckConstraint(condition=models.Q(('package_size__gt', 0), ('package_size__lt', Decimal('1000000000000'))), name='overage_price_package_range'), models.CheckConstraint(condition=models.Q(('free_quantity__gte', 0), ('free_quantity__lt', Decimal('1000000000000'))), name='overage_price_free_range'), models.CheckConstraint(condition=models.Q(models.Q(('minimum_minor', None), models.Q(('minimum_minor__gte', 0), ('minimum_minor__lt', 1000000000000)), _connector='OR'), models.Q(('maximum_minor', None), models.Q(('maximum_minor__gte', 0), ('maximum_minor__lt', 1000000000000)), _connector='OR'), models.Q(('minimum_minor', None), ('maximum_minor', None), ('maximum_minor__gte', models.F('minimum_minor')), _connector='OR')), name='overage_price_bounds_in_order')],
        },
    ),
    migrations.CreateModel(
        name='OverageTier',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('up_to', config.kernel.models.CreditField(blank=True, null=True, verbose_name='up to')),
            ('unit_price', config.kernel.models.UnitPriceField(default=0, verbose_name='price of one')),
            ('flat_price', config.kernel.models.UnitPriceField(default=0, verbose_name='flat price')),
            ('overage_price', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='billing.overageprice')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('overage_price', 'up_to'), name='overage_tier_one_per_end', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('up_to__gt', 0), ('up_to__lt', Decimal('1000000000000'))), name='overage_tier_end_range'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0), ('unit_price__lt', Decimal('1000000000'))), name='overage_tier_unit_price_range'), models.CheckConstraint(condition=models.Q(('flat_price__gte', 0), ('flat_price__lt', Decimal('1000000000'))), name='overage_tier_flat_price_range')],
        },
    ),
    migrations.CreateModel(
        name='CreditPack',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('code', models.CharField(max_length=63, unique=True, verbose_name='code')),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('credits', config.kernel.models.CreditField(verbose_name='units in a pack')),
            ('expires_after_months', models.PositiveSmallIntegerField(blank=True, help_text='Empty means never.', null=True, verbose_name='expires after months')),
            ('is_on_sale', models.BooleanField(default=True, verbose_name='on sale')),
            ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ('feature', models.ForeignKey(limit_choices_to={'kind': 'metered'}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]{0,62}$')), name='credit_pack_code_format'), models.CheckConstraint(condition=models.Q(('expires_after_months', None), models.Q(('expires_after_months__gte', 1), ('expires_after_months__lte', 120)), _connector='OR'), name='credit_pack_expiry_range'), models.CheckConstraint(condition=models.Q(('credits__gt', 0), ('credits__lt', Decimal('1000000000000'))), name='credit_pack_credits_range')],
        },
    ),
    migrations.CreateModel(
        name='PackPrice',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('amount_minor', models.BigIntegerField(help_text='In minor units: 9900 is $99.00.', verbose_name='amount')),
            ('pack', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='billing.creditpack')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('pack', 'currency'), name='pack_price_one_per_currency'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('amount_minor__lt', 1000000000000)), name='pack_price_amount_range'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='pack_price_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='CatalogRevision',
        fields=[
            ('is_only', models.BooleanField(default=True, editable=False, primary_key=True, serialize=False)),
            ('value', models.UUIDField(default=uuid.uuid4, editable=False)),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('is_only', True)), name='catalog_revision_is_only_one')],
        },
    ),
    migrations.CreateModel(
        name='FlagOverride',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('member', models.CharField(blank=True, help_text="Your app's own name for a person. Empty: everybody in the organization.", max_length=128, verbose_name='member')),
            ('value', models.JSONField(verbose_name='value')),
            ('feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('organization', 'member', 'feature'), name='flag_override_once'), models.CheckConstraint(condition=models.Q(('member__regex', '^([^[:cntrl:][:space:]]([^[:cntrl:]]*[^[:cntrl:][:space:]])?)?$')), name='flag_override_member_format')],
        },
    ),
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
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,62}$')), name='pricing_table_key_format'), models.CheckConstraint(condition=models.Q(('audience__in', ['organizations', 'individuals'])), name='pricing_table_audience_known'), models.CheckConstraint(condition=models.Q(('is_default', False), ('is_live', True), _connector='OR'), name='pricing_table_default_is_live'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('audience',), name='pricing_table_one_default_per_audience')],
        },
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
        options={
            'constraints': [models.UniqueConstraint(fields=('table', 'number'), name='pricing_table_version_number_unique'), models.UniqueConstraint(condition=models.Q(('published_at', None)), fields=('table',), name='pricing_table_version_one_draft'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('published_by', '')), models.Q(('published_at__isnull', False), models.Q(('published_by', ''), _negated=True)), _connector='OR'), name='pricing_table_version_published_by_somebody')],
        },
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
        options={
            'constraints': [models.UniqueConstraint(fields=('version', 'plan'), name='pricing_table_card_once_per_version'), models.UniqueConstraint(fields=('version', 'position'), name='pricing_table_card_one_per_position')],
        },
    ),
]

GUARDS = [
    migrations.RunSQL(PLAN_VERSIONS, DROP_PLAN_VERSIONS),
    migrations.RunSQL(TERMS, DROP_TERMS),
    migrations.RunSQL(CODES, DROP_CODES),
    migrations.RunSQL(TIERS, DROP_TIERS),
    migrations.RunSQL(OVERRIDES_FIT, DROP_OVERRIDES_FIT),
    migrations.RunSQL(CATALOG_REVISED, DROP_CATALOG_REVISED),
    migrations.RunSQL(TABLE_VERSIONS, DROP_TABLE_VERSIONS),
    migrations.RunSQL(CARDS, DROP_CARDS),
    migrations.RunSQL(TABLES_STAY, DROP_TABLES_STAY),
]
