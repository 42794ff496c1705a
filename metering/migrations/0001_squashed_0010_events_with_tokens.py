"""
The ledger, the rate card and the price book.

What Django's model layer cannot say: composite foreign keys carry the organization and the meter
with each reference, so a row cannot point at another tenant's row or at another unit. Triggers keep
the books append-only, a closed period as it was closed, and prices in force as they were set.
"""

import config.kernel.models
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.db import migrations, models
from django.contrib.postgres.operations import BtreeGistExtension

from config.kernel.migrating import CreateTogether

TENANT_KEYS = (
    ("metering_usageevent", "usage_event_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_debit_of_tenant",
     "(organization_id, meter_id, debit_account_id)", "metering_ledgeraccount (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_credit_of_tenant",
     "(organization_id, meter_id, credit_account_id)", "metering_ledgeraccount (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_event_of_tenant",
     "(organization_id, event_key)", "metering_usageevent (organization_id, event_id)"),
    ("metering_creditgrant", "credit_grant_account_of_tenant",
     "(organization_id, meter_id, account_id)", "metering_ledgeraccount (organization_id, meter_id, id)"),
    ("metering_creditgrant", "credit_grant_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_usageevent", "usage_event_hold_of_tenant",
     "(organization_id, meter_id, hold_id)", "metering_hold (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_hold_of_tenant",
     "(organization_id, meter_id, hold_id)", "metering_hold (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_reverses_of_tenant",
     "(organization_id, reverses_id)", "metering_ledgertransfer (organization_id, id)"),
    ("metering_creditgrant", "credit_grant_parent_of_tenant",
     "(organization_id, meter_id, parent_id)", "metering_creditgrant (organization_id, meter_id, id)"),
    ("metering_grantend", "grant_end_grant_of_tenant",
     "(organization_id, meter_id, grant_id)", "metering_creditgrant (organization_id, meter_id, id)"),
    ("metering_hold", "hold_organization",
     "(organization_id)", "accounts_organization (id)"),
    ("metering_hold", "hold_meter",
     "(meter_id)", "metering_meter (id)"),
    ("metering_hold", "hold_event_of_tenant",
     "(organization_id, event_key)", "metering_usageevent (organization_id, event_id)"),
    ("metering_usagereversal", "usage_reversal_event_of_tenant",
     "(organization_id, event_key)", "metering_usageevent (organization_id, event_id)"),
    ("metering_usagereversal", "usage_reversal_replacement_of_tenant",
     "(organization_id, replaced_by)", "metering_usageevent (organization_id, event_id) DEFERRABLE INITIALLY DEFERRED"),
    ("metering_usagereversal", "usage_reversal_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_seenvalue", "seen_value_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_hourlyusage", "hourly_usage_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_dailyusage", "daily_usage_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_callerusage", "caller_usage_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_accountday", "account_day_account_of_tenant",
     "(organization_id, meter_id, account_id)", "metering_ledgeraccount (organization_id, meter_id, id)"),
)

APPEND_ONLY = {
    "metering_usageevent": "usage_event_append_only",
    "metering_ledgertransfer": "ledger_transfer_append_only",
    "metering_creditgrant": "credit_grant_append_only",
    "metering_usagereversal": "usage_reversal_append_only",
    "metering_seenvalue": "seen_value_append_only",
    "metering_grantrestriction": "grant_restriction_append_only",
    "metering_grantend": "grant_end_append_only",
}

REFUSE_REWRITE = """
CREATE FUNCTION metering_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

DROP_REFUSE_REWRITE = """
DROP FUNCTION metering_refuse_rewrite();
"""

# A rate that has come into force has priced usage; one that has not may still be withdrawn.
RATES_IN_FORCE = """
CREATE FUNCTION metering_refuse_rate_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    in_force boolean;
BEGIN
    IF TG_TABLE_NAME = 'metering_actionrate' THEN
        in_force := OLD.effective_at <= clock_timestamp();
    ELSE
        SELECT effective_at <= clock_timestamp() INTO in_force
        FROM metering_actionrate WHERE id = OLD.rate_id;
    END IF;
    IF TG_OP = 'UPDATE' OR in_force THEN
        RAISE EXCEPTION 'a rate does not change; set a new one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION metering_refuse_late_cost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The parts of a rate are stored with it, in one transaction.
    IF EXISTS (
        SELECT FROM metering_actionrate
        WHERE id = NEW.rate_id AND created_at < transaction_timestamp()
    ) THEN
        RAISE EXCEPTION 'a rate does not change; set a new one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION metering_refuse_action_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.meter_id) IS DISTINCT FROM (OLD.code, OLD.meter_id) THEN
        RAISE EXCEPTION 'an action keeps its code and its meter'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER action_identity BEFORE UPDATE ON metering_action
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_action_rewrite();
CREATE TRIGGER cost_component_stored_with_rate BEFORE INSERT ON metering_costcomponent
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_late_cost();
CREATE TRIGGER action_rate_immutable BEFORE UPDATE OR DELETE ON metering_actionrate
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_rate_rewrite();
CREATE TRIGGER cost_component_immutable BEFORE UPDATE OR DELETE ON metering_costcomponent
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_rate_rewrite();
"""

DROP_RATES_IN_FORCE = """
DROP TRIGGER cost_component_immutable ON metering_costcomponent;
DROP TRIGGER action_rate_immutable ON metering_actionrate;
DROP TRIGGER cost_component_stored_with_rate ON metering_costcomponent;
DROP TRIGGER action_identity ON metering_action;
DROP FUNCTION metering_refuse_rate_rewrite();
DROP FUNCTION metering_refuse_late_cost();
DROP FUNCTION metering_refuse_action_rewrite();
"""

PRICES_IN_FORCE = """
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

DROP_PRICES_IN_FORCE = """
DROP TRIGGER language_model_identity ON metering_languagemodel;
DROP TRIGGER token_price_immutable ON metering_tokenprice;
DROP FUNCTION metering_refuse_token_price_rewrite();
DROP FUNCTION metering_refuse_model_rewrite();
"""

CLOSED_PERIODS = """
CREATE FUNCTION metering_refuse_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'period % is closed', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER usage_period_closed BEFORE UPDATE OR DELETE ON metering_usageperiod
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION metering_refuse_reopening();
"""

DROP_CLOSED_PERIODS = """
DROP TRIGGER usage_period_closed ON metering_usageperiod;
DROP FUNCTION metering_refuse_reopening();
"""

HOLDS = """
CREATE FUNCTION metering_refuse_hold_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.outcome IS NOT NULL OR NEW.outcome IS NULL
        OR (to_jsonb(NEW) - '{outcome,ended_at,event_key}'::text[])
           <> (to_jsonb(OLD) - '{outcome,ended_at,event_key}'::text[])
    THEN
        RAISE EXCEPTION 'a hold ends once and does not change otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_ends_once BEFORE UPDATE OR DELETE ON metering_hold
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_hold_rewrite();
"""

DROP_HOLDS = """
DROP TRIGGER hold_ends_once ON metering_hold;
DROP FUNCTION metering_refuse_hold_rewrite();
"""

REVERSALS = """
CREATE FUNCTION metering_refuse_crooked_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM metering_ledgertransfer AS original
        WHERE original.organization_id = NEW.organization_id
          AND original.id = NEW.reverses_id
          AND original.kind IN ('consume', 'overage', 'cover')
          AND original.event_key = NEW.event_key
          AND original.amount = NEW.amount
          AND original.debit_account_id = NEW.credit_account_id
          AND original.credit_account_id = NEW.debit_account_id
    ) THEN
        RAISE EXCEPTION 'a reversal mirrors what it reverses' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_transfer_reversal_mirrors BEFORE INSERT ON metering_ledgertransfer
    FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION metering_refuse_crooked_reversal();
"""

DROP_REVERSALS = """
DROP TRIGGER ledger_transfer_reversal_mirrors ON metering_ledgertransfer;
DROP FUNCTION metering_refuse_crooked_reversal();
"""

# Changing how reports make a period's value would change what was billed.
METERS = """
CREATE FUNCTION metering_refuse_meter_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.aggregation, NEW.unique_property, NEW.source)
        IS DISTINCT FROM (OLD.code, OLD.aggregation, OLD.unique_property, OLD.source) THEN
        RAISE EXCEPTION 'a meter keeps its code and its way of counting'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meter_identity BEFORE UPDATE ON metering_meter
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_meter_rewrite();
"""

DROP_METERS = """
DROP TRIGGER meter_identity ON metering_meter;
DROP FUNCTION metering_refuse_meter_rewrite();
"""


def _of_tenant(table, name, columns, target):
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} REFERENCES {target}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def _append_only(table, name):
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION metering_refuse_rewrite()",
        f"DROP TRIGGER {name} ON {table}",
    )


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("metering", "0001_initial"),
        ("metering", "0002_ledger_integrity"),
        ("metering", "0003_full_ledger"),
        ("metering", "0004_full_ledger_integrity"),
        ("metering", "0005_fast_reads"),
        ("metering", "0006_expiry_at_an_instant"),
        ("metering", "0007_hold_ends_at_an_instant"),
        ("metering", "0008_balances_are_totals"),
        ("metering", "0009_token_prices"),
        ("metering", "0010_events_with_tokens"),
    ]

    dependencies = [("accounts", "0009_squashed_0014_analytics_scope")]

    operations = [
        BtreeGistExtension(),
        CreateTogether([
            migrations.CreateModel(
                name='Meter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('code', models.CharField(max_length=63, unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('unit', models.CharField(help_text='One of it, such as “credit”.', max_length=40, verbose_name='unit')),
                    ('unit_plural', models.CharField(max_length=40, verbose_name='unit, plural')),
                    ('aggregation', models.CharField(choices=[('sum', 'Sum of what was reported'), ('count', 'Number of reports'), ('max', 'Highest report'), ('latest', 'Latest report'), ('unique', 'Number of different values of a property')], default='sum', max_length=16, verbose_name='aggregation')),
                    ('source', models.CharField(choices=[('reports', 'Apps report it'), ('memberships', 'The members of the organization are counted')], default='reports', max_length=16, verbose_name='counted from')),
                    ('unique_property', models.CharField(blank=True, help_text='Whose different values are counted: “member”, or the name of a property.', max_length=40, verbose_name='property to tell apart')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]{0,62}$')), name='meter_code_format'), models.CheckConstraint(condition=models.Q(('aggregation__in', ['sum', 'count', 'max', 'latest', 'unique']), ('source__in', ['reports', 'memberships'])), name='meter_codes_known'), models.CheckConstraint(condition=models.Q(models.Q(('aggregation', 'unique'), models.Q(('unique_property', ''), _negated=True)), models.Q(models.Q(('aggregation', 'unique'), _negated=True), ('unique_property', '')), _connector='OR'), name='meter_unique_names_a_property'), models.CheckConstraint(condition=models.Q(models.Q(('source', 'memberships'), _negated=True), ('aggregation__in', ['latest', 'max']), _connector='OR'), name='meter_of_memberships_is_a_level')],
                },
            ),
            migrations.CreateModel(
                name='Action',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('code', models.CharField(max_length=63, unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('name_plural', models.CharField(max_length=80, verbose_name='name, plural')),
                    ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Za-z][A-Za-z0-9_.:-]{0,62}$')), name='action_code_format')],
                },
            ),
            migrations.CreateModel(
                name='ActionRate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('effective_at', models.DateTimeField(verbose_name='effective at')),
                    ('credits', config.kernel.models.CreditField(verbose_name='credits')),
                    ('customer_value', config.kernel.models.UnitPriceField(blank=True, help_text='What one action is worth to a customer, in the reporting currency.', null=True, verbose_name='customer value')),
                    ('value_note', models.CharField(blank=True, help_text='Such as “saves 2 to 3 hours”.', max_length=120, verbose_name='value in words')),
                    ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rates', to='metering.action')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('action', 'effective_at'), name='action_rate_one_per_instant'), models.CheckConstraint(condition=models.Q(('credits__gte', 0), ('credits__lt', Decimal('1000000000000'))), name='action_rate_credits_range'), models.CheckConstraint(condition=models.Q(('customer_value__gte', 0), ('customer_value__lt', Decimal('1000000000'))), name='action_rate_value_range')],
                },
            ),
            migrations.CreateModel(
                name='LedgerAccount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('kind', models.CharField(choices=[('issued', 'Issued'), ('grant', 'Grant'), ('held', 'Held'), ('consumed', 'Consumed'), ('expired', 'Expired'), ('overage', 'Overage')], max_length=16)),
                    ('balance', config.kernel.models.TotalField(default=0)),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'meter', 'id'), name='ledger_account_tenant_key'), models.UniqueConstraint(condition=models.Q(('kind', 'grant'), _negated=True), fields=('organization', 'meter', 'kind'), name='ledger_account_one_of_each_kind'), models.CheckConstraint(condition=models.Q(models.Q(('balance__gt', Decimal('-1000000000000000000000000')), ('balance__lte', 0), ('kind__in', ('issued', 'overage'))), models.Q(models.Q(('kind__in', ('issued', 'overage')), _negated=True), ('balance__gte', 0), ('balance__lt', Decimal('1000000000000000000000000'))), _connector='OR'), name='ledger_account_never_overdrawn'), models.CheckConstraint(condition=models.Q(('kind__in', ['issued', 'grant', 'held', 'consumed', 'expired', 'overage'])), name='ledger_account_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='UsagePeriod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('source', models.CharField(help_text='The agreement that it belongs to.', max_length=40)),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('used_credits', config.kernel.models.TotalField(default=0)),
                    ('overage_credits', config.kernel.models.TotalField(default=0)),
                    ('meter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('allowance', config.kernel.models.CreditField(null=True)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('closes_at', models.DateTimeField()),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('closed_at', None)), fields=['closes_at'], name='usage_period_to_close')],
                    'constraints': [models.UniqueConstraint(fields=('organization', 'meter', 'id'), name='usage_period_tenant_key'), models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='usage_period_has_length'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('meter'), '='), (models.Func(models.F('starts_at'), models.F('ends_at'), django.contrib.postgres.fields.ranges.RangeBoundary(), function='TSTZRANGE'), '&&')], name='usage_period_disjoint'), models.CheckConstraint(condition=models.Q(('used_credits__gte', 0), ('used_credits__lt', Decimal('1000000000000000000000000'))), name='usage_period_used_range'), models.CheckConstraint(condition=models.Q(('overage_credits__gte', 0), ('overage_credits__lte', models.F('used_credits'))), name='usage_period_overage_within_usage'), models.CheckConstraint(condition=models.Q(('closes_at__gte', models.F('ends_at'))), name='usage_period_closes_after_its_end'), models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('closes_at')), _connector='OR'), name='usage_period_closed_when_due'), models.CheckConstraint(condition=models.Q(('allowance__gte', 0), ('allowance__lt', Decimal('1000000000000'))), name='usage_period_allowance_range'), models.UniqueConstraint(fields=('organization', 'id'), name='usage_period_organization_key')],
                },
            ),
            migrations.CreateModel(
                name='CreditGrant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('category', models.CharField(choices=[('allowance', 'Allowance'), ('rollover', 'Rollover'), ('promotion', 'Promotion'), ('purchase', 'Purchase'), ('guarantee', 'Guarantee'), ('adjustment', 'Adjustment')], max_length=16, verbose_name='category')),
                    ('amount', config.kernel.models.CreditField(verbose_name='amount')),
                    ('priority', models.PositiveSmallIntegerField(default=100, help_text='Lower numbers are spent first.', verbose_name='priority')),
                    ('effective_at', models.DateTimeField(verbose_name='effective at')),
                    ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                    ('source', models.CharField(help_text='What the credits were given for, by its id.', max_length=40, verbose_name='source')),
                    ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('account', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='grant', to='metering.ledgeraccount')),
                    ('meter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('period', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
                    ('level', config.kernel.models.CreditField(help_text='The size of the allowance that this grant brings the period to.', null=True)),
                    ('parent', models.ForeignKey(db_constraint=False, db_index=False, help_text='The grant whose unused credits these are.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.creditgrant')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('category__in', ['allowance', 'rollover', 'promotion', 'purchase', 'guarantee', 'adjustment'])), name='credit_grant_category_known'), models.CheckConstraint(condition=models.Q(('expires_at', None), ('expires_at__gt', models.F('effective_at')), _connector='OR'), name='credit_grant_has_a_life'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lt', Decimal('1000000000000'))), name='credit_grant_amount_range'), models.UniqueConstraint(condition=models.Q(('category', 'allowance')), fields=('organization', 'meter', 'period', 'level'), name='credit_grant_one_allowance_per_level'), models.CheckConstraint(condition=models.Q(models.Q(('category', 'allowance'), ('level__gte', models.F('amount')), ('level__isnull', False), ('period__isnull', False)), models.Q(models.Q(('category', 'allowance'), _negated=True), ('level', None)), _connector='OR'), name='credit_grant_allowance_has_period'), models.UniqueConstraint(fields=('organization', 'meter', 'id'), name='credit_grant_tenant_key'), models.UniqueConstraint(condition=models.Q(('parent__isnull', False)), fields=('organization', 'parent'), name='credit_grant_rolls_over_once'), models.CheckConstraint(condition=models.Q(models.Q(('category', 'rollover'), ('parent__isnull', False)), models.Q(models.Q(('category', 'rollover'), _negated=True), ('parent', None)), _connector='OR'), name='credit_grant_rollover_has_parent'), models.UniqueConstraint(condition=models.Q(('category', 'purchase')), fields=('organization', 'source'), name='credit_grant_once_per_purchase'), models.CheckConstraint(condition=models.Q(('level__gte', 0), ('level__lt', Decimal('1000000000000'))), name='credit_grant_level_range')],
                },
            ),
            migrations.CreateModel(
                name='DailyUsage',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('quantity', config.kernel.models.TotalField(default=0)),
                    ('credits', config.kernel.models.TotalField(default=0)),
                    ('overage_credits', config.kernel.models.TotalField(default=0)),
                    ('cost', models.DecimalField(decimal_places=12, default=0, max_digits=38)),
                    ('event_count', models.BigIntegerField(default=0)),
                    ('day', models.DateField()),
                    ('action', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.action')),
                    ('meter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
                    ('period', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'meter', 'day', 'period', 'action'), name='daily_usage_once', nulls_distinct=False)],
                },
            ),
            migrations.CreateModel(
                name='GrantRestriction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.action')),
                    ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restrictions', to='metering.creditgrant')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('grant', 'action'), name='grant_restriction_once')],
                },
            ),
            migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('key', models.CharField(max_length=128)),
                    ('body_sha256', models.BinaryField(max_length=32)),
                    ('member', models.CharField(blank=True, max_length=128)),
                    ('quantity', config.kernel.models.CreditField()),
                    ('credits', config.kernel.models.CreditField()),
                    ('uncovered_credits', config.kernel.models.CreditField()),
                    ('balance_after', config.kernel.models.TotalField(null=True)),
                    ('held_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('outcome', models.CharField(choices=[('settled', 'Settled'), ('released', 'Released'), ('expired', 'Expired')], max_length=16, null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('event_key', models.CharField(help_text='The id of the usage event that settled it.', max_length=128, null=True)),
                    ('action', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.action')),
                    ('api_key', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.apikey')),
                    ('meter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('outcome', None)), fields=['organization', 'meter'], name='hold_open_by_organization'), models.Index(condition=models.Q(('outcome', None)), fields=['expires_at'], name='hold_to_expire')],
                    'constraints': [models.UniqueConstraint(fields=('organization', 'key'), name='hold_once_per_key'), models.UniqueConstraint(fields=('organization', 'meter', 'id'), name='hold_tenant_key'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('quantity__lt', Decimal('1000000000000'))), name='hold_quantity_range'), models.CheckConstraint(condition=models.Q(('credits__gte', 0), ('credits__lt', Decimal('1000000000000'))), name='hold_credits_range'), models.CheckConstraint(condition=models.Q(('uncovered_credits__gte', 0), ('uncovered_credits__lte', models.F('credits'))), name='hold_uncovered_within_credits'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('held_at'))), name='hold_has_a_life'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('event_key', None), ('outcome', None)), models.Q(('ended_at__gte', models.F('held_at')), ('ended_at__isnull', False), ('event_key__isnull', False), ('outcome', 'settled')), models.Q(('ended_at__gte', models.F('held_at')), ('ended_at__isnull', False), ('event_key', None), ('outcome__in', ['released', 'expired'])), _connector='OR'), name='hold_ends_in_one_way'), models.CheckConstraint(condition=models.Q(('balance_after__gte', 0), ('balance_after__lt', Decimal('1000000000000000000000000'))), name='hold_balance_range')],
                },
            ),
            migrations.CreateModel(
                name='LedgerTransfer',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('issue', 'Granted'), ('consume', 'Paid by credits'), ('overage', 'Overage'), ('cover', 'Overage paid by credits'), ('expire', 'Expired'), ('roll_over', 'Rolled over'), ('hold', 'Held'), ('release', 'Returned from a hold'), ('reverse', 'Reversed')], max_length=16)),
                    ('amount', config.kernel.models.CreditField()),
                    ('event_key', models.CharField(help_text='The id of the usage event that it pays for.', max_length=128, null=True)),
                    ('occurred_at', models.DateTimeField()),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('credit_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.ledgeraccount')),
                    ('debit_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.ledgeraccount')),
                    ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('meter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('reverses', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.ledgertransfer')),
                    ('hold', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.hold')),
                ],
                options={
                    'indexes': [models.Index(fields=['organization', 'meter', 'id'], name='ledger_transfer_page'), models.Index(condition=models.Q(('event_key__isnull', False)), fields=['organization', 'event_key'], name='ledger_transfer_by_event'), models.Index(condition=models.Q(('hold__isnull', False)), fields=['organization', 'hold'], name='ledger_transfer_by_hold'), models.Index(fields=['organization', 'debit_account', 'occurred_at', 'id'], name='ledger_transfer_by_debit'), models.Index(condition=models.Q(('kind__in', ('issue', 'roll_over', 'release', 'reverse'))), fields=['organization', 'credit_account', 'occurred_at', 'id'], name='ledger_transfer_into_grant'), models.Index(condition=models.Q(('kind__in', ['consume', 'overage']), _negated=True), fields=['organization', 'meter', 'kind', 'id'], name='ledger_transfer_beside_usage')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('debit_account', models.F('credit_account')), _negated=True), name='ledger_transfer_between_two_accounts'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lt', Decimal('1000000000000'))), name='ledger_transfer_amount_range'), models.CheckConstraint(condition=models.Q(models.Q(('event_key__isnull', False), ('hold', None), ('kind__in', ('consume', 'overage', 'cover')), ('reverses', None)), models.Q(('event_key__isnull', False), ('hold', None), ('kind', 'reverse'), ('reverses__isnull', False)), models.Q(('event_key', None), ('kind__in', ['issue', 'roll_over']), ('hold', None), ('reverses', None)), models.Q(('event_key', None), ('kind__in', ['hold', 'release']), ('hold__isnull', False), ('reverses', None)), models.Q(('kind', 'expire'), ('reverses', None), models.Q(('event_key', None), ('hold', None), _connector='OR')), _connector='OR'), name='ledger_transfer_names_its_cause'), models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('organization', 'reverses'), name='ledger_transfer_reversed_once'), models.UniqueConstraint(condition=models.Q(('kind', 'roll_over')), fields=('organization', 'debit_account'), name='ledger_transfer_grant_rolls_over_once'), models.UniqueConstraint(fields=('organization', 'id'), name='ledger_transfer_tenant_key'), models.UniqueConstraint(condition=models.Q(('event_key', None), ('hold', None), ('kind', 'expire')), fields=('organization', 'debit_account', 'occurred_at'), name='ledger_transfer_grant_expires_once')],
                },
            ),
            migrations.CreateModel(
                name='UsageEvent',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('event_id', models.CharField(max_length=128)),
                    ('member', models.CharField(blank=True, max_length=128)),
                    ('quantity', config.kernel.models.CreditField()),
                    ('credits', config.kernel.models.CreditField()),
                    ('overage_credits', config.kernel.models.CreditField()),
                    ('balance_after', config.kernel.models.TotalField(null=True)),
                    ('cost', config.kernel.models.UnitPriceField()),
                    ('properties', models.JSONField(null=True)),
                    ('body_sha256', models.BinaryField(max_length=32)),
                    ('occurred_at', models.DateTimeField()),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('action', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.action')),
                    ('api_key', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.apikey')),
                    ('meter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('period', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
                    ('counted_at', models.DateTimeField()),
                    ('hold', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.hold')),
                    ('tokens', models.JSONField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['organization', 'meter', 'counted_at'], name='usage_event_by_time'), models.Index(fields=['organization', 'id'], name='usage_event_in_order'), models.Index(condition=models.Q(('overage_credits__gt', 0)), fields=['organization', 'meter', 'counted_at'], name='usage_event_with_overage'), models.Index(condition=models.Q(('tokens__isnull', False)), fields=['counted_at'], name='usage_event_with_tokens')],
                    'constraints': [models.UniqueConstraint(fields=('organization', 'event_id'), name='usage_event_once_per_id'), models.CheckConstraint(condition=models.Q(('credits__gte', 0), ('credits__lt', Decimal('1000000000000'))), name='usage_event_credits_range'), models.CheckConstraint(condition=models.Q(('overage_credits__gte', 0), ('overage_credits__lte', models.F('credits'))), name='usage_event_overage_within_credits'), models.CheckConstraint(condition=models.Q(('cost__gte', 0), ('cost__lt', Decimal('1000000000'))), name='usage_event_cost_range'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('quantity__lt', Decimal('1000000000000'))), name='usage_event_quantity_range'), models.CheckConstraint(condition=models.Q(('counted_at__gte', models.F('occurred_at'))), name='usage_event_counted_in_time'), models.CheckConstraint(condition=models.Q(('balance_after__gte', 0), ('balance_after__lt', Decimal('1000000000000000000000000'))), name='usage_event_balance_range')],
                },
            ),
            migrations.CreateModel(
                name='HourlyUsage',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('quantity', config.kernel.models.TotalField(default=0)),
                    ('credits', config.kernel.models.TotalField(default=0)),
                    ('overage_credits', config.kernel.models.TotalField(default=0)),
                    ('cost', models.DecimalField(decimal_places=12, default=0, max_digits=38)),
                    ('event_count', models.BigIntegerField(default=0)),
                    ('hour', models.DateTimeField()),
                    ('action', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.action')),
                    ('meter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
                    ('period', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'meter', 'hour', 'period', 'action'), name='hourly_usage_once', nulls_distinct=False)],
                },
            ),
            migrations.CreateModel(
                name='RollupMark',
                fields=[
                    ('organization', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.organization')),
                    ('event_id', models.BigIntegerField(default=0)),
                    ('reversal_id', models.BigIntegerField(default=0)),
                    ('transfer_id', models.BigIntegerField(default=0)),
                    ('time_zone', models.CharField(max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name='SeenValue',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('value', models.CharField(max_length=500)),
                    ('meter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('period', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'meter', 'period', 'value'), name='seen_value_once')],
                },
            ),
            migrations.CreateModel(
                name='UsageReversal',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('event_key', models.CharField(max_length=128)),
                    ('credits', config.kernel.models.CreditField()),
                    ('overage_credits', config.kernel.models.CreditField()),
                    ('replaced_by', models.CharField(help_text="The id of the event that set the period's total anew.", max_length=128, null=True)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('reversed_at', models.DateTimeField()),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('meter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('period', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
                ],
                options={
                    'indexes': [models.Index(fields=['organization', 'id'], name='usage_reversal_in_order'), models.Index(fields=['organization', 'meter', 'period'], name='usage_reversal_of_period')],
                    'constraints': [models.UniqueConstraint(fields=('organization', 'event_key'), name='usage_reversal_once_per_event'), models.CheckConstraint(condition=models.Q(('credits__gte', 0), ('credits__lt', Decimal('1000000000000'))), name='usage_reversal_credits_range'), models.CheckConstraint(condition=models.Q(('overage_credits__gte', 0), ('overage_credits__lte', models.F('credits'))), name='usage_reversal_overage_within_credits')],
                },
            ),
            migrations.CreateModel(
                name='GrantEnd',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('ended_at', models.DateTimeField()),
                    ('grant', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='early_end', to='metering.creditgrant')),
                    ('meter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
            ),
            migrations.CreateModel(
                name='CallerUsage',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
                    ('meter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('period', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
                    ('api_key', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.apikey')),
                    ('member', models.CharField(blank=True, max_length=128)),
                    ('day', models.DateField()),
                    ('quantity', config.kernel.models.TotalField(default=0)),
                    ('credits', config.kernel.models.TotalField(default=0)),
                    ('overage_credits', config.kernel.models.TotalField(default=0)),
                    ('cost', models.DecimalField(decimal_places=12, default=0, max_digits=38)),
                    ('event_count', models.BigIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'meter', 'day', 'period', 'api_key', 'member'), name='caller_usage_once', nulls_distinct=False)],
                },
            ),
            migrations.CreateModel(
                name='AccountDay',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
                    ('meter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter')),
                    ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metering.ledgeraccount')),
                    ('kind', models.CharField(choices=[('issue', 'Granted'), ('consume', 'Paid by credits'), ('overage', 'Overage'), ('cover', 'Overage paid by credits'), ('expire', 'Expired'), ('roll_over', 'Rolled over'), ('hold', 'Held'), ('release', 'Returned from a hold'), ('reverse', 'Reversed')], max_length=16)),
                    ('day', models.DateField()),
                    ('amount', config.kernel.models.TotalField(default=0)),
                    ('transfer_count', models.BigIntegerField(default=0)),
                    ('first_id', models.BigIntegerField()),
                    ('last_id', models.BigIntegerField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'meter', 'account', 'day', 'kind'), name='account_day_once')],
                },
            ),
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
                    'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$')), name='language_model_code_format')],
                },
            ),
            migrations.CreateModel(
                name='CostComponent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('unit_cost', config.kernel.models.UnitPriceField(help_text='In the reporting currency.', verbose_name='cost of one')),
                    ('rate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cost_components', to='metering.actionrate')),
                    ('cached_tokens', models.BigIntegerField(blank=True, null=True, verbose_name='cached tokens')),
                    ('input_tokens', models.BigIntegerField(blank=True, null=True, verbose_name='input tokens')),
                    ('output_tokens', models.BigIntegerField(blank=True, null=True, verbose_name='output tokens')),
                    ('model', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.languagemodel')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('rate', 'name'), name='cost_component_named_once'), models.CheckConstraint(condition=models.Q(('unit_cost__gte', 0), ('unit_cost__lt', Decimal('1000000000'))), name='cost_component_cost_range'), models.CheckConstraint(condition=models.Q(models.Q(('cached_tokens', None), ('input_tokens', None), ('model', None), ('output_tokens', None)), models.Q(('cached_tokens__isnull', False), ('cached_tokens__range', (0, 1000000000000)), ('input_tokens__isnull', False), ('input_tokens__range', (0, 1000000000000)), ('model__isnull', False), ('output_tokens__isnull', False), ('output_tokens__range', (0, 1000000000000))), _connector='OR'), name='cost_component_tokens_of_a_model')],
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
                    ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='metering.languagemodel')),
                ],
                options={
                    'verbose_name': 'token price',
                    'verbose_name_plural': 'token prices',
                    'constraints': [models.UniqueConstraint(fields=('model', 'effective_at'), name='token_price_one_per_instant'), models.CheckConstraint(condition=models.Q(('input_price__gte', 0), ('input_price__lt', Decimal('1000000000'))), name='token_price_input_range'), models.CheckConstraint(condition=models.Q(('output_price__gte', 0), ('output_price__lt', Decimal('1000000000'))), name='token_price_output_range'), models.CheckConstraint(condition=models.Q(('cached_price__gte', 0), ('cached_price__lt', Decimal('1000000000'))), name='token_price_cached_range')],
                },
            ),
        ]),
        *[_of_tenant(*key) for key in TENANT_KEYS],
        migrations.RunSQL(REFUSE_REWRITE, DROP_REFUSE_REWRITE),
        migrations.RunSQL(RATES_IN_FORCE, DROP_RATES_IN_FORCE),
        migrations.RunSQL(PRICES_IN_FORCE, DROP_PRICES_IN_FORCE),
        migrations.RunSQL(CLOSED_PERIODS, DROP_CLOSED_PERIODS),
        migrations.RunSQL(HOLDS, DROP_HOLDS),
        migrations.RunSQL(REVERSALS, DROP_REVERSALS),
        migrations.RunSQL(METERS, DROP_METERS),
        *[_append_only(table, name) for table, name in APPEND_ONLY.items()],
    ]
