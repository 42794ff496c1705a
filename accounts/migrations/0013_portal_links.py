import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


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


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_mails'),
    ]

    operations = [
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
        migrations.RunSQL(OPENED_ONCE, DROP_OPENED_ONCE),
        migrations.RunSQL(VISIT_STAYS, DROP_VISIT_STAYS),
    ]
