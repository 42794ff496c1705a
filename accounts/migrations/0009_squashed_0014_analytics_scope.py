"""
Sign-in apps, properties, mails, links and visits.

The rows of an installation that stands at the step before are moved, as the single steps do.
"""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.math
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from accounts.oauth.hashers import stored_secret
from accounts.oauth.scopes import names_of
from config.kernel.migrating import CreateTogether

# A value is of its property's type, and apps hold on to a property's key.
OF_ITS_TYPE = """
ALTER TABLE accounts_propertyvalue ADD CONSTRAINT property_value_of_its_type
    FOREIGN KEY (definition_id, type) REFERENCES accounts_propertydefinition (id, type);
"""

DROP_OF_ITS_TYPE = """
ALTER TABLE accounts_propertyvalue DROP CONSTRAINT property_value_of_its_type;
"""

KEY_STAYS = """
CREATE FUNCTION accounts_keep_property_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the key and the type of a property stay' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER property_definition_key_stays BEFORE UPDATE ON accounts_propertydefinition
    FOR EACH ROW WHEN ((OLD.key, OLD.type) IS DISTINCT FROM (NEW.key, NEW.type))
    EXECUTE FUNCTION accounts_keep_property_key();
"""

DROP_KEY_STAYS = """
DROP TRIGGER property_definition_key_stays ON accounts_propertydefinition;
DROP FUNCTION accounts_keep_property_key();
"""

# A mail is of the organization that its notice is of, and stays as it was sent.
OF_ITS_ORGANIZATION = """
ALTER TABLE accounts_mail ADD CONSTRAINT mail_of_its_organization
    FOREIGN KEY (organization_id, notice_id) REFERENCES accounts_mailnotice (organization_id, id);
"""

DROP_OF_ITS_ORGANIZATION = """
ALTER TABLE accounts_mail DROP CONSTRAINT mail_of_its_organization;
"""

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

# A link is opened once, and stays what it was made for.
OPENED_ONCE = """
CREATE FUNCTION accounts_keep_portal_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a portal link is opened once' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER portal_link_opened_once BEFORE UPDATE ON accounts_portallink
    FOR EACH ROW WHEN (
        OLD.opened_at IS NOT NULL
        OR (OLD.public_id, OLD.membership_id, OLD.token_sha256, OLD.made_by, OLD.page,
            OLD.return_url, OLD.made_at, OLD.expires_at)
           IS DISTINCT FROM
           (NEW.public_id, NEW.membership_id, NEW.token_sha256, NEW.made_by, NEW.page,
            NEW.return_url, NEW.made_at, NEW.expires_at))
    EXECUTE FUNCTION accounts_keep_portal_link();
"""

DROP_OPENED_ONCE = """
DROP TRIGGER portal_link_opened_once ON accounts_portallink;
DROP FUNCTION accounts_keep_portal_link();
"""

# Who looked at whom, when and why is never rewritten: a visit only ends.
VISIT_STAYS = """
CREATE FUNCTION accounts_keep_staff_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
        AND (to_jsonb(OLD) - 'ended_at') = (to_jsonb(NEW) - 'ended_at') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a visit of staff only ends' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER staff_visit_only_ends BEFORE UPDATE OR DELETE ON accounts_staffvisit
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_staff_visit();
"""

DROP_VISIT_STAYS = """
DROP TRIGGER staff_visit_only_ends ON accounts_staffvisit;
DROP FUNCTION accounts_keep_staff_visit();
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


def make_clients_of_keys(apps, schema_editor):
    # The names of scopes are those of the day on which this runs: what a key made then would get.
    database = schema_editor.connection.alias
    keys = apps.get_model('accounts', 'ApiKey').objects.using(database).filter(revoked_at=None)
    Client = apps.get_model('allauth_idp_oidc', 'Client')
    Client.objects.using(database).bulk_create(
        Client(
            id=key.public_id,
            name=key.name,
            secret=stored_secret(bytes(key.secret_sha256)),
            type='confidential',
            grant_types='client_credentials',
            response_types='',
            scopes='\n'.join(names_of(key.scopes)),
            default_scopes='\n'.join(key.scopes),
        )
        for key in keys.iterator()
    )


def remove_clients_of_keys(apps, schema_editor):
    clients = apps.get_model('allauth_idp_oidc', 'Client').objects
    clients.using(schema_editor.connection.alias).filter(id__startswith='key_').delete()


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0009_oauth_clients"),
        ("accounts", "0010_properties"),
        ("accounts", "0011_languages_and_contacts"),
        ("accounts", "0012_mails"),
        ("accounts", "0013_portal_links"),
        ("accounts", "0014_analytics_scope"),
    ]

    dependencies = [
        ("accounts", "0001_squashed_0008_webhook_endpoints"),
        ("allauth_idp_oidc", "0003_client_allow_uri_wildcards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='apikey',
            name='api_key_scopes_known',
        ),
        migrations.AddField(
            model_name='organization',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', help_text="Of those who chose none themselves. Empty is the installation's.", max_length=16, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='user',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', help_text="Empty is the organization's.", max_length=16, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('usage:write', 'Report usage'), ('balances:read', 'Read balances and usage'), ('credits:write', 'Grant credits and take usage back'), ('entitlements:read', 'Read entitlements and flags'), ('flags:write', 'Override flags'), ('agreements:read', 'Read agreements'), ('agreements:write', 'Create agreements'), ('billing:read', 'Read invoices, orders and what changes would cost'), ('billing:write', 'Subscribe, change, end and pay'), ('organizations:read', 'Read organizations, members and properties'), ('organizations:write', 'Create and change organizations and properties'), ('outcomes:read', 'Read outcomes'), ('outcomes:write', 'Report, confirm and reverse outcomes'), ('webhooks:read', 'Read webhook endpoints, events and deliveries'), ('webhooks:write', 'Change webhook endpoints and send events again'), ('analytics:read', 'Read costs, margins and revenue')], max_length=32), size=None, verbose_name='scopes'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['usage:write', 'balances:read', 'credits:write', 'entitlements:read', 'flags:write', 'agreements:read', 'agreements:write', 'billing:read', 'billing:write', 'organizations:read', 'organizations:write', 'outcomes:read', 'outcomes:write', 'webhooks:read', 'webhooks:write', 'analytics:read'])), name='api_key_scopes_known'),
        ),
        CreateTogether([
            migrations.CreateModel(
                name='OAuthSigningKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('kid', models.CharField(editable=False, max_length=43, unique=True)),
                    ('encrypted_pem', models.BinaryField()),
                    ('signs_from', models.DateTimeField(editable=False)),
                    ('retires_at', models.DateTimeField(editable=False, null=True)),
                ],
            ),
            migrations.CreateModel(
                name='OAuthSubject',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='SignInApp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('redirect_uris', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), size=None, verbose_name='redirect URIs')),
                    ('is_public', models.BooleanField(verbose_name='public')),
                    ('removed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'verbose_name': 'sign-in app',
                },
            ),
            migrations.CreateModel(
                name='PropertyDefinition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('key', models.CharField(max_length=63, unique=True, verbose_name='key')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                    ('type', models.CharField(choices=[('text', 'Text of one line'), ('multiline', 'Text of several lines'), ('boolean', 'Yes or no'), ('integer', 'Whole number'), ('decimal', 'Decimal number'), ('date', 'Date')], max_length=16, verbose_name='type')),
                    ('category', models.CharField(blank=True, max_length=40, verbose_name='category')),
                    ('is_public', models.BooleanField(default=False, help_text='Whether the organization itself may read it.', verbose_name='public')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('id', 'type'), name='property_definition_type'), models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,62}$')), name='property_definition_key_format'), models.CheckConstraint(condition=models.Q(('type__in', ['text', 'multiline', 'boolean', 'integer', 'decimal', 'date'])), name='property_definition_type_known')],
                },
            ),
            migrations.CreateModel(
                name='PropertyValue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('type', models.CharField(choices=[('text', 'Text of one line'), ('multiline', 'Text of several lines'), ('boolean', 'Yes or no'), ('integer', 'Whole number'), ('decimal', 'Decimal number'), ('date', 'Date')], editable=False, max_length=16)),
                    ('text', models.TextField(null=True)),
                    ('boolean', models.BooleanField(null=True)),
                    ('number', models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                    ('date', models.DateField(null=True)),
                    ('changed_at', models.DateTimeField()),
                    ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values', to='accounts.propertydefinition')),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'definition'), name='property_value_once'), models.CheckConstraint(condition=models.Q(models.Q(('boolean', None), ('date', None), ('number', None), ('text__isnull', False), ('type__in', ['text', 'multiline'])), models.Q(('boolean__isnull', False), ('date', None), ('number', None), ('text', None), ('type', 'boolean')), models.Q(('boolean', None), ('date', None), ('number__isnull', False), ('text', None), ('type__in', ['integer', 'decimal'])), models.Q(('boolean', None), ('date__isnull', False), ('number', None), ('text', None), ('type', 'date')), _connector='OR'), name='property_value_fits_its_type'), models.CheckConstraint(condition=models.Q(('number', None), models.Q(('number__gt', -1000000000000), ('number__lt', 1000000000000)), _connector='OR'), name='property_value_number_range'), models.CheckConstraint(condition=models.Q(models.Q(('type', 'integer'), _negated=True), ('number', django.db.models.functions.math.Floor(models.F('number'))), _connector='OR'), name='property_value_integer_is_whole')],
                },
            ),
            migrations.CreateModel(
                name='BillingContact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                    ('language', models.CharField(blank=True, help_text="Empty is the organization's.", max_length=16, verbose_name='language')),
                    ('gets_payments', models.BooleanField(default=True, help_text='Receipts, failed payments, and changes of the plan.', verbose_name='invoices and payments')),
                    ('gets_usage', models.BooleanField(default=False, help_text='Alerts, limits and expiring credits.', verbose_name='usage')),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'email'), name='billing_contact_once_per_organization'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='billing_contact_email_lower_case'), models.CheckConstraint(condition=models.Q(('gets_payments', True), ('gets_usage', True), _connector='OR'), name='billing_contact_gets_something')],
                },
            ),
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
                    ('drop_reason', models.CharField(blank=True, choices=[('not_for_them', 'no longer meant for them'), ('outdated', 'no longer true'), ('refused', 'refused by the mail server'), ('given_up', 'did not leave for a week')], editable=False, max_length=16, verbose_name='why it was dropped')),
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
                    ('alert', models.CharField(choices=[('levels', 'Levels of usage'), ('limits', 'Used up credits, limits and caps'), ('expiry', 'Credits that are about to expire')], max_length=16, verbose_name='alert')),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organization', 'user', 'address', 'alert'), name='mail_opt_out_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('user__isnull', False)), models.Q(('user', None), models.Q(('address', ''), _negated=True)), _connector='OR'), name='mail_opt_out_of_somebody'), models.CheckConstraint(condition=models.Q(('alert__in', ['levels', 'limits', 'expiry'])), name='mail_opt_out_alert_known')],
                },
            ),
            migrations.CreateModel(
                name='PortalLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('token_sha256', models.CharField(editable=False, max_length=64, unique=True)),
                    ('made_by', models.CharField(max_length=254)),
                    ('page', models.CharField(max_length=40)),
                    ('return_url', models.CharField(blank=True, max_length=2000)),
                    ('made_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('opened_at', models.DateTimeField(blank=True, null=True)),
                    ('session_ends_at', models.DateTimeField(blank=True, null=True)),
                    ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.membership')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at')), ('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('made_at'), '+', models.Value(datetime.timedelta(seconds=600))))), name='portal_link_has_a_short_life'), models.CheckConstraint(condition=models.Q(models.Q(('opened_at', None), ('session_ends_at', None)), models.Q(('opened_at__gte', models.F('made_at')), ('opened_at__isnull', False), ('opened_at__lt', models.F('expires_at')), ('session_ends_at__gt', models.F('opened_at')), ('session_ends_at__isnull', False), ('session_ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('opened_at'), '+', models.Value(datetime.timedelta(seconds=3600))))), _connector='OR'), name='portal_link_session_follows_opening')],
                },
            ),
            migrations.CreateModel(
                name='StaffVisit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('billing', 'Billing'), ('developer', 'Developer'), ('member', 'Member')], max_length=16, verbose_name='seen as')),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('started_at', models.DateTimeField(verbose_name='started at')),
                    ('ends_at', models.DateTimeField(verbose_name='ends at')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='staff')),
                ],
                options={
                    'verbose_name': 'visit of staff',
                    'verbose_name_plural': 'visits of staff',
                    'indexes': [models.Index(fields=['organization', '-id'], name='staff_visit_organization')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'billing', 'developer', 'member'])), name='staff_visit_role_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='staff_visit_has_a_reason'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('started_at')), ('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('started_at'), '+', models.Value(datetime.timedelta(seconds=1800))))), name='staff_visit_is_short'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='staff_visit_ends_after_its_start')],
                },
            ),
        ]),
        migrations.RunSQL(OF_ITS_TYPE, DROP_OF_ITS_TYPE),
        migrations.RunSQL(KEY_STAYS, DROP_KEY_STAYS),
        migrations.RunSQL(OF_ITS_ORGANIZATION, DROP_OF_ITS_ORGANIZATION),
        migrations.RunSQL(STAYS_AS_SENT, DROP_STAYS_AS_SENT),
        migrations.RunSQL(OPENED_ONCE, DROP_OPENED_ONCE),
        migrations.RunSQL(VISIT_STAYS, DROP_VISIT_STAYS),
        migrations.RunPython(make_clients_of_keys, remove_clients_of_keys),
        migrations.RunSQL(HAND_OVER, HAND_BACK, state_operations=FORGET_COLUMNS),
    ]
