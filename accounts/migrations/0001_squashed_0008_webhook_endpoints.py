"""People, organizations and their keys, and who is told of events: as the first eight steps left them."""

import config.kernel.models
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from config.kernel.migrating import CreateTogether

# A plain check at the end of a statement would race: two transactions could each remove one of
# two owners and each see the other's. So the check waits for the commit, and takes the
# organization's row first; the second of the two then counts after the first has finished.
KEEP_AN_OWNER = """
CREATE FUNCTION accounts_keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM accounts_organization WHERE id = OLD.organization_id FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT 1 FROM accounts_membership
        WHERE organization_id = OLD.organization_id AND role = 'owner'
    ) THEN
        RAISE EXCEPTION 'organization % would be left without an owner', OLD.organization_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_keeps_an_owner';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER membership_keeps_an_owner
    AFTER DELETE OR UPDATE OF role, organization_id ON accounts_membership
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION accounts_keep_an_owner();
"""

DROP_KEEP_AN_OWNER = """
DROP TRIGGER membership_keeps_an_owner ON accounts_membership;
DROP FUNCTION accounts_keep_an_owner();
"""

REFUSE_REWRITE = """
CREATE FUNCTION accounts_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are append-only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_entry_append_only';
END $$;

CREATE TRIGGER audit_entry_append_only
    BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_rewrite();
"""

DROP_REFUSE_REWRITE = """
DROP TRIGGER audit_entry_append_only ON accounts_auditentry;
DROP FUNCTION accounts_refuse_rewrite();
"""

# An endpoint of the installation hears of everybody, one of an organization of that alone. The
# check waits for the end of the statement, which may have stored the event as well.
HEAR_OF_YOURSELF = """
CREATE FUNCTION accounts_hear_of_yourself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_webhookendpoint endpoint, accounts_webhookevent event
        WHERE endpoint.id = NEW.endpoint_id AND event.id = NEW.event_id
            AND endpoint.organization_id IS NOT NULL
            AND endpoint.organization_id IS DISTINCT FROM event.organization_id
    ) THEN
        RAISE EXCEPTION 'endpoint % is not told of event %', NEW.endpoint_id, NEW.event_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'webhook_delivery_of_its_organization';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER webhook_delivery_of_its_organization
    AFTER INSERT OR UPDATE OF endpoint_id, event_id ON accounts_webhookdelivery
    FOR EACH ROW EXECUTE FUNCTION accounts_hear_of_yourself();
"""

DROP_HEAR_OF_YOURSELF = """
DROP TRIGGER webhook_delivery_of_its_organization ON accounts_webhookdelivery;
DROP FUNCTION accounts_hear_of_yourself();
"""

STAY_AS_WRITTEN = """
CREATE FUNCTION accounts_stay_as_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows stay as they were written', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER webhook_event_immutable
    BEFORE UPDATE ON accounts_webhookevent
    FOR EACH ROW WHEN (
        OLD.forgotten_at IS NOT NULL OR NEW.forgotten_at IS NULL OR NEW.data <> '{}'
        OR to_jsonb(OLD) - 'data' - 'forgotten_at' <> to_jsonb(NEW) - 'data' - 'forgotten_at'
    ) EXECUTE FUNCTION accounts_stay_as_written();

CREATE TRIGGER webhook_attempt_immutable
    BEFORE UPDATE ON accounts_webhookattempt
    FOR EACH ROW EXECUTE FUNCTION accounts_stay_as_written();

CREATE TRIGGER webhook_endpoint_identity
    BEFORE UPDATE OF organization_id, format ON accounts_webhookendpoint
    FOR EACH ROW WHEN (
        OLD.organization_id IS DISTINCT FROM NEW.organization_id OR OLD.format <> NEW.format
    ) EXECUTE FUNCTION accounts_stay_as_written();
"""

DROP_STAY_AS_WRITTEN = """
DROP TRIGGER webhook_endpoint_identity ON accounts_webhookendpoint;
DROP TRIGGER webhook_attempt_immutable ON accounts_webhookattempt;
DROP TRIGGER webhook_event_immutable ON accounts_webhookevent;
DROP FUNCTION accounts_stay_as_written();
"""


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_guards"),
        ("accounts", "0003_webhook_outbox"),
        ("accounts", "0004_credits_scope"),
        ("accounts", "0005_test_clocks"),
        ("accounts", "0006_billing_scopes"),
        ("accounts", "0007_api_scopes"),
        ("accounts", "0008_webhook_endpoints"),
    ]

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                    ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                    ('is_staff', models.BooleanField(default=False, verbose_name='staff')),
                    ('is_active', models.BooleanField(default=True, verbose_name='active')),
                    ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'person',
                    'verbose_name_plural': 'people',
                    'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_lower_case')],
                },
            ),
            migrations.CreateModel(
                name='Organization',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('external_id', models.CharField(blank=True, max_length=128, null=True, verbose_name='external id')),
                    ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
                    ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                    ('billing_email', models.EmailField(blank=True, max_length=254, verbose_name='billing e-mail')),
                    ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('clock_ahead', models.DurationField(default=datetime.timedelta(0), editable=False, help_text='How far its test clock is ahead; nothing outside of rehearsals.')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('external_id',), name='organization_external_id_unique'), models.CheckConstraint(condition=models.Q(('external_id', None), models.Q(('external_id', ''), _negated=True), _connector='OR'), name='organization_external_id_not_empty'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='organization_currency_code'), models.CheckConstraint(condition=models.Q(('clock_ahead__gte', datetime.timedelta(0))), name='organization_clock_not_behind')],
                    'indexes': [models.Index(condition=models.Q(('clock_ahead__gt', datetime.timedelta(0))), fields=['id'], name='organization_rehearsed')],
                },
            ),
            migrations.CreateModel(
                name='ApiKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('prefix', models.CharField(editable=False, max_length=24, unique=True)),
                    ('secret_sha256', models.BinaryField(max_length=32)),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('usage:write', 'Report usage'), ('balances:read', 'Read balances and usage'), ('credits:write', 'Grant credits and take usage back'), ('entitlements:read', 'Read entitlements and flags'), ('flags:write', 'Override flags'), ('agreements:read', 'Read agreements'), ('agreements:write', 'Create agreements'), ('billing:read', 'Read invoices, orders and what changes would cost'), ('billing:write', 'Subscribe, change, end and pay'), ('organizations:read', 'Read organizations, members and properties'), ('organizations:write', 'Create and change organizations and properties'), ('outcomes:read', 'Read outcomes'), ('outcomes:write', 'Report, confirm and reverse outcomes'), ('webhooks:read', 'Read webhook endpoints, events and deliveries'), ('webhooks:write', 'Change webhook endpoints and send events again')], max_length=32), size=None, verbose_name='scopes')),
                    ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                    ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'verbose_name': 'API key',
                    'indexes': [models.Index(fields=['organization'], name='api_key_organization')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('scopes', []), _negated=True), name='api_key_has_scope'), models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['usage:write', 'balances:read', 'credits:write', 'entitlements:read', 'flags:write', 'agreements:read', 'agreements:write', 'billing:read', 'billing:write', 'organizations:read', 'organizations:write', 'outcomes:read', 'outcomes:write', 'webhooks:read', 'webhooks:write'])), name='api_key_scopes_known')],
                },
            ),
            migrations.CreateModel(
                name='IdempotencyRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('key', models.CharField(max_length=255)),
                    ('request_sha256', models.BinaryField(max_length=32)),
                    ('started_at', models.DateTimeField()),
                    ('status', models.PositiveSmallIntegerField(null=True)),
                    ('content_type', models.CharField(blank=True, max_length=80)),
                    ('body', models.BinaryField(null=True)),
                    ('api_key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.apikey')),
                ],
                options={
                    'indexes': [models.Index(fields=['started_at'], name='idempotency_record_started')],
                    'constraints': [models.UniqueConstraint(fields=('api_key', 'key'), name='idempotency_record_one_per_key'), models.CheckConstraint(condition=models.Q(models.Q(('body', None), ('status', None)), models.Q(('body__isnull', False), ('status__lt', 500)), _connector='OR'), name='idempotency_record_never_keeps_a_failure')],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('billing', 'Billing'), ('developer', 'Developer'), ('member', 'Member')], max_length=16, verbose_name='role')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'indexes': [models.Index(fields=['user'], name='membership_user')],
                    'constraints': [models.UniqueConstraint(fields=('organization', 'user'), name='membership_one_per_person'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'billing', 'developer', 'member'])), name='membership_role_known')],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('billing', 'Billing'), ('developer', 'Developer'), ('member', 'Member')], max_length=16, verbose_name='role')),
                    ('token_sha256', models.CharField(editable=False, max_length=64, unique=True)),
                    ('expires_at', models.DateTimeField()),
                    ('accepted_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('mail_due_at', models.DateTimeField(editable=False, help_text='When to mail next, if no mail has left yet.')),
                    ('mailed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('accepted_at', None), ('mailed_at', None), ('revoked_at', None)), fields=['mail_due_at'], name='invitation_mail_due')],
                    'constraints': [models.UniqueConstraint(models.F('organization'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at', None), ('revoked_at', None)), name='invitation_one_open_per_address'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None), _connector='OR'), name='invitation_ends_once'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'billing', 'developer', 'member'])), name='invitation_role_known')],
                },
            ),
            migrations.CreateModel(
                name='AuditEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('actor', models.CharField(help_text='Who did it, as known then.', max_length=254, verbose_name='actor')),
                    ('action', models.CharField(max_length=64, verbose_name='action')),
                    ('target', models.CharField(max_length=128, verbose_name='target')),
                    ('changes', models.JSONField(default=dict)),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                    ('request_id', models.CharField(blank=True, max_length=64)),
                    ('occurred_at', models.DateTimeField()),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ],
                options={
                    'verbose_name': 'audit entry',
                    'verbose_name_plural': 'audit entries',
                    'indexes': [models.Index(fields=['organization', '-id'], name='audit_entry_organization'), models.Index(fields=['target', '-id'], name='audit_entry_target')],
                },
            ),
            migrations.CreateModel(
                name='WebhookEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('type', models.CharField(max_length=64, verbose_name='type')),
                    ('dedupe_key', models.CharField(max_length=200)),
                    ('data', models.JSONField(verbose_name='data')),
                    ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('forgotten_at', models.DateTimeField(editable=False, help_text='When what it said was deleted.', null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['organization', '-id'], name='webhook_event_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('type__regex', '^[a-z_]+(\\.[a-z_]+)+$')), name='webhook_event_type_format'), models.UniqueConstraint(fields=('organization', 'dedupe_key'), name='webhook_event_once_per_fact', nulls_distinct=False)],
                },
            ),
            migrations.CreateModel(
                name='WebhookEndpoint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                    ('url', models.CharField(max_length=2048, verbose_name='address')),
                    ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                    ('event_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=None, verbose_name='event types')),
                    ('format', models.CharField(choices=[('standard', 'Standard Webhooks (signed JSON)'), ('kinde', 'Kinde (a signed token)')], default='standard', editable=False, max_length=16, verbose_name='format')),
                    ('encrypted_secret', models.BinaryField()),
                    ('former_encrypted_secret', models.BinaryField(null=True)),
                    ('former_secret_until', models.DateTimeField(editable=False, null=True)),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('disabled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='disabled at')),
                    ('disabled_reason', models.CharField(blank=True, choices=[('by_hand', 'by hand'), ('failing', 'after it failed for three days'), ('gone', 'after it said that it is gone')], editable=False, max_length=16, verbose_name='why it is disabled')),
                    ('notice_due_at', models.DateTimeField(editable=False, help_text='When to mail that it was disabled.', null=True)),
                    ('deleted_at', models.DateTimeField(editable=False, null=True)),
                    ('last_success_at', models.DateTimeField(editable=False, null=True)),
                    ('failing_since', models.DateTimeField(editable=False, null=True)),
                    ('failure_count', models.PositiveIntegerField(default=0, editable=False, help_text='Tries in a row that failed.')),
                    ('retry_at', models.DateTimeField(editable=False, null=True)),
                    ('lease', models.CharField(blank=True, editable=False, max_length=40)),
                    ('leased_until', models.DateTimeField(editable=False, null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('deleted_at', None), ('disabled_at', None)), fields=['organization'], name='webhook_endpoint_listening')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('format__in', ['standard', 'kinde'])), name='webhook_endpoint_format_known'), models.CheckConstraint(condition=models.Q(models.Q(('disabled_at', None), ('disabled_reason', '')), models.Q(('disabled_at__isnull', False), ('disabled_reason__in', ['by_hand', 'failing', 'gone'])), _connector='OR'), name='webhook_endpoint_disabled_for_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('former_encrypted_secret', None), ('former_secret_until', None)), models.Q(('former_encrypted_secret__isnull', False), ('former_secret_until__isnull', False)), _connector='OR'), name='webhook_endpoint_former_secret_ends'), models.CheckConstraint(condition=models.Q(models.Q(('failing_since', None), ('failure_count', 0), ('retry_at', None)), models.Q(('failing_since__isnull', False), ('failure_count__gt', 0)), _connector='OR'), name='webhook_endpoint_failures_counted'), models.CheckConstraint(condition=models.Q(models.Q(('lease', ''), ('leased_until', None)), models.Q(models.Q(('lease', ''), _negated=True), ('leased_until__isnull', False)), _connector='OR'), name='webhook_endpoint_lease_ends'), models.CheckConstraint(condition=models.Q(('url__regex', '^https?://')), name='webhook_endpoint_url_is_http')],
                },
            ),
            migrations.CreateModel(
                name='WebhookDelivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                    ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.webhookendpoint')),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.webhookevent')),
                    ('type', models.CharField(max_length=64, verbose_name='type')),
                    ('status', models.CharField(choices=[('pending', 'Pending'), ('delivered', 'Delivered'), ('failed', 'Failed'), ('dropped', 'Dropped')], db_default='pending', default='pending', max_length=16, verbose_name='status')),
                    ('due_at', models.DateTimeField(null=True, verbose_name='due at')),
                    ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                    ('attempt_count', models.PositiveIntegerField(db_default=0, default=0, verbose_name='attempts')),
                    ('earlier_attempt_count', models.PositiveIntegerField(db_default=0, default=0, help_text='Attempts before it was last sent again by hand.')),
                ],
                options={
                    'verbose_name_plural': 'webhook deliveries',
                    'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['endpoint', 'due_at'], name='webhook_delivery_due'), models.Index(fields=['endpoint', '-id'], name='webhook_delivery_newest')],
                    'constraints': [models.UniqueConstraint(fields=('endpoint', 'event', 'type'), name='webhook_delivery_once_per_event'), models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('finished_at', None), ('status', 'pending')), models.Q(('status__in', ['delivered', 'failed', 'dropped']), ('due_at', None), ('finished_at__isnull', False)), _connector='OR'), name='webhook_delivery_pending_or_finished'), models.CheckConstraint(condition=models.Q(('earlier_attempt_count__lte', models.F('attempt_count'))), name='webhook_delivery_attempts_add_up')],
                },
            ),
            migrations.CreateModel(
                name='WebhookAttempt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('delivery', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.webhookdelivery')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('started_at', models.DateTimeField(verbose_name='started at')),
                    ('duration_ms', models.PositiveIntegerField(verbose_name='duration in milliseconds')),
                    ('status_code', models.PositiveSmallIntegerField(null=True, verbose_name='status')),
                    ('error', models.CharField(blank=True, max_length=200, verbose_name='error')),
                    ('response_excerpt', models.CharField(blank=True, max_length=1024, verbose_name='answer')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('delivery', 'number'), name='webhook_attempt_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('status_code__gte', 100), ('status_code__isnull', False), ('status_code__lte', 999)), models.Q(('status_code', None), models.Q(('error', ''), _negated=True)), _connector='OR'), name='webhook_attempt_answered_or_failed')],
                },
            ),
        ]),
        migrations.RunSQL(KEEP_AN_OWNER, DROP_KEEP_AN_OWNER),
        migrations.RunSQL(REFUSE_REWRITE, DROP_REFUSE_REWRITE),
        migrations.RunSQL(HEAR_OF_YOURSELF, DROP_HEAR_OF_YOURSELF),
        migrations.RunSQL(STAY_AS_WRITTEN, DROP_STAY_AS_WRITTEN),
    ]
