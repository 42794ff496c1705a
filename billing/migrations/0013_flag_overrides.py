"""
Flags whose value an organization or a person has apart from its plan, and a mark that changes
with the catalog.
"""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q

# The value of an override is of its flag's type, and a metered feature has none.
FITS = """
CREATE FUNCTION billing_check_flag_override() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted text;
BEGIN
    SELECT value_type INTO wanted FROM billing_feature
    WHERE id = NEW.feature_id AND kind = 'unmetered'
    FOR SHARE;
    IF wanted IS NULL OR jsonb_typeof(NEW.value) = 'null'
        OR (wanted <> 'json' AND jsonb_typeof(NEW.value) <> wanted)
    THEN
        RAISE EXCEPTION 'the value of a flag is of its type' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER flag_override_fits_its_flag BEFORE INSERT OR UPDATE ON billing_flagoverride
    FOR EACH ROW EXECUTE FUNCTION billing_check_flag_override();
"""
NEVER_MIND = """
DROP TRIGGER flag_override_fits_its_flag ON billing_flagoverride;
DROP FUNCTION billing_check_flag_override();
"""

# Of a plan version only its publication tells: what it says does not change any more then.
TOLD_BY = {
    "billing_feature": "INSERT OR UPDATE OR DELETE",
    "billing_plan": "INSERT OR UPDATE OR DELETE",
    "billing_plangroup": "INSERT OR UPDATE OR DELETE",
    "billing_planversion": "INSERT OR UPDATE OF published_at OR DELETE",
}

REVISE = """
CREATE FUNCTION billing_revise_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_catalogrevision (is_only, value) VALUES (TRUE, gen_random_uuid())
    ON CONFLICT (is_only) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END $$;
INSERT INTO billing_catalogrevision (is_only, value) VALUES (TRUE, gen_random_uuid());
""" + "".join(
    f"CREATE TRIGGER {table}_revises_catalog AFTER {writes} ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION billing_revise_catalog();\n"
    for table, writes in TOLD_BY.items()
)
REVISE_NO_MORE = (
    "".join(f"DROP TRIGGER {table}_revises_catalog ON {table};\n" for table in TOLD_BY)
    + "DROP FUNCTION billing_revise_catalog();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0012_refusals_set_aside"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogRevision",
            fields=[
                (
                    "is_only",
                    models.BooleanField(
                        default=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value", models.UUIDField(default=uuid.uuid4, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(is_only=True), name="catalog_revision_is_only_one"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FlagOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "member",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "Your app's own name for a person. "
                            "Empty: everybody in the organization."
                        ),
                        max_length=128,
                        verbose_name="member",
                    ),
                ),
                ("value", models.JSONField(verbose_name="value")),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.feature",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "member", "feature"),
                        name="flag_override_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            member__regex=(
                                "^([^[:cntrl:][:space:]]"
                                "([^[:cntrl:]]*[^[:cntrl:][:space:]])?)?$"
                            )
                        ),
                        name="flag_override_member_format",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FITS, NEVER_MIND),
        migrations.RunSQL(REVISE, REVISE_NO_MORE),
    ]
