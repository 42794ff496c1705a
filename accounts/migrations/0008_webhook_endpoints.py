import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

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
DROP TRIGGER webhook_event_immutable ON accounts_webhookevent;
DROP TRIGGER webhook_attempt_immutable ON accounts_webhookattempt;
DROP TRIGGER webhook_endpoint_identity ON accounts_webhookendpoint;
DROP FUNCTION accounts_stay_as_written();
"""


class Migration(migrations.Migration):
    """Who is told of events, and what became of telling them."""

    dependencies = [("accounts", "0007_api_scopes")]

    operations = [
        migrations.RemoveConstraint("webhookevent", "webhook_event_once_per_fact"),
        migrations.AlterField(
            model_name='webhookevent',
            name='organization',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='webhookevent',
            name='forgotten_at',
            field=models.DateTimeField(editable=False, help_text='When what it said was deleted.', null=True),
        ),
        migrations.AddConstraint(
            model_name='webhookevent',
            constraint=models.UniqueConstraint(fields=('organization', 'dedupe_key'), name='webhook_event_once_per_fact', nulls_distinct=False),
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
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('format__in', ['standard', 'kinde'])), name='webhook_endpoint_format_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('disabled_at', None), ('disabled_reason', '')), models.Q(('disabled_at__isnull', False), ('disabled_reason__in', ['by_hand', 'failing', 'gone'])), _connector='OR'), name='webhook_endpoint_disabled_for_a_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('former_encrypted_secret', None), ('former_secret_until', None)), models.Q(('former_encrypted_secret__isnull', False), ('former_secret_until__isnull', False)), _connector='OR'), name='webhook_endpoint_former_secret_ends'),
                    models.CheckConstraint(condition=models.Q(models.Q(('failing_since', None), ('failure_count', 0), ('retry_at', None)), models.Q(('failing_since__isnull', False), ('failure_count__gt', 0)), _connector='OR'), name='webhook_endpoint_failures_counted'),
                    models.CheckConstraint(condition=models.Q(models.Q(('lease', ''), ('leased_until', None)), models.Q(models.Q(('lease', ''), _negated=True), ('leased_until__isnull', False)), _connector='OR'), name='webhook_endpoint_lease_ends'),
                    models.CheckConstraint(condition=models.Q(('url__regex', '^https?://')), name='webhook_endpoint_url_is_http'),
                ],
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
                'indexes': [
                    models.Index(condition=models.Q(('status', 'pending')), fields=['endpoint', 'due_at'], name='webhook_delivery_due'),
                    models.Index(fields=['endpoint', '-id'], name='webhook_delivery_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('endpoint', 'event', 'type'), name='webhook_delivery_once_per_event'),
                    models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('finished_at', None), ('status', 'pending')), models.Q(('status__in', ['delivered', 'failed', 'dropped']), ('due_at', None), ('finished_at__isnull', False)), _connector='OR'), name='webhook_delivery_pending_or_finished'),
                    models.CheckConstraint(condition=models.Q(('earlier_attempt_count__lte', models.F('attempt_count'))), name='webhook_delivery_attempts_add_up'),
                ],
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
                'constraints': [
                    models.UniqueConstraint(fields=('delivery', 'number'), name='webhook_attempt_number_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('status_code__gte', 100), ('status_code__isnull', False), ('status_code__lte', 999)), models.Q(('status_code', None), models.Q(('error', ''), _negated=True)), _connector='OR'), name='webhook_attempt_answered_or_failed'),
                ],
            },
        ),
        migrations.RunSQL(HEAR_OF_YOURSELF, DROP_HEAR_OF_YOURSELF),
        migrations.RunSQL(STAY_AS_WRITTEN, DROP_STAY_AS_WRITTEN),
    ]
