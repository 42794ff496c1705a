"""What is at Stripe, and what was asked of it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from billing.migrations.end_state.keys import of_tenant

TENANT_KEYS = (
    ("billing_stripesubscription", "stripe_subscription_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
    ("billing_checkout", "checkout_of_tenant",
     "(organization_id, top_up_id)", "billing_topup (organization_id, id) DEFERRABLE INITIALLY DEFERRED"),
)

TABLES = [
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
            ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
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
            ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
        ],
        options={
            'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at', None)), fields=('kind', 'subject'), name='stripe_difference_open_once')],
        },
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
        options={
            'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('is_active',), name='stripe_endpoint_one_active')],
        },
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
        options={
            'indexes': [models.Index(condition=models.Q(('status__in', ['waiting', 'failed'])), fields=['next_attempt_at'], name='stripe_event_waiting'), models.Index(fields=['-received_at'], name='stripe_event_newest')],
            'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'handled', 'ignored', 'failed'])), name='stripe_event_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('handled_at', None), ('status__in', ['waiting', 'failed'])), models.Q(('handled_at__isnull', False), ('status__in', ['handled', 'ignored'])), _connector='OR'), name='stripe_event_handled_once')],
        },
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
            ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('refusals_set_aside', models.PositiveIntegerField(db_default=0, default=0, verbose_name='refusals set aside')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['next_attempt_at'], name='stripe_intent_open'), models.Index(fields=['subject', 'operation'], name='stripe_intent_subject')],
            'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='stripe_intent_ends_once'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'done', 'refused', 'abandoned'])), name='stripe_intent_status_known')],
        },
    ),
    migrations.CreateModel(
        name='StripeMeter',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('stripe_id', models.CharField(max_length=255, unique=True)),
            ('event_name', models.CharField(max_length=100, unique=True)),
            ('feature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
        ],
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
            ('feature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.feature')),
            ('plan_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('price', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.price')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('feature', None), ('price__isnull', False)), models.Q(('feature__isnull', False), ('price', None)), _connector='OR'), name='stripe_price_of_one_thing'), models.UniqueConstraint(condition=models.Q(('feature__isnull', False)), fields=('plan_version', 'feature', 'currency', 'interval'), name='stripe_price_of_feature_once')],
        },
    ),
    migrations.CreateModel(
        name='StripeProduct',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ('stripe_id', models.CharField(max_length=255, unique=True)),
            ('name', models.CharField(max_length=250)),
            ('plan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
            ('description', models.CharField(blank=True, db_default='', max_length=250)),
            ('is_active', models.BooleanField(db_default=True)),
        ],
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
            ('agreement', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.agreement')),
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('revision', models.PositiveIntegerField(db_default=0, default=0)),
        ],
    ),
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
            ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ('plan_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ('top_up', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.topup')),
        ],
        options={
            'indexes': [models.Index(fields=['organization', '-id'], name='checkout_newest')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('stripe_id', ''), _negated=True), fields=('stripe_id',), name='checkout_session_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'agreement'), ('plan_version__isnull', False), ('seats__gte', 1), ('top_up', None), models.Q(('interval', ''), _negated=True)), models.Q(('kind', 'top_up'), ('plan_version', None), ('seats', None), ('top_up__isnull', False)), models.Q(('kind', 'card'), ('plan_version', None), ('seats', None), ('top_up', None)), _connector='OR'), name='checkout_fits_its_kind'), models.CheckConstraint(condition=models.Q(('status__in', ['opening', 'open', 'completed', 'expired'])), name='checkout_status_known')],
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
            ('plan_version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'published', 'failed', 'drifted'])), name='publication_status_known')],
        },
    ),
]

GUARDS = [
    *[of_tenant(*key) for key in TENANT_KEYS],
]
