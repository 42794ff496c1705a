"""What organizations agreed to, used up, owe and were given."""

import config.kernel.models
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from billing.migrations.end_state.keys import append_only, of_tenant

TENANT_KEYS = (
    ("billing_settlement", "settlement_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id)"),
    ("billing_settlement", "settlement_event_of_tenant",
     "(organization_id, event_key)", "metering_usageevent (organization_id, event_id)"),
    ("billing_planchange", "plan_change_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id)"),
    ("billing_settlement", "settlement_period_of_tenant",
     "(organization_id, usage_period_id)", "metering_usageperiod (organization_id, id)"),
    ("billing_scheduledchange", "scheduled_change_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_invoice", "invoice_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_invoiceline", "invoice_line_of_tenant",
     "(organization_id, invoice_id)", "billing_invoice (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_settlementcharge", "settlement_charge_of_tenant",
     "(organization_id, settlement_id)", "billing_settlement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_invoiceline", "invoice_line_settlement_of_tenant",
     "(organization_id, settlement_id)", "billing_settlement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_privateoffer", "private_offer_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
)

REFUSE_REWRITE = """
CREATE FUNCTION billing_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

DROP_REFUSE_REWRITE = """
DROP FUNCTION billing_refuse_rewrite();
"""

ON_PUBLISHED_VERSIONS = """
CREATE FUNCTION billing_refuse_unpublished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM billing_planversion WHERE id = NEW.plan_version_id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'an agreement needs a published plan version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_on_published_version
    BEFORE INSERT OR UPDATE OF plan_version_id ON billing_agreement
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_unpublished();
"""

DROP_ON_PUBLISHED_VERSIONS = """
DROP TRIGGER agreement_on_published_version ON billing_agreement;
DROP FUNCTION billing_refuse_unpublished();
"""

TOP_UPS = """
CREATE FUNCTION billing_refuse_top_up_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'pending'
        OR (to_jsonb(NEW) - '{status,ended_at,payment_reference}'::text[])
           <> (to_jsonb(OLD) - '{status,ended_at,payment_reference}'::text[])
    THEN
        RAISE EXCEPTION 'a top-up ends once and does not change otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER top_up_ends_once BEFORE UPDATE OR DELETE ON billing_topup
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_top_up_rewrite();
"""

DROP_TOP_UPS = """
DROP TRIGGER top_up_ends_once ON billing_topup;
DROP FUNCTION billing_refuse_top_up_rewrite();
"""

PRIVATE_OFFERS = """
CREATE FUNCTION billing_refuse_private_offer_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open'
        OR (to_jsonb(NEW) - '{status,ended_at,agreement_id}'::text[])
           <> (to_jsonb(OLD) - '{status,ended_at,agreement_id}'::text[])
    THEN
        RAISE EXCEPTION 'a private offer ends once and does not change otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER private_offer_ends_once BEFORE UPDATE OR DELETE ON billing_privateoffer
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_private_offer_rewrite();
"""

DROP_PRIVATE_OFFERS = """
DROP TRIGGER private_offer_ends_once ON billing_privateoffer;
DROP FUNCTION billing_refuse_private_offer_rewrite();
"""

# What was given stays as it was; a credit goes on to the balance, and is taken back once. One that
# expired before it was known to be there is on the balance after all.
MONEY_CREDITS = """
CREATE FUNCTION billing_refuse_money_credit_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (OLD.status = 'taken_back' AND OLD.balance_entry_id <> '')
        OR (OLD.status = 'credited' AND NEW.status = 'granted')
        OR (OLD.balance_entry_id <> '' AND NEW.balance_entry_id <> OLD.balance_entry_id)
        OR (to_jsonb(NEW)
            - '{status,balance_entry_id,credited_at,ended_at,taken_back_minor}'::text[])
           <> (to_jsonb(OLD)
            - '{status,balance_entry_id,credited_at,ended_at,taken_back_minor}'::text[])
    THEN
        RAISE EXCEPTION 'the facts of a money credit do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER money_credit_facts_stay BEFORE UPDATE OR DELETE ON billing_moneycredit
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_money_credit_rewrite();
CREATE TRIGGER balance_entry_append_only BEFORE UPDATE OR DELETE ON billing_balanceentry
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
ALTER TABLE billing_balanceentry ADD CONSTRAINT balance_entry_credit_of_tenant
    FOREIGN KEY (organization_id, money_credit_id)
    REFERENCES billing_moneycredit (organization_id, id) DEFERRABLE INITIALLY DEFERRED;
"""

DROP_MONEY_CREDITS = """
DROP TRIGGER balance_entry_append_only ON billing_balanceentry;
DROP TRIGGER money_credit_facts_stay ON billing_moneycredit;
ALTER TABLE billing_balanceentry DROP CONSTRAINT balance_entry_credit_of_tenant;
DROP FUNCTION billing_refuse_money_credit_rewrite();
"""

# A credit is decided once. What came of it belongs to the same organization.
MANUAL_CREDITS = """
CREATE FUNCTION billing_check_manual_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (TG_OP = 'UPDATE' AND (OLD.status <> 'waiting'
            OR (to_jsonb(NEW)
                - '{status,decided_by_id,decided_at,note,grant_id,money_credit_id}'::text[])
               <> (to_jsonb(OLD)
                - '{status,decided_by_id,decided_at,note,grant_id,money_credit_id}'::text[])))
    THEN
        RAISE EXCEPTION 'a manual credit is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.grant_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM metering_creditgrant
        WHERE id = NEW.grant_id AND organization_id = NEW.organization_id)
    THEN
        RAISE EXCEPTION 'credits were given to somebody else' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER manual_credit_decided_once BEFORE INSERT OR UPDATE OR DELETE ON billing_manualcredit
    FOR EACH ROW EXECUTE FUNCTION billing_check_manual_credit();
ALTER TABLE billing_manualcredit ADD CONSTRAINT manual_credit_money_of_tenant
    FOREIGN KEY (organization_id, money_credit_id)
    REFERENCES billing_moneycredit (organization_id, id) DEFERRABLE INITIALLY DEFERRED;
"""

DROP_MANUAL_CREDITS = """
DROP TRIGGER manual_credit_decided_once ON billing_manualcredit;
ALTER TABLE billing_manualcredit DROP CONSTRAINT manual_credit_money_of_tenant;
DROP FUNCTION billing_check_manual_credit();
"""

APPEND_ONLY = {
    "billing_settlement": "settlement_append_only",
    "billing_planchange": "plan_change_append_only",
    "billing_limitcrossing": "limit_crossing_append_only",
}

TABLES = [
    migrations.CreateModel(
        name='Agreement',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('status', models.CharField(choices=[('trialing', 'On trial'), ('active', 'Active'), ('past_due', 'Payment overdue'), ('canceled', 'Canceled')], default='active', max_length=16, verbose_name='status')),
            ('collection', models.CharField(choices=[('free', 'Nothing to collect'), ('not_connected', 'Billing not connected'), ('stripe', 'Stripe')], max_length=16, verbose_name='collection')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
            ('seats', models.PositiveIntegerField(default=1, verbose_name='seats')),
            ('anchor_at', models.DateTimeField(verbose_name='anchor')),
            ('current_period_start', models.DateTimeField()),
            ('current_period_end', models.DateTimeField()),
            ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('plan_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('cancel_at', models.DateTimeField(blank=True, null=True, verbose_name='ends at')),
            ('cancel_feedback', models.CharField(blank=True, choices=[('customer_service', 'Customer service'), ('low_quality', 'Quality'), ('missing_features', 'Missing features'), ('other', 'Another reason'), ('switched_service', 'Another service'), ('too_complex', 'Too complicated'), ('too_expensive', 'Too expensive'), ('unused', 'Not used enough')], max_length=24, verbose_name='why the customer leaves')),
            ('end_reason', models.CharField(blank=True, choices=[('requested', 'Canceled'), ('trial_without_card', 'The trial ends without a payment method')], max_length=24, verbose_name='reason of the end')),
            ('started_at', models.DateTimeField(verbose_name='started at')),
            ('trial_ends_at', models.DateTimeField(blank=True, null=True, verbose_name='trial ends at')),
        ],
        options={
            'indexes': [models.Index(fields=['plan_version'], name='agreement_plan_version'), models.Index(condition=models.Q(('ended_at', None)), fields=['cancel_at'], name='agreement_going_to_end')],
            'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='agreement_tenant_key'), models.CheckConstraint(condition=models.Q(('current_period_start__lt', models.F('current_period_end'))), name='agreement_period_has_length'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'canceled')), models.Q(models.Q(('status', 'canceled'), _negated=True), ('ended_at', None)), _connector='OR'), name='agreement_ended_when_canceled'), models.CheckConstraint(condition=models.Q(('seats__gte', 1)), name='agreement_has_a_seat'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='agreement_currency_code'), models.UniqueConstraint(condition=models.Q(('status__in', ('trialing', 'active', 'past_due'))), fields=('organization',), name='agreement_one_live_per_organization'), models.CheckConstraint(condition=models.Q(('started_at__lte', models.F('current_period_start'))), name='agreement_period_after_start'), models.CheckConstraint(condition=models.Q(('trial_ends_at', None), models.Q(('trial_ends_at__gt', models.F('started_at')), ('trial_ends_at__lte', models.F('anchor_at'))), _connector='OR'), name='agreement_trial_comes_first'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'trialing'), _negated=True), ('trial_ends_at__isnull', False), _connector='OR'), name='agreement_trial_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('cancel_at', None), ('end_reason', '')), models.Q(('cancel_at__isnull', False), ('end_reason__in', ['requested', 'trial_without_card'])), _connector='OR'), name='agreement_end_has_a_reason'), models.CheckConstraint(condition=models.Q(('cancel_feedback', ''), ('cancel_feedback__in', ['customer_service', 'low_quality', 'missing_features', 'other', 'switched_service', 'too_complex', 'too_expensive', 'unused']), _connector='OR'), name='agreement_feedback_known'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='agreement_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.Func(models.F('started_at'), models.F('ended_at'), django.contrib.postgres.fields.ranges.RangeBoundary(), function='TSTZRANGE'), '&&')], name='agreement_disjoint'), models.CheckConstraint(condition=models.Q(('collection__in', ['free', 'not_connected', 'stripe']), ('interval__in', ['month', 'year']), ('status__in', ['trialing', 'active', 'past_due', 'canceled'])), name='agreement_codes_known')],
        },
    ),
    migrations.CreateModel(
        name='PlanChange',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('effective_at', models.DateTimeField()),
            ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('from_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('to_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('organization', 'agreement', 'effective_at'), name='plan_change_one_per_instant'), models.CheckConstraint(condition=models.Q(('from_version', models.F('to_version')), _negated=True), name='plan_change_moves')],
        },
    ),
    migrations.CreateModel(
        name='ScheduledChange',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
            ('seats', models.PositiveIntegerField(verbose_name='seats')),
            ('effective_at', models.DateTimeField(verbose_name='takes effect at')),
            ('status', models.CharField(choices=[('waiting', 'Waiting'), ('applied', 'Took effect'), ('undone', 'Undone')], default='waiting', max_length=16, verbose_name='status')),
            ('requested_at', models.DateTimeField(verbose_name='requested at')),
            ('ended_at', models.DateTimeField(editable=False, null=True)),
            ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('to_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('previous_anchor_at', models.DateTimeField(editable=False, null=True)),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['effective_at'], name='scheduled_change_due')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('organization', 'agreement'), name='scheduled_change_one_waiting'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'waiting')), models.Q(models.Q(('status', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='scheduled_change_ends_once'), models.CheckConstraint(condition=models.Q(('seats__gte', 1), ('interval__in', ['month', 'year']), ('status__in', ['waiting', 'applied', 'undone'])), name='scheduled_change_codes_known'), models.UniqueConstraint(fields=('organization', 'id'), name='scheduled_change_tenant_key')],
        },
    ),
    migrations.CreateModel(
        name='PrivateOffer',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('interval', models.CharField(blank=True, choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
            ('seats', models.PositiveIntegerField(blank=True, null=True, verbose_name='seats')),
            ('message', models.CharField(blank=True, max_length=500, verbose_name='message')),
            ('status', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='open', max_length=16, verbose_name='status')),
            ('offered_at', models.DateTimeField(verbose_name='offered at')),
            ('expires_at', models.DateTimeField(verbose_name='expires at')),
            ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ('agreement', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['plan', 'expires_at'], name='private_offer_standing')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('organization', 'plan'), name='private_offer_one_open_per_plan'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('offered_at'))), name='private_offer_lasts_a_while'), models.CheckConstraint(condition=models.Q(models.Q(('agreement', None), ('ended_at', None), ('status', 'open')), models.Q(('agreement__isnull', False), ('ended_at__isnull', False), ('status', 'accepted')), models.Q(('agreement', None), ('ended_at__isnull', False), ('status__in', ('withdrawn', 'lapsed'))), _connector='OR'), name='private_offer_fits_its_status'), models.CheckConstraint(condition=models.Q(('interval', ''), ('interval__in', ['month', 'year']), _connector='OR'), name='private_offer_interval_known'), models.CheckConstraint(condition=models.Q(('seats', None), ('seats__gte', 1), _connector='OR'), name='private_offer_has_a_seat')],
        },
    ),
    migrations.CreateModel(
        name='Settlement',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('kind', models.CharField(choices=[('period', 'A usage period'), ('correction', 'A correction of a settled period')], max_length=16, verbose_name='kind')),
            ('event_key', models.CharField(help_text='The id of the event that a correction takes back.', max_length=128, null=True)),
            ('starts_at', models.DateTimeField()),
            ('ends_at', models.DateTimeField()),
            ('used_credits', models.DecimalField(decimal_places=6, max_digits=30)),
            ('overage_credits', models.DecimalField(decimal_places=6, max_digits=30)),
            ('expired_credits', config.kernel.models.TotalField(default=0)),
            ('rolled_over_credits', config.kernel.models.TotalField(default=0)),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('amount_minor', models.BigIntegerField(verbose_name='amount')),
            ('settled_at', models.DateTimeField()),
            ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('plan_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('usage_period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.usageperiod')),
        ],
        options={
            'indexes': [models.Index(fields=['organization', 'agreement', 'ends_at'], name='settlement_of_agreement')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'period')), fields=('organization', 'usage_period'), name='settlement_once_per_period'), models.UniqueConstraint(condition=models.Q(('kind', 'correction')), fields=('organization', 'event_key'), name='settlement_one_correction_per_event'), models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gte', 0), ('event_key', None), ('kind', 'period'), ('overage_credits__gte', 0), ('used_credits__gte', 0)), models.Q(('amount_minor__lte', 0), ('event_key__isnull', False), ('expired_credits', 0), ('kind', 'correction'), ('overage_credits__lte', 0), ('rolled_over_credits', 0), ('used_credits__lte', 0)), _connector='OR'), name='settlement_fits_its_kind'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', -1000000000000000), ('amount_minor__lt', 1000000000000000)), name='settlement_amount_range'), models.CheckConstraint(condition=models.Q(('expired_credits__gte', 0), ('expired_credits__lt', Decimal('1000000000000000000000000'))), name='settlement_expired_range'), models.CheckConstraint(condition=models.Q(('rolled_over_credits__gte', 0), ('rolled_over_credits__lt', Decimal('1000000000000000000000000'))), name='settlement_rolled_over_range'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='settlement_currency_code'), models.UniqueConstraint(fields=('organization', 'id'), name='settlement_tenant_key')],
        },
    ),
    migrations.CreateModel(
        name='SettlementCharge',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('method', models.CharField(choices=[('invoice_item', 'As finished lines on an invoice'), ('billing_meter', 'Reported to a Billing Meter')], max_length=16, verbose_name='way')),
            ('status', models.CharField(choices=[('planned', 'To be put on an invoice'), ('placed', 'On an invoice that is a draft, or waiting for one'), ('invoiced', 'On an invoice that is final')], default='planned', max_length=16, verbose_name='status')),
            ('item_id', models.CharField(blank=True, max_length=255)),
            ('stripe_invoice_id', models.CharField(blank=True, max_length=255)),
            ('planned_at', models.DateTimeField()),
            ('placed_at', models.DateTimeField(null=True)),
            ('invoiced_at', models.DateTimeField(null=True)),
            ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('settlement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='charge', to='billing.settlement')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status', 'invoiced'), _negated=True), fields=['organization'], name='settlement_charge_to_collect')],
            'constraints': [models.CheckConstraint(condition=models.Q(('method__in', ['invoice_item', 'billing_meter']), ('status__in', ['planned', 'placed', 'invoiced'])), name='settlement_charge_codes_known'), models.CheckConstraint(condition=models.Q(models.Q(('invoiced_at', None), ('placed_at', None), ('status', 'planned')), models.Q(models.Q(('item_id', ''), _negated=True), ('invoiced_at', None), ('placed_at__isnull', False), ('status', 'placed')), models.Q(models.Q(('item_id', ''), ('stripe_invoice_id', ''), _negated=True), ('invoiced_at__isnull', False), ('placed_at__isnull', False), ('status', 'invoiced')), _connector='OR'), name='settlement_charge_fits_its_status'), models.UniqueConstraint(condition=models.Q(('item_id', ''), _negated=True), fields=('item_id',), name='settlement_charge_item_once')],
        },
    ),
    migrations.CreateModel(
        name='Invoice',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('stripe_id', models.CharField(max_length=255, unique=True)),
            ('number', models.CharField(blank=True, max_length=64, verbose_name='number')),
            ('status', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('paid', 'Paid'), ('void', 'Void'), ('uncollectible', 'Uncollectible')], max_length=16, verbose_name='status')),
            ('billing_reason', models.CharField(blank=True, max_length=40, verbose_name='reason')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('subtotal_minor', models.BigIntegerField(verbose_name='subtotal')),
            ('discount_minor', models.BigIntegerField(default=0, verbose_name='discount')),
            ('tax_minor', models.BigIntegerField(default=0, verbose_name='tax')),
            ('total_minor', models.BigIntegerField(verbose_name='total')),
            ('amount_due_minor', models.BigIntegerField(verbose_name='amount due')),
            ('amount_paid_minor', models.BigIntegerField(verbose_name='amount paid')),
            ('amount_remaining_minor', models.BigIntegerField(verbose_name='amount remaining')),
            ('issued_at', models.DateTimeField(verbose_name='date')),
            ('finalized_at', models.DateTimeField(null=True)),
            ('paid_at', models.DateTimeField(null=True, verbose_name='paid at')),
            ('attempt_count', models.PositiveIntegerField(default=0, verbose_name='attempts')),
            ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt at')),
            ('last_error', models.CharField(blank=True, max_length=500, verbose_name='why the last attempt failed')),
            ('hosted_url', models.URLField(blank=True, max_length=2000)),
            ('pdf_url', models.URLField(blank=True, max_length=2000)),
            ('synced_at', models.DateTimeField(verbose_name='as of')),
            ('agreement', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('credit_minor', models.BigIntegerField(db_default=0, default=0, help_text="What came off it from the customer's balance.", verbose_name='credit')),
        ],
        options={
            'indexes': [models.Index(fields=['organization', '-issued_at', '-id'], name='invoice_newest'), models.Index(condition=models.Q(('status', 'draft')), fields=['status', 'issued_at'], name='invoice_drafts')],
            'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='invoice_tenant_key'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'open', 'paid', 'void', 'uncollectible'])), name='invoice_status_known'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='invoice_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='InvoiceLine',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('stripe_id', models.CharField(max_length=255)),
            ('position', models.PositiveIntegerField()),
            ('description', models.CharField(blank=True, max_length=1000, verbose_name='description')),
            ('quantity', models.DecimalField(blank=True, decimal_places=12, max_digits=24, null=True, verbose_name='quantity')),
            ('unit_price', models.DecimalField(blank=True, decimal_places=12, max_digits=24, null=True, verbose_name='price of one')),
            ('amount_minor', models.BigIntegerField(verbose_name='amount')),
            ('is_proration', models.BooleanField(default=False)),
            ('starts_at', models.DateTimeField()),
            ('ends_at', models.DateTimeField()),
            ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='billing.invoice')),
            ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('settlement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.settlement')),
        ],
        options={
            'ordering': ['position'],
            'constraints': [models.UniqueConstraint(fields=('invoice', 'stripe_id'), name='invoice_line_once_per_invoice')],
        },
    ),
    migrations.CreateModel(
        name='SpendCap',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('amount_minor', models.BigIntegerField(verbose_name='amount')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('action', models.CharField(choices=[('stop', 'Refuse usage that asks first'), ('notify', 'Only tell us')], max_length=16, verbose_name='action')),
            ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0), ('amount_minor__lt', 1000000000000)), name='spend_cap_amount_range'), models.CheckConstraint(condition=models.Q(('action__in', ['stop', 'notify'])), name='spend_cap_action_known'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='spend_cap_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='UsageThreshold',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('unit', models.CharField(choices=[('percent', 'Percent of the allowance'), ('credits', 'Quantity used'), ('money', 'Overage charges')], max_length=16, verbose_name='unit')),
            ('value', config.kernel.models.CreditField(verbose_name='value')),
            ('currency', models.CharField(blank=True, max_length=3)),
            ('feature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('organization', 'unit', 'value', 'feature', 'currency'), name='usage_threshold_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('feature__isnull', False), ('unit__in', ['percent', 'credits'])), models.Q(('feature', None), ('unit', 'money'), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='usage_threshold_fits_its_unit'), models.CheckConstraint(condition=models.Q(('value__gt', 0), ('value__lt', Decimal('1000000000000'))), name='usage_threshold_value_range')],
        },
    ),
    migrations.CreateModel(
        name='LimitCrossing',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('period_starts_at', models.DateTimeField()),
            ('limit', models.CharField(max_length=40)),
            ('used_credits', config.kernel.models.TotalField(null=True)),
            ('amount_minor', models.BigIntegerField(null=True)),
            ('currency', models.CharField(blank=True, max_length=3)),
            ('crossed_at', models.DateTimeField()),
            ('feature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'indexes': [models.Index(fields=['organization', '-id'], name='limit_crossing_newest')],
            'constraints': [models.UniqueConstraint(fields=('organization', 'feature', 'period_starts_at', 'limit'), name='limit_crossing_once_per_period', nulls_distinct=False)],
        },
    ),
    migrations.CreateModel(
        name='TopUp',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('pack_count', models.PositiveIntegerField(verbose_name='packs')),
            ('credits', config.kernel.models.CreditField(verbose_name='units')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('amount_minor', models.BigIntegerField(verbose_name='amount')),
            ('expires_after_months', models.PositiveSmallIntegerField(null=True)),
            ('trigger', models.CharField(choices=[('person', 'A person'), ('automatic', 'Automatic top-up')], max_length=16, verbose_name='ordered by')),
            ('status', models.CharField(choices=[('pending', 'Waiting for payment'), ('paid', 'Paid'), ('failed', 'Payment failed'), ('canceled', 'Canceled')], default='pending', max_length=16, verbose_name='status')),
            ('payment_reference', models.CharField(blank=True, max_length=120, verbose_name='payment reference')),
            ('period_starts_at', models.DateTimeField(null=True)),
            ('ordered_at', models.DateTimeField(verbose_name='ordered at')),
            ('ended_at', models.DateTimeField(null=True, verbose_name='paid or ended at')),
            ('feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.creditpack')),
        ],
        options={
            'indexes': [models.Index(fields=['organization', '-id'], name='top_up_newest')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'pending'), ('trigger', 'automatic')), fields=('organization', 'feature'), name='top_up_one_automatic_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('period_starts_at__isnull', False), ('trigger', 'automatic')), models.Q(('period_starts_at', None), ('trigger', 'person')), _connector='OR'), name='top_up_automatic_counts_in_a_period'), models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'paid', 'failed', 'canceled']), ('trigger__in', ['person', 'automatic'])), name='top_up_codes_known'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('amount_minor__lt', 1000000000000), ('pack_count__gte', 1)), name='top_up_amount_range'), models.CheckConstraint(condition=models.Q(('credits__gt', 0), ('credits__lt', Decimal('1000000000000'))), name='top_up_credits_range'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='top_up_currency_code'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'pending')), models.Q(models.Q(('status', 'pending'), _negated=True), ('ended_at__gte', models.F('ordered_at')), ('ended_at__isnull', False)), _connector='OR'), name='top_up_ends_once'), models.UniqueConstraint(fields=('organization', 'id'), name='top_up_tenant_key')],
        },
    ),
    migrations.CreateModel(
        name='AutomaticTopUp',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('threshold', config.kernel.models.CreditField(verbose_name='threshold')),
            ('target', config.kernel.models.CreditField(verbose_name='target')),
            ('limit_minor', models.BigIntegerField(verbose_name='limit per period')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.creditpack')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('organization', 'feature'), name='automatic_top_up_one_per_feature'), models.CheckConstraint(condition=models.Q(('target__gte', models.F('threshold'))), name='automatic_top_up_target_above'), models.CheckConstraint(condition=models.Q(('limit_minor__gt', 0), ('limit_minor__lt', 1000000000000)), name='automatic_top_up_limit_range'), models.CheckConstraint(condition=models.Q(('threshold__gt', 0), ('threshold__lt', Decimal('1000000000000'))), name='automatic_top_up_threshold_range'), models.CheckConstraint(condition=models.Q(('target__gt', 0), ('target__lt', Decimal('1000000000000'))), name='automatic_top_up_target_range'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='automatic_top_up_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='MoneyCredit',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('cause', models.CharField(choices=[('manual', 'Given by staff'), ('guarantee', 'No-increase guarantee')], max_length=16, verbose_name='cause')),
            ('source', models.CharField(max_length=80)),
            ('reason', models.CharField(help_text='The customer reads it.', max_length=200, verbose_name='reason')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('amount_minor', models.BigIntegerField(verbose_name='amount')),
            ('taken_back_minor', models.BigIntegerField(default=0, verbose_name='taken back')),
            ('status', models.CharField(choices=[('granted', "To be put on the customer's balance"), ('credited', "On the customer's balance"), ('taken_back', 'Expired, and what was left taken back')], default='granted', max_length=16, verbose_name='status')),
            ('granted_at', models.DateTimeField(verbose_name='granted at')),
            ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
            ('balance_entry_id', models.CharField(blank=True, max_length=255)),
            ('credited_at', models.DateTimeField(null=True, verbose_name='on the balance since')),
            ('ended_at', models.DateTimeField(null=True)),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'verbose_name': 'money credit',
            'verbose_name_plural': 'money credits',
            'indexes': [models.Index(condition=models.Q(('status', 'granted')), fields=['organization'], name='money_credit_to_hand_over'), models.Index(condition=models.Q(('ended_at', None)), fields=['expires_at'], name='money_credit_going_to_expire')],
            'constraints': [models.UniqueConstraint(fields=('organization', 'source'), name='money_credit_once_per_source'), models.UniqueConstraint(fields=('organization', 'id'), name='money_credit_tenant_key'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('amount_minor__lt', 1000000000000000)), name='money_credit_amount_range'), models.CheckConstraint(condition=models.Q(('taken_back_minor__gte', 0), ('taken_back_minor__lte', models.F('amount_minor'))), name='money_credit_taken_back_range'), models.CheckConstraint(condition=models.Q(('expires_at', None), ('expires_at__gt', models.F('granted_at')), _connector='OR'), name='money_credit_lasts_a_while'), models.CheckConstraint(condition=models.Q(models.Q(('balance_entry_id', ''), ('credited_at', None), ('ended_at', None), ('status', 'granted'), ('taken_back_minor', 0)), models.Q(models.Q(('balance_entry_id', ''), _negated=True), ('credited_at__isnull', False), ('ended_at', None), ('status', 'credited'), ('taken_back_minor', 0)), models.Q(('ended_at__isnull', False), ('status', 'taken_back')), _connector='OR'), name='money_credit_fits_its_status'), models.CheckConstraint(condition=models.Q(('cause__in', ['manual', 'guarantee'])), name='money_credit_cause_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='money_credit_has_a_reason'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='money_credit_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='BalanceEntry',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('stripe_id', models.CharField(max_length=255, unique=True)),
            ('position', models.PositiveIntegerField()),
            ('kind', models.CharField(max_length=40)),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('amount_minor', models.BigIntegerField(verbose_name='amount')),
            ('balance_minor', models.BigIntegerField(verbose_name='balance')),
            ('stripe_invoice_id', models.CharField(blank=True, max_length=255)),
            ('description', models.CharField(blank=True, max_length=500, verbose_name='description')),
            ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
            ('money_credit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.moneycredit')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'verbose_name': 'balance entry',
            'verbose_name_plural': 'balance entries',
            'constraints': [models.UniqueConstraint(fields=('organization', 'position'), name='balance_entry_once_per_position'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='balance_entry_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='ManualCredit',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('request', models.CharField(max_length=80)),
            ('kind', models.CharField(choices=[('credits', 'Credits'), ('money', 'Money')], max_length=8, verbose_name='kind')),
            ('status', models.CharField(choices=[('waiting', 'Waits for a second person'), ('given', 'Given'), ('declined', 'Declined')], max_length=8, verbose_name='status')),
            ('category', models.CharField(blank=True, choices=[('allowance', 'Allowance'), ('rollover', 'Rollover'), ('promotion', 'Promotion'), ('purchase', 'Purchase'), ('guarantee', 'Guarantee'), ('adjustment', 'Adjustment')], max_length=16, verbose_name='as')),
            ('credits', config.kernel.models.CreditField(null=True, verbose_name='credits')),
            ('priority', models.PositiveSmallIntegerField(null=True, verbose_name='priority')),
            ('actions', models.JSONField(default=list, verbose_name='actions')),
            ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
            ('amount_minor', models.BigIntegerField(null=True, verbose_name='amount')),
            ('reason', models.CharField(max_length=200, verbose_name='reason')),
            ('expires_at', models.DateTimeField(null=True, verbose_name='expires at')),
            ('needs_second_person', models.BooleanField(verbose_name='needs a second person')),
            ('asked_label', models.CharField(max_length=254, verbose_name='asked by')),
            ('asked_at', models.DateTimeField(verbose_name='asked at')),
            ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
            ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
            ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ('feature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature', verbose_name='feature')),
            ('grant', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.creditgrant')),
            ('money_credit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.moneycredit')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'verbose_name': 'manual credit',
            'verbose_name_plural': 'manual credits',
            'permissions': [('decide_manualcredit', 'Can decide manual credits of others')],
            'indexes': [models.Index(fields=['organization', '-asked_at'], name='manual_credit_newest'), models.Index(condition=models.Q(('status', 'waiting')), fields=['asked_at'], name='manual_credit_waiting')],
            'constraints': [models.UniqueConstraint(fields=('organization', 'request'), name='manual_credit_once_per_request'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('category', ''), _negated=True), ('amount_minor', None), ('credits__gt', 0), ('currency', ''), ('feature__isnull', False), ('kind', 'credits'), ('money_credit', None), ('priority__isnull', False)), models.Q(('amount_minor__gt', 0), ('amount_minor__lt', 1000000000000000), ('category', ''), ('credits', None), ('currency__regex', '^[A-Z]{3}$'), ('feature', None), ('grant', None), ('kind', 'money'), ('priority', None)), _connector='OR'), name='manual_credit_fits_its_kind'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('grant', None), ('money_credit', None), ('needs_second_person', True), ('status', 'waiting')), models.Q(models.Q(('grant__isnull', False), ('money_credit__isnull', False), _connector='OR'), models.Q(models.Q(('decided_by', None), ('needs_second_person', False)), models.Q(('decided_by__isnull', False), ('needs_second_person', True)), _connector='OR'), ('decided_at__isnull', False), ('status', 'given')), models.Q(models.Q(('note', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('grant', None), ('money_credit', None), ('needs_second_person', True), ('status', 'declined')), _connector='OR'), name='manual_credit_fits_its_status'), models.CheckConstraint(condition=models.Q(('decided_by', None), ('asked_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='manual_credit_takes_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('asked_label', ''), _negated=True)), name='manual_credit_says_who_and_why')],
        },
    ),
]

GUARDS = [
    *[of_tenant(*key) for key in TENANT_KEYS],
    migrations.RunSQL(REFUSE_REWRITE, DROP_REFUSE_REWRITE),
    migrations.RunSQL(ON_PUBLISHED_VERSIONS, DROP_ON_PUBLISHED_VERSIONS),
    migrations.RunSQL(TOP_UPS, DROP_TOP_UPS),
    migrations.RunSQL(PRIVATE_OFFERS, DROP_PRIVATE_OFFERS),
    migrations.RunSQL(MONEY_CREDITS, DROP_MONEY_CREDITS),
    migrations.RunSQL(MANUAL_CREDITS, DROP_MANUAL_CREDITS),
    *[append_only(table, name) for table, name in APPEND_ONLY.items()],
]
