"""Campaigns, offers with notice, guarantees, and rates that change."""

import config.kernel.models
import datetime
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from billing.migrations.end_state.keys import of_tenant

TENANT_KEYS = (
    ("billing_simulatedcustomer", "simulated_customer_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_repricingoffer", "repricing_offer_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_repricingoffer", "repricing_offer_change_of_tenant",
     "(organization_id, scheduled_change_id)", "billing_scheduledchange (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_repricingnotice", "repricing_notice_of_tenant",
     "(organization_id, offer_id)", "billing_repricingoffer (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_guarantee", "guarantee_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_guarantee", "guarantee_offer_of_tenant",
     "(organization_id, offer_id)", "billing_repricingoffer (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_guaranteeclaim", "guarantee_claim_guarantee_of_tenant",
     "(organization_id, guarantee_id)", "billing_guarantee (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_guaranteeclaim", "guarantee_claim_credit_of_tenant",
     "(organization_id, money_credit_id)", "billing_moneycredit (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
)

# Customers were told of a campaign that is no draft any more: what it says stays, and so does it.
CAMPAIGNS = """
CREATE FUNCTION billing_keep_repricing_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        TG_OP = 'DELETE'
        OR to_jsonb(OLD) - '{status,closed_at}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{status,closed_at}'::text[]
    ) THEN
        RAISE EXCEPTION 'customers were told of this campaign: its terms stay'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER repricing_campaign_terms_stay BEFORE UPDATE OR DELETE ON billing_repricingcampaign
    FOR EACH ROW EXECUTE FUNCTION billing_keep_repricing_campaign();
"""

DROP_CAMPAIGNS = """
DROP TRIGGER repricing_campaign_terms_stay ON billing_repricingcampaign;
DROP FUNCTION billing_keep_repricing_campaign();
"""

# What was prepared stays what it is, and an end is an end. A date that customers were told only
# moves later, unless they ask for less notice in so many words.
OFFERS = """
CREATE FUNCTION billing_keep_repricing_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.noticed_at IS NOT NULL THEN
            RAISE EXCEPTION 'an offer that somebody was told of stays'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.organization_id, OLD.campaign_id, OLD.agreement_id, OLD.from_version_id,
        OLD.to_version_id, OLD.interval, OLD.seats, OLD.verdict, OLD.currency,
        OLD.current_average_minor, OLD.new_average_minor, OLD.figures, OLD.notice_days,
        OLD.prepared_at)
        IS DISTINCT FROM
       (NEW.organization_id, NEW.campaign_id, NEW.agreement_id, NEW.from_version_id,
        NEW.to_version_id, NEW.interval, NEW.seats, NEW.verdict, NEW.currency,
        NEW.current_average_minor, NEW.new_average_minor, NEW.figures, NEW.notice_days,
        NEW.prepared_at)
        OR (OLD.noticed_at IS NOT NULL AND NEW.noticed_at IS DISTINCT FROM OLD.noticed_at)
    THEN
        RAISE EXCEPTION 'what was offered stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.effective_at IS NOT NULL AND (NEW.effective_at IS NULL
        OR (NEW.effective_at < OLD.effective_at
            AND NOT (OLD.waived_at IS NULL AND NEW.waived_at IS NOT NULL)))
    THEN
        RAISE EXCEPTION 'the date of an offer only moves later'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> NEW.status AND (
        OLD.status IN ('applied', 'lapsed', 'withdrawn')
        OR NEW.status = 'prepared'
        OR (OLD.status = 'declined' AND NEW.status = 'open')
        OR (OLD.status = 'prepared' AND NEW.status NOT IN ('open', 'lapsed', 'withdrawn')))
    THEN
        RAISE EXCEPTION 'an offer does not become % after %', NEW.status, OLD.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER repricing_offer_stays_as_told BEFORE UPDATE OR DELETE ON billing_repricingoffer
    FOR EACH ROW EXECUTE FUNCTION billing_keep_repricing_offer();
"""

DROP_OFFERS = """
DROP TRIGGER repricing_offer_stays_as_told ON billing_repricingoffer;
DROP FUNCTION billing_keep_repricing_offer();
"""

# Never within a contract: only where a period of the agreement ends. A change that is to make the
# move is one of the same agreement, to what was offered, and no earlier.
AT_A_RENEWAL = """
CREATE FUNCTION billing_check_repricing_offer_date() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    anchor timestamp;
    step integer;
    months integer;
    wanted timestamp := NEW.effective_at AT TIME ZONE 'UTC';
BEGIN
    IF NEW.effective_at IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.effective_at IS DISTINCT FROM OLD.effective_at)
    THEN
        SELECT anchor_at AT TIME ZONE 'UTC', CASE interval WHEN 'year' THEN 12 ELSE 1 END
        INTO anchor, step
        FROM billing_agreement WHERE id = NEW.agreement_id;
        months := (date_part('year', wanted) - date_part('year', anchor)) * 12
            + date_part('month', wanted) - date_part('month', anchor);
        IF months IS NULL OR months < 0 OR months % step <> 0
            OR anchor + make_interval(months => months) <> wanted
        THEN
            RAISE EXCEPTION 'an offer takes effect when a period ends'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.scheduled_change_id IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.scheduled_change_id IS DISTINCT FROM OLD.scheduled_change_id)
        AND NOT EXISTS (
            SELECT FROM billing_scheduledchange
            WHERE id = NEW.scheduled_change_id AND agreement_id = NEW.agreement_id
              AND to_version_id = NEW.to_version_id AND effective_at >= NEW.effective_at
        )
    THEN
        RAISE EXCEPTION 'the change is not the one that was offered, or comes too early'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER repricing_offer_at_a_renewal BEFORE INSERT OR UPDATE ON billing_repricingoffer
    FOR EACH ROW EXECUTE FUNCTION billing_check_repricing_offer_date();
"""

DROP_AT_A_RENEWAL = """
DROP TRIGGER repricing_offer_at_a_renewal ON billing_repricingoffer;
DROP FUNCTION billing_check_repricing_offer_date();
"""

# A proof is a proof: of a notice that was sent there may only come more mails.
NOTICES = """
CREATE FUNCTION billing_keep_repricing_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (
        OLD.organization_id, OLD.offer_id, OLD.days_before, OLD.due_at, OLD.queued_at,
        OLD.sent_at, OLD.message_sha256
    ) IS DISTINCT FROM (
        NEW.organization_id, NEW.offer_id, NEW.days_before, NEW.due_at, NEW.queued_at,
        NEW.sent_at, NEW.message_sha256
    ) OR EXISTS (
        SELECT FROM jsonb_array_elements(OLD.sent_to) WITH ORDINALITY AS told (mail, place)
        WHERE told.mail IS DISTINCT FROM NEW.sent_to -> (told.place - 1)::integer
    ) THEN
        RAISE EXCEPTION 'a notice that was sent stays as it is'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER repricing_notice_stays_as_sent BEFORE UPDATE OR DELETE ON billing_repricingnotice
    FOR EACH ROW EXECUTE FUNCTION billing_keep_repricing_notice();
"""

DROP_NOTICES = """
DROP TRIGGER repricing_notice_stays_as_sent ON billing_repricingnotice;
DROP FUNCTION billing_keep_repricing_notice();
"""

# The promise stays; only the month that runs moves on, until the guarantee ends for good.
GUARANTEES = """
CREATE FUNCTION billing_keep_guarantee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR (to_jsonb(NEW) - '{month_ends_at,interval,seats,ended_at,end_reason}'::text[])
           <> (to_jsonb(OLD) - '{month_ends_at,interval,seats,ended_at,end_reason}'::text[])
        OR NEW.month_ends_at < OLD.month_ends_at
    THEN
        RAISE EXCEPTION 'a guarantee keeps what was promised and ends once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guarantee_keeps_its_promise BEFORE UPDATE OR DELETE ON billing_guarantee
    FOR EACH ROW EXECUTE FUNCTION billing_keep_guarantee();
"""

DROP_GUARANTEES = """
DROP TRIGGER guarantee_keeps_its_promise ON billing_guarantee;
DROP FUNCTION billing_keep_guarantee();
"""

# Months follow one another, and none gives back more than its rule allows. The credit of a month
# is money that was given for it, neither more nor less.
CLAIMS = """
CREATE FUNCTION billing_check_guarantee_claim() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    promise billing_guarantee;
    months bigint;
    last_end timestamptz;
    increases numeric;
    credited numeric;
BEGIN
    SELECT * INTO promise FROM billing_guarantee WHERE id = NEW.guarantee_id;
    SELECT count(*), max(ends_at), coalesce(sum(new_minor - old_minor), 0),
           coalesce(sum(credit_minor), 0)
    INTO months, last_end, increases, credited
    FROM billing_guaranteeclaim WHERE guarantee_id = NEW.guarantee_id;
    IF NEW.month <> months + 1 OR NEW.month > promise.months
        OR NEW.starts_at <> coalesce(last_end, promise.starts_at)
    THEN
        RAISE EXCEPTION 'the months of a guarantee follow one another'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.credit_minor > greatest(0, CASE promise.rule
        WHEN 'per_month' THEN NEW.new_minor - NEW.old_minor
        ELSE increases + NEW.new_minor - NEW.old_minor - credited END)
    THEN
        RAISE EXCEPTION 'a guarantee gives back no more than what it cost more'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.credit_minor > 0 AND NOT EXISTS (
        SELECT FROM billing_moneycredit credit
        WHERE credit.id = NEW.money_credit_id AND credit.cause = 'guarantee'
            AND (credit.amount_minor, credit.currency) = (NEW.credit_minor, promise.currency))
    THEN
        RAISE EXCEPTION 'the credit of a guarantee is the money that was given'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guarantee_claim_fits_its_guarantee BEFORE INSERT ON billing_guaranteeclaim
    FOR EACH ROW EXECUTE FUNCTION billing_check_guarantee_claim();
CREATE TRIGGER guarantee_claim_append_only BEFORE UPDATE OR DELETE ON billing_guaranteeclaim
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
"""

DROP_CLAIMS = """
DROP TRIGGER guarantee_claim_append_only ON billing_guaranteeclaim;
DROP TRIGGER guarantee_claim_fits_its_guarantee ON billing_guaranteeclaim;
DROP FUNCTION billing_check_guarantee_claim();
"""

RATES = """
CREATE FUNCTION billing_refuse_rate_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% stays as it was written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rate_change_stays BEFORE UPDATE ON billing_ratechange
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rate_change();
CREATE TRIGGER rate_notice_append_only BEFORE UPDATE OR DELETE ON billing_ratenotice
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rate_change();
CREATE TRIGGER price_review_closed_once BEFORE UPDATE OR DELETE ON billing_pricereview
    FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION billing_refuse_rate_change();
"""

DROP_RATES = """
DROP TRIGGER price_review_closed_once ON billing_pricereview;
DROP TRIGGER rate_notice_append_only ON billing_ratenotice;
DROP TRIGGER rate_change_stays ON billing_ratechange;
DROP FUNCTION billing_refuse_rate_change();
"""

TABLES = [
    migrations.CreateModel(
        name='RepricingCampaign',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('why', models.TextField(help_text='Customers read it on their page and in their mails: say why prices change.', max_length=1000, verbose_name='why')),
            ('status', models.CharField(choices=[('draft', 'Draft'), ('running', 'Running'), ('closed', 'Closed')], default='draft', max_length=16, verbose_name='status')),
            ('history_months', models.PositiveSmallIntegerField(default=12, verbose_name='months of usage to replay')),
            ('notice_days', models.PositiveSmallIntegerField(default=90, verbose_name='days of notice')),
            ('must_move', models.BooleanField(default=False, verbose_name='everybody moves')),
            ('guarantee_months', models.PositiveSmallIntegerField(default=0, help_text='0 means none.', verbose_name='months of the no-increase guarantee')),
            ('guarantee_rule', models.CharField(choices=[('per_month', 'Every month by itself'), ('cumulative', 'All months together')], default='per_month', max_length=16, verbose_name='rule of the guarantee')),
            ('answer_by', models.DateTimeField(blank=True, help_text='Open offers lapse then.', null=True, verbose_name='answers by')),
            ('opened_at', models.DateTimeField(editable=False, null=True, verbose_name='opened at')),
            ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='closed at')),
            ('from_plans', models.ManyToManyField(related_name='+', to='billing.plan', verbose_name='plans to leave')),
            ('to_plans', models.ManyToManyField(related_name='+', to='billing.plan', verbose_name='plans to offer')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('notice_days__gte', 90), ('notice_days__lte', 730)), name='repricing_campaign_notice_range'), models.CheckConstraint(condition=models.Q(('history_months__gte', 1), ('history_months__lte', 24)), name='repricing_campaign_history_range'), models.CheckConstraint(condition=models.Q(('guarantee_months__lte', 24)), name='repricing_campaign_guarantee_range'), models.CheckConstraint(condition=models.Q(('guarantee_rule__in', ['per_month', 'cumulative']), ('status__in', ['draft', 'running', 'closed'])), name='repricing_campaign_codes_known'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('opened_at', None), ('status', 'draft')), models.Q(('closed_at', None), ('opened_at__isnull', False), ('status', 'running')), models.Q(('closed_at__isnull', False), ('status', 'closed')), _connector='OR'), name='repricing_campaign_fits_its_status')],
        },
    ),
    migrations.CreateModel(
        name='CampaignConversion',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('factor', config.kernel.models.UnitPriceField(verbose_name='so many for each')),
            ('from_feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature', verbose_name='usage of')),
            ('to_feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature', verbose_name='counts as')),
            ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversions', to='billing.repricingcampaign')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('campaign', 'from_feature'), name='campaign_conversion_once'), models.CheckConstraint(condition=models.Q(('from_feature', models.F('to_feature')), _negated=True), name='campaign_conversion_converts'), models.CheckConstraint(condition=models.Q(('factor__gte', 0), ('factor__lt', Decimal('1000000000'))), name='campaign_conversion_factor_range')],
        },
    ),
    migrations.CreateModel(
        name='Simulation',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=16, verbose_name='status')),
            ('as_of', models.DateTimeField(verbose_name='as of')),
            ('total_count', models.PositiveIntegerField(default=0, verbose_name='customers')),
            ('done_count', models.PositiveIntegerField(default=0, verbose_name='replayed')),
            ('lease', models.CharField(blank=True, max_length=40)),
            ('leased_until', models.DateTimeField(null=True)),
            ('ended_at', models.DateTimeField(null=True)),
            ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='simulations', to='billing.repricingcampaign')),
        ],
        options={
            'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('waiting', 'running'))), fields=('campaign',), name='simulation_one_at_a_time'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='simulation_status_known'), models.CheckConstraint(condition=models.Q(('done_count__lte', models.F('total_count'))), name='simulation_done_within_total')],
        },
    ),
    migrations.CreateModel(
        name='SimulatedCustomer',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('month_count', models.PositiveSmallIntegerField(verbose_name='months replayed')),
            ('months', models.JSONField(default=list)),
            ('seats', models.PositiveIntegerField(verbose_name='seats in use')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('current_average_minor', models.BigIntegerField(verbose_name='pays now, average')),
            ('current_worst_minor', models.BigIntegerField(verbose_name='pays now, dearest month')),
            ('current_monthly_minor', models.JSONField(default=list)),
            ('verdict', models.CharField(choices=[('saves', 'Saves money'), ('same', 'Costs the same'), ('pays_more', 'Pays more'), ('no_plan', 'No plan fits')], max_length=16, verbose_name='verdict')),
            ('best_average_minor', models.BigIntegerField(null=True, verbose_name='best plan, average')),
            ('best_worst_minor', models.BigIntegerField(null=True, verbose_name='best plan, dearest month')),
            ('saving_minor', models.BigIntegerField(null=True, verbose_name='saves')),
            ('simulation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='customers', to='billing.simulation')),
            ('agreement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('best_plan_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('simulation', 'organization'), name='simulated_customer_once'), models.CheckConstraint(condition=models.Q(('verdict__in', ['saves', 'same', 'pays_more', 'no_plan'])), name='simulated_customer_verdict_known'), models.CheckConstraint(condition=models.Q(models.Q(('best_average_minor', None), ('best_plan_version', None), ('best_worst_minor', None), ('saving_minor', None), ('verdict', 'no_plan')), models.Q(models.Q(('verdict', 'no_plan'), _negated=True), ('best_average_minor__isnull', False), ('best_plan_version__isnull', False), ('best_worst_minor__isnull', False), ('saving_minor', django.db.models.expressions.CombinedExpression(models.F('current_average_minor'), '-', models.F('best_average_minor')))), _connector='OR'), name='simulated_customer_saving_adds_up'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='simulated_customer_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='SimulatedPlan',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
            ('seats', models.PositiveIntegerField(verbose_name='seats')),
            ('objections', models.JSONField(default=list, verbose_name='objections')),
            ('monthly_minor', models.JSONField(default=list)),
            ('average_minor', models.BigIntegerField(null=True, verbose_name='average')),
            ('worst_minor', models.BigIntegerField(null=True, verbose_name='dearest month')),
            ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='billing.simulatedcustomer')),
            ('plan_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('customer', 'plan_version'), name='simulated_plan_once'), models.CheckConstraint(condition=models.Q(('interval__in', ['month', 'year'])), name='simulated_plan_interval_known')],
        },
    ),
    migrations.CreateModel(
        name='RepricingOffer',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('from_interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8)),
            ('from_seats', models.PositiveIntegerField()),
            ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
            ('seats', models.PositiveIntegerField(verbose_name='seats')),
            ('verdict', models.CharField(choices=[('saves', 'Saves money'), ('same', 'Costs the same'), ('pays_more', 'Pays more'), ('no_plan', 'No plan fits')], max_length=16, verbose_name='verdict')),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('current_average_minor', models.BigIntegerField(verbose_name='pays now, average')),
            ('new_average_minor', models.BigIntegerField(verbose_name='would pay, average')),
            ('figures', models.JSONField(default=dict)),
            ('notice_days', models.PositiveSmallIntegerField(verbose_name='days of notice')),
            ('status', models.CharField(choices=[('prepared', 'Prepared, nobody was told'), ('open', 'Open'), ('accepted', 'Accepted, waits for its date'), ('declined', 'Declined'), ('applied', 'Moved'), ('lapsed', 'Lapsed'), ('withdrawn', 'Withdrawn')], default='prepared', max_length=16, verbose_name='status')),
            ('prepared_at', models.DateTimeField(verbose_name='prepared at')),
            ('noticed_at', models.DateTimeField(null=True, verbose_name='notice sent at')),
            ('effective_at', models.DateTimeField(null=True, verbose_name='takes effect at')),
            ('seen_at', models.DateTimeField(null=True, verbose_name='page first opened at')),
            ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
            ('waived_at', models.DateTimeField(null=True, verbose_name='notice waived at')),
            ('obstacle', models.CharField(blank=True, max_length=200, verbose_name='in the way')),
            ('tried_at', models.DateTimeField(null=True)),
            ('ended_at', models.DateTimeField(null=True)),
            ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='billing.repricingcampaign')),
            ('from_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('scheduled_change', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.scheduledchange')),
            ('to_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('organization', 'campaign'), name='repricing_offer_once_per_campaign'), models.UniqueConstraint(condition=models.Q(('status__in', ('prepared', 'open', 'accepted'))), fields=('organization',), name='repricing_offer_one_at_a_time'), models.UniqueConstraint(fields=('organization', 'id'), name='repricing_offer_tenant_key'), models.CheckConstraint(condition=models.Q(('notice_days__gte', 90)), name='repricing_offer_notice_range'), models.CheckConstraint(condition=models.Q(('effective_at', None), models.Q(('effective_at__gt', models.F('waived_at')), ('waived_at__isnull', False)), models.Q(('effective_at__gte', models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('noticed_at'), '+', django.db.models.expressions.CombinedExpression(models.F('notice_days'), '*', models.Value(datetime.timedelta(days=1)))), output_field=models.DateTimeField())), ('noticed_at__isnull', False), ('waived_at', None)), _connector='OR'), name='repricing_offer_after_its_notice'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('ended_at', None), ('noticed_at', None), ('status', 'prepared')), models.Q(('answered_at', None), ('effective_at__isnull', False), ('ended_at', None), ('noticed_at__isnull', False), ('status', 'open')), models.Q(('answered_at__isnull', False), ('effective_at__isnull', False), ('ended_at', None), ('noticed_at__isnull', False), ('status', 'accepted')), models.Q(('answered_at__isnull', False), ('ended_at__isnull', False), ('noticed_at__isnull', False), ('status', 'declined')), models.Q(('effective_at__isnull', False), ('ended_at__gte', models.F('effective_at')), ('noticed_at__isnull', False), ('status', 'applied')), models.Q(('ended_at__isnull', False), ('status__in', ('lapsed', 'withdrawn'))), _connector='OR'), name='repricing_offer_fits_its_status'), models.CheckConstraint(condition=models.Q(('from_interval__in', ['month', 'year']), ('interval__in', ['month', 'year']), ('status__in', ['prepared', 'open', 'accepted', 'declined', 'applied', 'lapsed', 'withdrawn']), ('verdict__in', ['saves', 'same', 'pays_more', 'no_plan'])), name='repricing_offer_codes_known'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='repricing_offer_currency_code'), models.CheckConstraint(condition=models.Q(('waived_at', None), models.Q(('status__in', ('accepted', 'applied', 'lapsed', 'withdrawn')), ('waived_at', models.F('answered_at')), ('waived_at__gte', models.F('noticed_at'))), _connector='OR'), name='repricing_offer_waived_with_the_answer')],
        },
    ),
    migrations.CreateModel(
        name='RepricingNotice',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('days_before', models.PositiveSmallIntegerField(verbose_name='days before')),
            ('due_at', models.DateTimeField(verbose_name='due at')),
            ('queued_at', models.DateTimeField(null=True)),
            ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
            ('sent_to', models.JSONField(default=list, verbose_name='sent to')),
            ('message_sha256', models.BinaryField(max_length=32, null=True)),
            ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='billing.repricingoffer')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('queued_at', None)), fields=['due_at'], name='repricing_notice_due')],
            'constraints': [models.UniqueConstraint(fields=('offer', 'days_before'), name='repricing_notice_once'), models.CheckConstraint(condition=models.Q(models.Q(('message_sha256', None), ('sent_at', None), ('sent_to', [])), models.Q(('message_sha256__isnull', False), ('sent_at__gte', models.F('queued_at')), models.Q(('sent_to', []), _negated=True)), _connector='OR'), name='repricing_notice_sent_with_proof')],
        },
    ),
    migrations.CreateModel(
        name='Guarantee',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('old_interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8)),
            ('old_seats', models.PositiveIntegerField()),
            ('new_seats', models.PositiveIntegerField()),
            ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
            ('months', models.PositiveSmallIntegerField(verbose_name='months')),
            ('rule', models.CharField(choices=[('per_month', 'Every month by itself'), ('cumulative', 'All months together')], max_length=16, verbose_name='rule')),
            ('starts_at', models.DateTimeField(verbose_name='starts at')),
            ('month_ends_at', models.DateTimeField(verbose_name='month ends at')),
            ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8)),
            ('seats', models.PositiveIntegerField()),
            ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ('end_reason', models.CharField(blank=True, choices=[('lasted', 'Its months are over'), ('moved_up', 'Moved to a dearer plan'), ('left', 'The plan ended'), ('replaced', 'A newer guarantee took its place')], max_length=16, verbose_name='why it ended')),
            ('agreement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('new_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('offer', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='guarantee', to='billing.repricingoffer')),
            ('old_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['month_ends_at'], name='guarantee_due')],
            'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='guarantee_tenant_key'), models.CheckConstraint(condition=models.Q(('months__gte', 1), ('months__lte', 24)), name='guarantee_months_range'), models.CheckConstraint(condition=models.Q(('interval__in', ['month', 'year']), ('old_interval__in', ['month', 'year']), ('rule__in', ['per_month', 'cumulative'])), name='guarantee_codes_known'), models.CheckConstraint(condition=models.Q(('new_seats__gte', 1), ('old_seats__gte', 1), ('seats__gte', 1)), name='guarantee_has_seats'), models.CheckConstraint(condition=models.Q(('month_ends_at__gt', models.F('starts_at'))), name='guarantee_month_has_length'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None)), models.Q(('end_reason__in', ['lasted', 'moved_up', 'left', 'replaced']), ('ended_at__gte', models.F('starts_at'))), _connector='OR'), name='guarantee_ends_for_a_reason'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='guarantee_currency_code')],
        },
    ),
    migrations.CreateModel(
        name='GuaranteeClaim',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('month', models.PositiveSmallIntegerField(verbose_name='month')),
            ('starts_at', models.DateTimeField()),
            ('ends_at', models.DateTimeField()),
            ('seats', models.PositiveIntegerField(verbose_name='seats')),
            ('old_minor', models.BigIntegerField(verbose_name='before')),
            ('new_minor', models.BigIntegerField(verbose_name='now')),
            ('credit_minor', models.BigIntegerField(verbose_name='given back')),
            ('calculated_at', models.DateTimeField()),
            ('guarantee', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='billing.guarantee')),
            ('money_credit', models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.moneycredit')),
            ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('guarantee', 'month'), name='guarantee_claim_once_per_month'), models.CheckConstraint(condition=models.Q(('credit_minor__gte', 0), ('new_minor__gte', 0), ('old_minor__gte', 0)), name='guarantee_claim_amounts_range'), models.CheckConstraint(condition=models.Q(models.Q(('credit_minor', 0), ('money_credit', None)), models.Q(('credit_minor__gt', 0), ('money_credit__isnull', False)), _connector='OR'), name='guarantee_claim_has_its_credit'), models.CheckConstraint(condition=models.Q(('month__gte', 1), ('seats__gte', 1), ('starts_at__lt', models.F('ends_at'))), name='guarantee_claim_has_length')],
        },
    ),
    migrations.CreateModel(
        name='PriceReview',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('due_at', models.DateTimeField(verbose_name='due at')),
            ('done_at', models.DateTimeField(null=True, verbose_name='done at')),
            ('done_by', models.CharField(blank=True, max_length=254, verbose_name='done by')),
            ('decision', models.TextField(blank=True, max_length=4000, verbose_name='what was decided')),
            ('looked_at', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='looked at')),
        ],
        options={
            'verbose_name': 'price review',
            'verbose_name_plural': 'price reviews',
            'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('done_at',), name='price_review_one_open', nulls_distinct=False), models.UniqueConstraint(fields=('due_at',), name='price_review_once_due'), models.CheckConstraint(condition=models.Q(models.Q(('decision', ''), ('done_at', None), ('done_by', ''), ('looked_at__isnull', True)), models.Q(models.Q(('done_by', ''), _negated=True), models.Q(('decision', ''), _negated=True), ('done_at__isnull', False), ('looked_at__isnull', False)), _connector='OR'), name='price_review_fits_its_state')],
        },
    ),
    migrations.CreateModel(
        name='RateChange',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('credits_before', config.kernel.models.CreditField(verbose_name='credits until then')),
            ('credits', config.kernel.models.CreditField(verbose_name='credits')),
            ('scheduled_at', models.DateTimeField(verbose_name='scheduled at')),
            ('scheduled_by', models.CharField(max_length=254, verbose_name='scheduled by')),
            ('notice_days', models.PositiveSmallIntegerField(verbose_name='days of notice')),
            ('tell_at', models.DateTimeField(verbose_name='customers are told from')),
            ('effective_at', models.DateTimeField(verbose_name='effective at')),
            ('customer_count', models.PositiveIntegerField(verbose_name='customers')),
            ('reason', models.CharField(max_length=200, verbose_name='reason')),
            ('rate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.actionrate')),
        ],
        options={
            'verbose_name': 'rate change',
            'verbose_name_plural': 'rate changes',
            'indexes': [models.Index(fields=['effective_at'], name='rate_change_by_date')],
            'constraints': [models.CheckConstraint(condition=models.Q(('credits_before__gte', 0), ('credits_before__lt', Decimal('1000000000000'))), name='rate_change_credits_before_range'), models.CheckConstraint(condition=models.Q(('credits__gte', 0), ('credits__lt', Decimal('1000000000000'))), name='rate_change_credits_range'), models.CheckConstraint(condition=models.Q(('credits', models.F('credits_before')), _negated=True), name='rate_change_changes_credits'), models.CheckConstraint(condition=models.Q(('notice_days__lte', 365)), name='rate_change_notice_range'), models.CheckConstraint(condition=models.Q(('effective_at__gte', models.F('scheduled_at')), ('tell_at__lte', models.F('effective_at'))), name='rate_change_told_of_before'), models.CheckConstraint(condition=models.Q(('credits__lt', models.F('credits_before')), ('customer_count', 0), models.Q(('tell_at__gte', models.F('scheduled_at')), ('tell_at__lt', models.F('effective_at'))), _connector='OR'), name='rate_change_keeps_its_notice'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='rate_change_has_a_reason')],
        },
    ),
    migrations.CreateModel(
        name='RateNotice',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('told_at', models.DateTimeField(verbose_name='told at')),
            ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='billing.ratechange')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'verbose_name': 'rate notice',
            'verbose_name_plural': 'rate notices',
            'constraints': [models.UniqueConstraint(fields=('change', 'organization'), name='rate_notice_once')],
        },
    ),
]

GUARDS = [
    *[of_tenant(*key) for key in TENANT_KEYS],
    migrations.RunSQL(CAMPAIGNS, DROP_CAMPAIGNS),
    migrations.RunSQL(OFFERS, DROP_OFFERS),
    migrations.RunSQL(AT_A_RENEWAL, DROP_AT_A_RENEWAL),
    migrations.RunSQL(NOTICES, DROP_NOTICES),
    migrations.RunSQL(GUARANTEES, DROP_GUARANTEES),
    migrations.RunSQL(CLAIMS, DROP_CLAIMS),
    migrations.RunSQL(RATES, DROP_RATES),
]
