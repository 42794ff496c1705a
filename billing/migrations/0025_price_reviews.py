"""
Changes of what actions take, who was told of them, and the reviews of what they should take.

A change that was scheduled stays as it is, and so does a notice; a review is closed once.
"""

import config.kernel.models
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

STAYS = """
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
NEVER_MIND = """
DROP TRIGGER price_review_closed_once ON billing_pricereview;
DROP TRIGGER rate_notice_append_only ON billing_ratenotice;
DROP TRIGGER rate_change_stays ON billing_ratechange;
DROP FUNCTION billing_refuse_rate_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0024_costs_of_customers"),
        ("metering", "0009_token_prices"),
        ("accounts", "0013_portal_links"),
    ]

    operations = [
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
            ],
            options={
                'verbose_name': 'rate change',
                'verbose_name_plural': 'rate changes',
            },
        ),
        migrations.CreateModel(
            name='RateNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('told_at', models.DateTimeField(verbose_name='told at')),
            ],
            options={
                'verbose_name': 'rate notice',
                'verbose_name_plural': 'rate notices',
            },
        ),
        migrations.RemoveConstraint(
            model_name='repricingoffer',
            name='repricing_offer_waived_with_the_answer',
        ),
        migrations.AddConstraint(
            model_name='repricingoffer',
            constraint=models.CheckConstraint(condition=models.Q(('waived_at', None), models.Q(('status__in', ('accepted', 'applied', 'lapsed', 'withdrawn')), ('waived_at', models.F('answered_at')), ('waived_at__gte', models.F('noticed_at'))), _connector='OR'), name='repricing_offer_waived_with_the_answer'),
        ),
        migrations.AddConstraint(
            model_name='pricereview',
            constraint=models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('done_at',), name='price_review_one_open', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='pricereview',
            constraint=models.UniqueConstraint(fields=('due_at',), name='price_review_once_due'),
        ),
        migrations.AddConstraint(
            model_name='pricereview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', ''), ('done_at', None), ('done_by', ''), ('looked_at__isnull', True)), models.Q(models.Q(('done_by', ''), _negated=True), models.Q(('decision', ''), _negated=True), ('done_at__isnull', False), ('looked_at__isnull', False)), _connector='OR'), name='price_review_fits_its_state'),
        ),
        migrations.AddField(
            model_name='ratechange',
            name='rate',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metering.actionrate'),
        ),
        migrations.AddField(
            model_name='ratenotice',
            name='change',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='billing.ratechange'),
        ),
        migrations.AddField(
            model_name='ratenotice',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddIndex(
            model_name='ratechange',
            index=models.Index(fields=['effective_at'], name='rate_change_by_date'),
        ),
        migrations.AddConstraint(
            model_name='ratechange',
            constraint=models.CheckConstraint(condition=models.Q(('credits_before__gte', 0), ('credits_before__lt', Decimal('1000000000000'))), name='rate_change_credits_before_range'),
        ),
        migrations.AddConstraint(
            model_name='ratechange',
            constraint=models.CheckConstraint(condition=models.Q(('credits__gte', 0), ('credits__lt', Decimal('1000000000000'))), name='rate_change_credits_range'),
        ),
        migrations.AddConstraint(
            model_name='ratechange',
            constraint=models.CheckConstraint(condition=models.Q(('credits', models.F('credits_before')), _negated=True), name='rate_change_changes_credits'),
        ),
        migrations.AddConstraint(
            model_name='ratechange',
            constraint=models.CheckConstraint(condition=models.Q(('notice_days__lte', 365)), name='rate_change_notice_range'),
        ),
        migrations.AddConstraint(
            model_name='ratechange',
            constraint=models.CheckConstraint(condition=models.Q(('effective_at__gte', models.F('scheduled_at')), ('tell_at__lte', models.F('effective_at'))), name='rate_change_told_of_before'),
        ),
        migrations.AddConstraint(
            model_name='ratechange',
            constraint=models.CheckConstraint(condition=models.Q(('credits__lt', models.F('credits_before')), ('customer_count', 0), models.Q(('tell_at__gte', models.F('scheduled_at')), ('tell_at__lt', models.F('effective_at'))), _connector='OR'), name='rate_change_keeps_its_notice'),
        ),
        migrations.AddConstraint(
            model_name='ratechange',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='rate_change_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='ratenotice',
            constraint=models.UniqueConstraint(fields=('change', 'organization'), name='rate_notice_once'),
        ),
        migrations.RunSQL(STAYS, NEVER_MIND),
    ]
