import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_properties'),
    ]

    operations = [
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
    ]
