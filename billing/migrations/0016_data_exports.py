from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_languages_and_contacts"), ("billing", "0015_pricing_tables")]

    operations = []
