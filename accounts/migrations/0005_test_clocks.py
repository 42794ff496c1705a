"""Organizations that are rehearsed live by a test clock."""

import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_credits_scope'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='clock_ahead',
            field=models.DurationField(default=datetime.timedelta(0), editable=False, help_text='How far its test clock is ahead; nothing outside of rehearsals.'),
        ),
        migrations.AddIndex(
            model_name='organization',
            index=models.Index(condition=models.Q(('clock_ahead__gt', datetime.timedelta(0))), fields=['id'], name='organization_rehearsed'),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('clock_ahead__gte', datetime.timedelta(0))), name='organization_clock_not_behind'),
        ),
    ]
