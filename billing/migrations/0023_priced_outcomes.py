"""What an outcome is charged on, and what a customer says against it."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

# What was reported stays as it was. An outcome goes from pending to confirmed to reversed, never
# back; what charges it is written down once, with its confirmation.
FACTS_STAY = """
CREATE OR REPLACE FUNCTION billing_keep_outcome_facts() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

FACTS_STAYED = """
CREATE OR REPLACE FUNCTION billing_keep_outcome_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'reversed'
        OR (OLD.status = 'confirmed' AND NEW.status = 'pending')
        OR (OLD.public_id, OLD.organization_id, OLD.definition_id, OLD.reference, OLD.member,
            OLD.evidence, OLD.occurred_at, OLD.confirms_at)
            IS DISTINCT FROM (NEW.public_id, NEW.organization_id, NEW.definition_id,
            NEW.reference, NEW.member, NEW.evidence, NEW.occurred_at, NEW.confirms_at)
        OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)
    THEN
        RAISE EXCEPTION 'the facts of an outcome do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
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
DROP FUNCTION billing_decide_dispute_once();
ALTER TABLE billing_outcome DROP CONSTRAINT outcome_event_of_tenant;
ALTER TABLE billing_outcomedispute DROP CONSTRAINT outcome_dispute_of_tenant;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0022_guarantees")]

    operations = [
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
            ],
        ),
        migrations.RemoveConstraint(
            model_name='outcomedefinition',
            name='outcome_definition_window_range',
        ),
        migrations.AddField(
            model_name='outcome',
            name='event_key',
            field=models.CharField(max_length=128, null=True, verbose_name='usage event'),
        ),
        migrations.AddField(
            model_name='outcome',
            name='meter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter', verbose_name='charged as'),
        ),
        migrations.AddField(
            model_name='outcome',
            name='not_charged',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='why it is not charged'),
        ),
        migrations.AddField(
            model_name='outcome',
            name='reversal_days',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='days in which it may be reversed'),
        ),
        migrations.AddField(
            model_name='outcomedefinition',
            name='confirmation_hours',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Added to the days. 72 hours are three days.', verbose_name='and hours'),
        ),
        migrations.AddField(
            model_name='outcomedefinition',
            name='meter',
            field=models.ForeignKey(blank=True, help_text="The meter of the feature whose price in the customer's plan a confirmed outcome costs. Empty: it is kept, and nothing is charged.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.meter', verbose_name='charged as'),
        ),
        migrations.AddField(
            model_name='outcomedefinition',
            name='reversal_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Counted from its confirmation. Empty: at any time.', null=True, verbose_name='days in which it may be reversed'),
        ),
        migrations.AlterField(
            model_name='outcomedefinition',
            name='confirmation_days',
            field=models.PositiveSmallIntegerField(default=0, help_text='Counted from when it occurred. 0 days and 0 hours confirm it at once.', verbose_name='days until it is confirmed'),
        ),
        migrations.AddConstraint(
            model_name='outcome',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='outcome_tenant_key'),
        ),
        migrations.AddConstraint(
            model_name='outcome',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('meter', None), ('confirmed_at', None), _connector='OR'), ('event_key', None), ('not_charged', '')), models.Q(('confirmed_at__isnull', False), ('meter__isnull', False), models.Q(models.Q(('event_key__isnull', False), ('not_charged', '')), models.Q(('event_key', None), models.Q(('not_charged', ''), _negated=True)), _connector='OR')), _connector='OR'), name='outcome_charged_once_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='outcomedefinition',
            constraint=models.CheckConstraint(condition=models.Q(('confirmation_days__lte', 365), ('confirmation_hours__lte', django.db.models.expressions.CombinedExpression(models.Value(8760), '-', django.db.models.expressions.CombinedExpression(models.Value(24), '*', models.F('confirmation_days'))))), name='outcome_definition_window_range'),
        ),
        migrations.AddConstraint(
            model_name='outcomedefinition',
            constraint=models.CheckConstraint(condition=models.Q(('reversal_days', None), models.Q(('reversal_days__gte', 1), ('reversal_days__lte', 365)), _connector='OR'), name='outcome_definition_reversal_range'),
        ),
        migrations.AddField(
            model_name='outcomedispute',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='outcomedispute',
            name='outcome',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='billing.outcome'),
        ),
        migrations.AddIndex(
            model_name='outcomedispute',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['opened_at'], name='outcome_dispute_open'),
        ),
        migrations.AddConstraint(
            model_name='outcomedispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', ''), ('decision', ''), ('status', 'open')), models.Q(models.Q(('decided_by', ''), _negated=True), models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False), ('status__in', ['upheld', 'rejected'])), _connector='OR'), name='outcome_dispute_fits_its_status'),
        ),
        migrations.AddConstraint(
            model_name='outcomedispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('opened_by', ''), _negated=True)), name='outcome_dispute_says_why'),
        ),
        migrations.RunSQL(FACTS_STAY, FACTS_STAYED),
        migrations.RunSQL(DISPUTES, DROP_DISPUTES),
    ]
