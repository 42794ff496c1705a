"""What apps report as done, and what is disputed."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

# What was reported stays as it was. An outcome goes from pending to confirmed to reversed, never
# back; what charges it is written down once, with its confirmation.
OUTCOMES = """
CREATE FUNCTION billing_keep_outcome_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'reversed'
        OR (OLD.status = 'confirmed' AND NEW.status = 'pending')
        OR (to_jsonb(OLD) - '{status,confirmed_at,event_key,not_charged,reversed_at,reversal_reason}'::text[])
           <> (to_jsonb(NEW) - '{status,confirmed_at,event_key,not_charged,reversed_at,reversal_reason}'::text[])
        OR (OLD.confirmed_at IS NOT NULL
            AND (OLD.confirmed_at, OLD.event_key, OLD.not_charged)
            IS DISTINCT FROM (NEW.confirmed_at, NEW.event_key, NEW.not_charged))
    THEN
        RAISE EXCEPTION 'the facts of an outcome do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outcome_facts_stay BEFORE UPDATE OR DELETE ON billing_outcome
    FOR EACH ROW EXECUTE FUNCTION billing_keep_outcome_facts();
"""

DROP_OUTCOMES = """
DROP TRIGGER outcome_facts_stay ON billing_outcome;
DROP FUNCTION billing_keep_outcome_facts();
"""

DISPUTES = """
ALTER TABLE billing_outcomedispute ADD CONSTRAINT outcome_dispute_of_tenant
    FOREIGN KEY (organization_id, outcome_id) REFERENCES billing_outcome (organization_id, id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE billing_outcome ADD CONSTRAINT outcome_event_of_tenant
    FOREIGN KEY (organization_id, event_key)
    REFERENCES metering_usageevent (organization_id, event_id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION billing_decide_dispute_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open'
        OR (to_jsonb(NEW) - '{status,decided_at,decided_by,decision}'::text[])
           <> (to_jsonb(OLD) - '{status,decided_at,decided_by,decision}'::text[])
    THEN
        RAISE EXCEPTION 'a dispute is decided once and does not change otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER outcome_dispute_decided_once BEFORE UPDATE OR DELETE ON billing_outcomedispute
    FOR EACH ROW EXECUTE FUNCTION billing_decide_dispute_once();
"""

DROP_DISPUTES = """
DROP TRIGGER outcome_dispute_decided_once ON billing_outcomedispute;
ALTER TABLE billing_outcomedispute DROP CONSTRAINT outcome_dispute_of_tenant;
ALTER TABLE billing_outcome DROP CONSTRAINT outcome_event_of_tenant;
DROP FUNCTION billing_decide_dispute_once();
"""

TABLES = [
    migrations.CreateModel(
        name='OutcomeDefinition',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('code', models.CharField(max_length=63, unique=True, verbose_name='code')),
            ('name', models.CharField(max_length=80, verbose_name='name')),
            ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
            ('confirmation_days', models.PositiveSmallIntegerField(default=0, help_text='Counted from when it occurred. 0 days and 0 hours confirm it at once.', verbose_name='days until it is confirmed')),
            ('confirmation_hours', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Added to the days. 72 hours are three days.', verbose_name='and hours')),
            ('meter', models.ForeignKey(blank=True, help_text="The meter of the feature whose price in the customer's plan a confirmed outcome costs. Empty: it is kept, and nothing is charged.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter', verbose_name='charged as')),
            ('reversal_days', models.PositiveSmallIntegerField(blank=True, help_text='Counted from its confirmation. Empty: at any time.', null=True, verbose_name='days in which it may be reversed')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]{0,62}$')), name='outcome_definition_code_format'), models.CheckConstraint(condition=models.Q(('confirmation_days__lte', 365), ('confirmation_hours__lte', django.db.models.expressions.CombinedExpression(models.Value(8760), '-', django.db.models.expressions.CombinedExpression(models.Value(24), '*', models.F('confirmation_days'))))), name='outcome_definition_window_range'), models.CheckConstraint(condition=models.Q(('reversal_days', None), models.Q(('reversal_days__gte', 1), ('reversal_days__lte', 365)), _connector='OR'), name='outcome_definition_reversal_range')],
        },
    ),
    migrations.CreateModel(
        name='Outcome',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('reference', models.CharField(max_length=128, verbose_name='reference')),
            ('status', models.CharField(choices=[('pending', 'Pending'), ('confirmed', 'Confirmed'), ('reversed', 'Reversed')], max_length=16, verbose_name='status')),
            ('member', models.CharField(blank=True, max_length=128, verbose_name='member')),
            ('evidence', models.JSONField(default=dict, verbose_name='evidence')),
            ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
            ('confirms_at', models.DateTimeField(verbose_name='confirmed without a word at')),
            ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed at')),
            ('reversed_at', models.DateTimeField(null=True, verbose_name='reversed at')),
            ('reversal_reason', models.CharField(blank=True, max_length=200, verbose_name='why it was reversed')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='billing.outcomedefinition')),
            ('event_key', models.CharField(max_length=128, null=True, verbose_name='usage event')),
            ('meter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter', verbose_name='charged as')),
            ('not_charged', models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='why it is not charged')),
            ('reversal_days', models.PositiveSmallIntegerField(null=True, verbose_name='days in which it may be reversed')),
        ],
        options={
            'indexes': [models.Index(fields=['organization', '-id'], name='outcome_newest'), models.Index(condition=models.Q(('status', 'pending')), fields=['confirms_at'], name='outcome_due')],
            'constraints': [models.UniqueConstraint(fields=('organization', 'definition', 'reference'), name='outcome_once_per_reference'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('reversed_at', None), ('status', 'pending')), models.Q(('confirmed_at__isnull', False), ('reversed_at', None), ('status', 'confirmed')), models.Q(('reversed_at__isnull', False), ('status', 'reversed')), _connector='OR'), name='outcome_fits_its_status'), models.CheckConstraint(condition=models.Q(models.Q(('reversal_reason', ''), ('reversed_at', None)), models.Q(('reversed_at__isnull', False), models.Q(('reversal_reason', ''), _negated=True)), _connector='OR'), name='outcome_reversal_has_a_reason'), models.CheckConstraint(condition=models.Q(('confirms_at__gte', models.F('occurred_at'))), name='outcome_confirmed_afterwards'), models.CheckConstraint(condition=models.Q(('reference', ''), _negated=True), name='outcome_has_a_reference'), models.UniqueConstraint(fields=('organization', 'id'), name='outcome_tenant_key'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('meter', None), ('confirmed_at', None), _connector='OR'), ('event_key', None), ('not_charged', '')), models.Q(('confirmed_at__isnull', False), ('meter__isnull', False), models.Q(models.Q(('event_key__isnull', False), ('not_charged', '')), models.Q(('event_key', None), models.Q(('not_charged', ''), _negated=True)), _connector='OR')), _connector='OR'), name='outcome_charged_once_confirmed')],
        },
    ),
    migrations.CreateModel(
        name='OutcomeDispute',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
            ('status', models.CharField(choices=[('open', 'Open'), ('upheld', 'Upheld: the outcome is reversed'), ('rejected', 'Rejected: the outcome stays')], default='open', max_length=16, verbose_name='status')),
            ('reason', models.CharField(max_length=500, verbose_name='what the customer says')),
            ('opened_at', models.DateTimeField(verbose_name='opened at')),
            ('opened_by', models.CharField(max_length=254, verbose_name='opened by')),
            ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
            ('decided_by', models.CharField(blank=True, max_length=254, verbose_name='decided by')),
            ('decision', models.CharField(blank=True, help_text='The customer reads it.', max_length=200, verbose_name='why it was decided so')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('outcome', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='billing.outcome')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['opened_at'], name='outcome_dispute_open')],
            'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', ''), ('decision', ''), ('status', 'open')), models.Q(models.Q(('decided_by', ''), _negated=True), models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False), ('status__in', ['upheld', 'rejected'])), _connector='OR'), name='outcome_dispute_fits_its_status'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('opened_by', ''), _negated=True)), name='outcome_dispute_says_why')],
        },
    ),
]

GUARDS = [
    migrations.RunSQL(OUTCOMES, DROP_OUTCOMES),
    migrations.RunSQL(DISPUTES, DROP_DISPUTES),
]
