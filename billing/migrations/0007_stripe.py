"""
Stripe: what is published, what is collected, what comes in; trials, ends and changes that wait.
"""

import config.kernel.models
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


def _tenant_key(table, name, target):
    """A row names only what belongs to its own organization."""
    return migrations.RunSQL(
        f"ALTER TABLE billing_{table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY (organization_id, {target}_id) "
        f"REFERENCES billing_{target} (organization_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE billing_{table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_credits_scope'),
        ('billing', '0006_settlement_of_its_organization'),
        ('metering', '0008_balances_are_totals'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('agreement', 'An agreement'), ('top_up', 'A top-up'), ('card', 'A payment method')], max_length=16, verbose_name='for')),
                ('status', models.CharField(choices=[('opening', 'Being opened'), ('open', 'Open'), ('completed', 'Completed'), ('expired', 'Expired')], default='opening', max_length=16, verbose_name='status')),
                ('interval', models.CharField(blank=True, choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8)),
                ('seats', models.PositiveIntegerField(null=True)),
                ('stripe_id', models.CharField(blank=True, max_length=255)),
                ('url', models.URLField(blank=True, max_length=2000)),
                ('expires_at', models.DateTimeField(null=True)),
                ('requested_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                ('stripe_id', models.CharField(max_length=255, unique=True)),
                ('number', models.CharField(blank=True, max_length=64, verbose_name='number')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('paid', 'Paid'), ('void', 'Void'), ('uncollectible', 'Uncollectible')], max_length=16, verbose_name='status')),
                ('billing_reason', models.CharField(blank=True, max_length=40, verbose_name='reason')),
                ('currency', config.kernel.models.CurrencyField(verbose_name='currency')),
                ('subtotal_minor', models.BigIntegerField(verbose_name='subtotal')),
                ('discount_minor', models.BigIntegerField(default=0, verbose_name='discount')),
                ('tax_minor', models.BigIntegerField(default=0, verbose_name='tax')),
                ('total_minor', models.BigIntegerField(verbose_name='total')),
                ('amount_due_minor', models.BigIntegerField(verbose_name='amount due')),
                ('amount_paid_minor', models.BigIntegerField(verbose_name='amount paid')),
                ('amount_remaining_minor', models.BigIntegerField(verbose_name='amount remaining')),
                ('issued_at', models.DateTimeField(verbose_name='date')),
                ('finalized_at', models.DateTimeField(null=True)),
                ('paid_at', models.DateTimeField(null=True, verbose_name='paid at')),
                ('attempt_count', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt at')),
                ('last_error', models.CharField(blank=True, max_length=500, verbose_name='why the last attempt failed')),
                ('hosted_url', models.URLField(blank=True, max_length=2000)),
                ('pdf_url', models.URLField(blank=True, max_length=2000)),
                ('synced_at', models.DateTimeField(verbose_name='as of')),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('stripe_id', models.CharField(max_length=255)),
                ('position', models.PositiveIntegerField()),
                ('description', models.CharField(blank=True, max_length=1000, verbose_name='description')),
                ('quantity', models.DecimalField(blank=True, decimal_places=12, max_digits=24, null=True, verbose_name='quantity')),
                ('unit_price', models.DecimalField(blank=True, decimal_places=12, max_digits=24, null=True, verbose_name='price of one')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('is_proration', models.BooleanField(default=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('status', models.CharField(choices=[('waiting', 'Not published yet'), ('published', 'Published'), ('failed', 'Failed, will be tried again'), ('drifted', 'Edited at Stripe')], default='waiting', max_length=16, verbose_name='at Stripe')),
                ('detail', models.TextField(blank=True, verbose_name='detail')),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ScheduledChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8, verbose_name='interval')),
                ('seats', models.PositiveIntegerField(verbose_name='seats')),
                ('effective_at', models.DateTimeField(verbose_name='takes effect at')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('applied', 'Took effect'), ('undone', 'Undone')], default='waiting', max_length=16, verbose_name='status')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SettlementCharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('method', models.CharField(choices=[('invoice_item', 'As finished lines on an invoice'), ('billing_meter', 'Reported to a Billing Meter')], max_length=16, verbose_name='way')),
                ('status', models.CharField(choices=[('planned', 'To be put on an invoice'), ('placed', 'On an invoice that is a draft, or waiting for one'), ('invoiced', 'On an invoice that is final')], default='planned', max_length=16, verbose_name='status')),
                ('item_id', models.CharField(blank=True, max_length=255)),
                ('stripe_invoice_id', models.CharField(blank=True, max_length=255)),
                ('planned_at', models.DateTimeField()),
                ('placed_at', models.DateTimeField(null=True)),
                ('invoiced_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StripeCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('stripe_id', models.CharField(max_length=255, unique=True)),
                ('test_clock_id', models.CharField(blank=True, db_index=True, max_length=255)),
                ('has_payment_method', models.BooleanField(default=False)),
                ('card_brand', models.CharField(blank=True, max_length=40)),
                ('card_last4', models.CharField(blank=True, max_length=4)),
                ('card_expires', models.CharField(blank=True, help_text='Such as 2030-04.', max_length=7)),
                ('synced_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StripeDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(max_length=64, verbose_name='kind')),
                ('subject', models.CharField(max_length=128, verbose_name='about')),
                ('ours', models.CharField(max_length=500, verbose_name='ours')),
                ('theirs', models.CharField(max_length=500, verbose_name="Stripe's")),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('seen_at', models.DateTimeField(verbose_name='last seen at')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='gone since')),
            ],
        ),
        migrations.CreateModel(
            name='StripeEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('stripe_id', models.CharField(max_length=255, unique=True)),
                ('url', models.URLField(max_length=2000)),
                ('api_version', models.CharField(max_length=40)),
                ('encrypted_secret', models.BinaryField()),
                ('is_active', models.BooleanField(default=True)),
                ('last_event_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StripeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('event_id', models.CharField(max_length=255, unique=True)),
                ('type', models.CharField(max_length=120, verbose_name='type')),
                ('object_id', models.CharField(blank=True, max_length=255, verbose_name='object')),
                ('customer_id', models.CharField(blank=True, max_length=255)),
                ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
                ('payload', models.JSONField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('handled', 'Handled'), ('ignored', 'Of no concern'), ('failed', 'Failed, will be tried again')], default='waiting', max_length=16, verbose_name='status')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('handled_at', models.DateTimeField(null=True, verbose_name='handled at')),
                ('mirrored_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StripeIntent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('public_id', models.CharField(editable=False, max_length=40, unique=True)),
                ('operation', models.CharField(max_length=64, verbose_name='operation')),
                ('subject', models.CharField(blank=True, max_length=128, verbose_name='about')),
                ('key', models.CharField(max_length=255, unique=True, verbose_name='idempotency key')),
                ('params', models.JSONField(verbose_name='parameters')),
                ('status', models.CharField(choices=[('open', 'Open: its outcome is not known'), ('done', 'Done'), ('refused', 'Refused by Stripe'), ('abandoned', 'Given up: it had no effect')], default='open', max_length=16, verbose_name='status')),
                ('object_id', models.CharField(blank=True, max_length=255, verbose_name='object at Stripe')),
                ('answer', models.JSONField(null=True)),
                ('error', models.JSONField(null=True, verbose_name='error')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
        ),
        migrations.CreateModel(
            name='StripeMeter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('stripe_id', models.CharField(max_length=255, unique=True)),
                ('event_name', models.CharField(max_length=100, unique=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StripePrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('currency', models.CharField(max_length=3)),
                ('interval', models.CharField(choices=[('month', 'Monthly'), ('year', 'Yearly')], max_length=8)),
                ('stripe_id', models.CharField(max_length=255, unique=True)),
                ('lookup_key', models.CharField(blank=True, max_length=200)),
                ('is_on_sale', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='StripeProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('stripe_id', models.CharField(max_length=255, unique=True)),
                ('name', models.CharField(max_length=250)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StripeSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('stripe_id', models.CharField(max_length=255, unique=True)),
                ('status', models.CharField(max_length=32, verbose_name='status')),
                ('schedule_id', models.CharField(blank=True, max_length=255)),
                ('latest_invoice_id', models.CharField(blank=True, max_length=255)),
                ('period_starts_at', models.DateTimeField(null=True)),
                ('period_ends_at', models.DateTimeField(null=True)),
                ('cancel_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('synced_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_period_after_anchor',
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_ends_after_anchor',
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_disjoint',
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_one_live_per_organization',
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_codes_known',
        ),
        migrations.AddField(
            model_name='agreement',
            name='cancel_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ends at'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='cancel_feedback',
            field=models.CharField(blank=True, choices=[('customer_service', 'Customer service'), ('low_quality', 'Quality'), ('missing_features', 'Missing features'), ('other', 'Another reason'), ('switched_service', 'Another service'), ('too_complex', 'Too complicated'), ('too_expensive', 'Too expensive'), ('unused', 'Not used enough')], max_length=24, verbose_name='why the customer leaves'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('requested', 'Canceled'), ('trial_without_card', 'The trial ends without a payment method')], max_length=24, verbose_name='reason of the end'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='started_at',
            field=models.DateTimeField(null=True, verbose_name='started at'),
        ),
        # Until now an agreement began with its first period.
        migrations.RunSQL(
            'UPDATE billing_agreement SET started_at = anchor_at', migrations.RunSQL.noop
        ),
        # What the update has queued is checked before the column changes.
        migrations.RunSQL('SET CONSTRAINTS ALL IMMEDIATE', migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='agreement',
            name='started_at',
            field=models.DateTimeField(verbose_name='started at'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='trial_ends_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='trial ends at'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='overage_collection',
            field=models.CharField(choices=[('invoice_item', 'As finished lines on an invoice'), ('billing_meter', 'Reported to a Billing Meter')], default='invoice_item', max_length=16, verbose_name='how overage reaches Stripe'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='trial_days',
            field=models.PositiveSmallIntegerField(default=0, help_text='0 means no trial.', verbose_name='trial days'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='trial_needs_card',
            field=models.BooleanField(default=True, help_text='If not, a trial without one simply ends.', verbose_name='the trial asks for a payment method'),
        ),
        migrations.AlterField(
            model_name='agreement',
            name='collection',
            field=models.CharField(choices=[('free', 'Nothing to collect'), ('not_connected', 'Billing not connected'), ('stripe', 'Stripe')], max_length=16, verbose_name='collection'),
        ),
        migrations.AlterField(
            model_name='agreement',
            name='status',
            field=models.CharField(choices=[('trialing', 'On trial'), ('active', 'Active'), ('past_due', 'Payment overdue'), ('canceled', 'Canceled')], default='active', max_length=16, verbose_name='status'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['cancel_at'], name='agreement_going_to_end'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('trialing', 'active', 'past_due'))), fields=('organization',), name='agreement_one_live_per_organization'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('started_at__lte', models.F('current_period_start'))), name='agreement_period_after_start'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('started_at__lte', models.F('anchor_at'))), name='agreement_anchor_after_start'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('trial_ends_at', None), models.Q(('trial_ends_at__gt', models.F('started_at')), ('trial_ends_at__lte', models.F('anchor_at'))), _connector='OR'), name='agreement_trial_comes_first'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'trialing'), _negated=True), ('trial_ends_at__isnull', False), _connector='OR'), name='agreement_trial_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_at', None), ('end_reason', '')), models.Q(('cancel_at__isnull', False), ('end_reason__in', ['requested', 'trial_without_card'])), _connector='OR'), name='agreement_end_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('cancel_feedback', ''), ('cancel_feedback__in', ['customer_service', 'low_quality', 'missing_features', 'other', 'switched_service', 'too_complex', 'too_expensive', 'unused']), _connector='OR'), name='agreement_feedback_known'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='agreement_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.Func(models.F('started_at'), models.F('ended_at'), django.contrib.postgres.fields.ranges.RangeBoundary(), function='TSTZRANGE'), '&&')], name='agreement_disjoint'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('collection__in', ['free', 'not_connected', 'stripe']), ('interval__in', ['month', 'year']), ('status__in', ['trialing', 'active', 'past_due', 'canceled'])), name='agreement_codes_known'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.CheckConstraint(condition=models.Q(('trial_days__lte', 730)), name='plan_version_trial_range'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.CheckConstraint(condition=models.Q(('overage_collection__in', ['invoice_item', 'billing_meter'])), name='plan_version_overage_collection_known'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='settlement_tenant_key'),
        ),
        migrations.AddField(
            model_name='checkout',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='checkout',
            name='plan_version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion'),
        ),
        migrations.AddField(
            model_name='checkout',
            name='top_up',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.topup'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='agreement',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='billing.invoice'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='organization',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='settlement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.settlement'),
        ),
        migrations.AddField(
            model_name='publication',
            name='plan_version',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion'),
        ),
        migrations.AddField(
            model_name='scheduledchange',
            name='agreement',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement'),
        ),
        migrations.AddField(
            model_name='scheduledchange',
            name='organization',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='scheduledchange',
            name='to_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion'),
        ),
        migrations.AddField(
            model_name='settlementcharge',
            name='organization',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='settlementcharge',
            name='settlement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='charge', to='billing.settlement'),
        ),
        migrations.AddField(
            model_name='stripecustomer',
            name='organization',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='stripedifference',
            name='organization',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddConstraint(
            model_name='stripeendpoint',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('is_active',), name='stripe_endpoint_one_active'),
        ),
        migrations.AddIndex(
            model_name='stripeevent',
            index=models.Index(condition=models.Q(('status__in', ['waiting', 'failed'])), fields=['next_attempt_at'], name='stripe_event_waiting'),
        ),
        migrations.AddIndex(
            model_name='stripeevent',
            index=models.Index(fields=['-received_at'], name='stripe_event_newest'),
        ),
        migrations.AddConstraint(
            model_name='stripeevent',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'handled', 'ignored', 'failed'])), name='stripe_event_status_known'),
        ),
        migrations.AddConstraint(
            model_name='stripeevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('handled_at', None), ('status__in', ['waiting', 'failed'])), models.Q(('handled_at__isnull', False), ('status__in', ['handled', 'ignored'])), _connector='OR'), name='stripe_event_handled_once'),
        ),
        migrations.AddField(
            model_name='stripeintent',
            name='organization',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='stripemeter',
            name='feature',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature'),
        ),
        migrations.AddField(
            model_name='stripeprice',
            name='feature',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature'),
        ),
        migrations.AddField(
            model_name='stripeprice',
            name='plan_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion'),
        ),
        migrations.AddField(
            model_name='stripeprice',
            name='price',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.price'),
        ),
        migrations.AddField(
            model_name='stripeproduct',
            name='plan',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan'),
        ),
        migrations.AddField(
            model_name='stripesubscription',
            name='agreement',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement'),
        ),
        migrations.AddField(
            model_name='stripesubscription',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddIndex(
            model_name='checkout',
            index=models.Index(fields=['organization', '-id'], name='checkout_newest'),
        ),
        migrations.AddConstraint(
            model_name='checkout',
            constraint=models.UniqueConstraint(condition=models.Q(('stripe_id', ''), _negated=True), fields=('stripe_id',), name='checkout_session_once'),
        ),
        migrations.AddConstraint(
            model_name='checkout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'agreement'), ('plan_version__isnull', False), ('seats__gte', 1), ('top_up', None), models.Q(('interval', ''), _negated=True)), models.Q(('kind', 'top_up'), ('plan_version', None), ('seats', None), ('top_up__isnull', False)), models.Q(('kind', 'card'), ('plan_version', None), ('seats', None), ('top_up', None)), _connector='OR'), name='checkout_fits_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='checkout',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['opening', 'open', 'completed', 'expired'])), name='checkout_status_known'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['organization', '-issued_at', '-id'], name='invoice_newest'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('status', 'draft')), fields=['status', 'issued_at'], name='invoice_drafts'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='invoice_tenant_key'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'open', 'paid', 'void', 'uncollectible'])), name='invoice_status_known'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='invoice_currency_code'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('invoice', 'stripe_id'), name='invoice_line_once_per_invoice'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'published', 'failed', 'drifted'])), name='publication_status_known'),
        ),
        migrations.AddIndex(
            model_name='scheduledchange',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['effective_at'], name='scheduled_change_due'),
        ),
        migrations.AddConstraint(
            model_name='scheduledchange',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('organization', 'agreement'), name='scheduled_change_one_waiting'),
        ),
        migrations.AddConstraint(
            model_name='scheduledchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'waiting')), models.Q(models.Q(('status', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='scheduled_change_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='scheduledchange',
            constraint=models.CheckConstraint(condition=models.Q(('seats__gte', 1), ('interval__in', ['month', 'year']), ('status__in', ['waiting', 'applied', 'undone'])), name='scheduled_change_codes_known'),
        ),
        migrations.AddIndex(
            model_name='settlementcharge',
            index=models.Index(condition=models.Q(('status', 'invoiced'), _negated=True), fields=['organization'], name='settlement_charge_to_collect'),
        ),
        migrations.AddConstraint(
            model_name='settlementcharge',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['invoice_item', 'billing_meter']), ('status__in', ['planned', 'placed', 'invoiced'])), name='settlement_charge_codes_known'),
        ),
        migrations.AddConstraint(
            model_name='settlementcharge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('invoiced_at', None), ('placed_at', None), ('status', 'planned')), models.Q(models.Q(('item_id', ''), _negated=True), ('invoiced_at', None), ('placed_at__isnull', False), ('status', 'placed')), models.Q(models.Q(('item_id', ''), ('stripe_invoice_id', ''), _negated=True), ('invoiced_at__isnull', False), ('placed_at__isnull', False), ('status', 'invoiced')), _connector='OR'), name='settlement_charge_fits_its_status'),
        ),
        migrations.AddConstraint(
            model_name='settlementcharge',
            constraint=models.UniqueConstraint(condition=models.Q(('item_id', ''), _negated=True), fields=('item_id',), name='settlement_charge_item_once'),
        ),
        migrations.AddConstraint(
            model_name='stripedifference',
            constraint=models.UniqueConstraint(condition=models.Q(('resolved_at', None)), fields=('kind', 'subject'), name='stripe_difference_open_once'),
        ),
        migrations.AddIndex(
            model_name='stripeintent',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['next_attempt_at'], name='stripe_intent_open'),
        ),
        migrations.AddIndex(
            model_name='stripeintent',
            index=models.Index(fields=['subject', 'operation'], name='stripe_intent_subject'),
        ),
        migrations.AddConstraint(
            model_name='stripeintent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='stripe_intent_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='stripeintent',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'done', 'refused', 'abandoned'])), name='stripe_intent_status_known'),
        ),
        migrations.AddConstraint(
            model_name='stripeprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('feature', None), ('price__isnull', False)), models.Q(('feature__isnull', False), ('price', None)), _connector='OR'), name='stripe_price_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='stripeprice',
            constraint=models.UniqueConstraint(condition=models.Q(('feature__isnull', False)), fields=('plan_version', 'feature', 'currency', 'interval'), name='stripe_price_of_feature_once'),
        ),
    ] + [
        _tenant_key(table, name, target)
        for table, name, target in (
            ("scheduledchange", "scheduled_change_of_tenant", "agreement"),
            ("stripesubscription", "stripe_subscription_of_tenant", "agreement"),
            ("invoice", "invoice_of_tenant", "agreement"),
            ("invoiceline", "invoice_line_of_tenant", "invoice"),
            ("settlementcharge", "settlement_charge_of_tenant", "settlement"),
        )
    ]
