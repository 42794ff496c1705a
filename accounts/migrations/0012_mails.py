import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


# A mail is of the organization that its notice is of, and stays as it was sent.
OF_ITS_ORGANIZATION = """
ALTER TABLE accounts_mail ADD CONSTRAINT mail_of_its_organization
    FOREIGN KEY (organization_id, notice_id) REFERENCES accounts_mailnotice (organization_id, id);
"""

DROP_OF_ITS_ORGANIZATION = "ALTER TABLE accounts_mail DROP CONSTRAINT mail_of_its_organization;"

STAYS_AS_SENT = """
CREATE FUNCTION accounts_keep_ended_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a mail that was sent stays as it was sent' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER mail_stays_as_sent BEFORE UPDATE OR DELETE ON accounts_mail
    FOR EACH ROW WHEN (OLD.sent_at IS NOT NULL) EXECUTE FUNCTION accounts_keep_ended_mail();
"""

DROP_STAYS_AS_SENT = """
DROP TRIGGER mail_stays_as_sent ON accounts_mail;
DROP FUNCTION accounts_keep_ended_mail();
"""

# What the former code had not mailed yet is told of by notices. Its columns stay for as long as that
# code may run beside the new one, and ask it for no mail; a later release drops them.
HAND_OVER = """
INSERT INTO accounts_mailnotice (organization_id, kind, fact, data, occurred_at, due_at)
SELECT organization_id, 'invitation', public_id, '{}', created_at, now()
FROM accounts_invitation
WHERE mailed_at IS NULL AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now();

INSERT INTO accounts_mailnotice (organization_id, kind, fact, data, occurred_at, due_at)
SELECT organization_id, 'webhook_endpoint_disabled',
    public_id || ':' || extract(epoch FROM disabled_at)::bigint,
    jsonb_build_object('id', public_id), disabled_at, now()
FROM accounts_webhookendpoint WHERE notice_due_at IS NOT NULL AND deleted_at IS NULL;

DROP INDEX invitation_mail_due;
ALTER TABLE accounts_invitation ALTER COLUMN mail_due_at SET DEFAULT '9999-12-31';
UPDATE accounts_invitation SET mail_due_at = '9999-12-31' WHERE mailed_at IS NULL;
UPDATE accounts_webhookendpoint SET notice_due_at = NULL WHERE notice_due_at IS NOT NULL;
"""

HAND_BACK = """
UPDATE accounts_invitation SET mail_due_at = created_at WHERE mail_due_at = '9999-12-31';
ALTER TABLE accounts_invitation ALTER COLUMN mail_due_at DROP DEFAULT;
CREATE INDEX invitation_mail_due ON accounts_invitation (mail_due_at)
    WHERE mailed_at IS NULL AND accepted_at IS NULL AND revoked_at IS NULL;
"""

FORGET_COLUMNS = [
    migrations.RemoveIndex(model_name='invitation', name='invitation_mail_due'),
    migrations.RemoveField(model_name='invitation', name='mail_due_at'),
    migrations.RemoveField(model_name='webhookendpoint', name='notice_due_at'),
]

ALERTS = [
    ('levels', 'Levels of usage'),
    ('limits', 'Used up credits, limits and caps'),
    ('expiry', 'Credits that are about to expire'),
]

DROPS = [
    ('not_for_them', 'no longer meant for them'),
    ('outdated', 'no longer true'),
    ('refused', 'refused by the mail server'),
    ('given_up', 'did not leave for a week'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_languages_and_contacts'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('fact', models.CharField(max_length=200)),
                ('data', models.JSONField(default=dict)),
                ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
                ('due_at', models.DateTimeField(editable=False, help_text='When to find out whom to tell, until that is done.', null=True)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='mail_notice_due')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'kind', 'fact'), name='mail_notice_once_per_fact', nulls_distinct=False), models.UniqueConstraint(fields=('organization', 'id'), name='mail_notice_tenant_key')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                ('address', models.EmailField(max_length=254, verbose_name='address')),
                ('subject', models.CharField(blank=True, max_length=250, verbose_name='subject')),
                ('language', models.CharField(blank=True, max_length=16, verbose_name='language')),
                ('due_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='due at')),
                ('attempt_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('last_error', models.CharField(blank=True, editable=False, max_length=200, verbose_name='last error')),
                ('sent_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='sent at')),
                ('dropped_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='dropped at')),
                ('drop_reason', models.CharField(blank=True, choices=DROPS, editable=False, max_length=16, verbose_name='why it was dropped')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mailnotice')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='mail_due'), models.Index(fields=['organization', '-id'], name='mail_newest')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'address'), name='mail_once_per_address'), models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='mail_address_lower_case'), models.CheckConstraint(condition=models.Q(models.Q(('drop_reason', ''), ('dropped_at', None), ('due_at__isnull', False), ('sent_at', None)), models.Q(('drop_reason', ''), ('dropped_at', None), ('due_at', None), ('sent_at__isnull', False)), models.Q(('dropped_at__isnull', False), ('due_at', None), ('sent_at', None), ('drop_reason__in', ['not_for_them', 'outdated', 'refused', 'given_up'])), _connector='OR'), name='mail_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='MailOptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('alert', models.CharField(choices=ALERTS, max_length=16, verbose_name='alert')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'user', 'address', 'alert'), name='mail_opt_out_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('user__isnull', False)), models.Q(('user', None), models.Q(('address', ''), _negated=True)), _connector='OR'), name='mail_opt_out_of_somebody'), models.CheckConstraint(condition=models.Q(('alert__in', ['levels', 'limits', 'expiry'])), name='mail_opt_out_alert_known')],
            },
        ),
        migrations.RunSQL(OF_ITS_ORGANIZATION, DROP_OF_ITS_ORGANIZATION),
        migrations.RunSQL(STAYS_AS_SENT, DROP_STAYS_AS_SENT),
        migrations.RunSQL(HAND_OVER, HAND_BACK, state_operations=FORGET_COLUMNS),
    ]
