import config.kernel.models
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


# A credit is decided once. What came of it belongs to the same organization.
DECIDED_ONCE = """
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

DROP_DECIDED_ONCE = """
ALTER TABLE billing_manualcredit DROP CONSTRAINT manual_credit_money_of_tenant;
DROP TRIGGER manual_credit_decided_once ON billing_manualcredit;
DROP FUNCTION billing_check_manual_credit();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0018_money_credits'),
        ('metering', '0008_balances_are_totals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.RunSQL(DECIDED_ONCE, DROP_DECIDED_ONCE),
    ]
