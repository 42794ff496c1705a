"""When a group became legacy, and plans that are offered to one customer."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

OFFER_ENDS_ONCE = """
CREATE FUNCTION billing_refuse_private_offer_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open'
        OR (to_jsonb(NEW) - '{status,ended_at,agreement_id}'::text[])
           <> (to_jsonb(OLD) - '{status,ended_at,agreement_id}'::text[])
    THEN
        RAISE EXCEPTION 'a private offer ends once and does not change otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER private_offer_ends_once BEFORE UPDATE OR DELETE ON billing_privateoffer
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_private_offer_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_portal_links"),
        ("billing", "0016_data_exports"),
    ]

    operations = [
        migrations.CreateModel(
            name="PrivateOffer",
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
                ("public_id", models.CharField(editable=False, max_length=40, unique=True)),
                (
                    "interval",
                    models.CharField(
                        blank=True,
                        choices=[("month", "Monthly"), ("year", "Yearly")],
                        max_length=8,
                        verbose_name="interval",
                    ),
                ),
                ("seats", models.PositiveIntegerField(blank=True, null=True, verbose_name="seats")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("offered_at", models.DateTimeField(verbose_name="offered at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
            ],
        ),
        migrations.AddField(
            model_name="plangroup",
            name="for_new_customers_only",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Customers with a plan of another group do not see these plans.",
                verbose_name="for new customers only",
            ),
        ),
        migrations.AddField(
            model_name="plangroup",
            name="grandfathered_until",
            field=models.DateField(
                blank=True,
                help_text=(
                    "Until when customers are told that their plan goes on: 12 to 18 months after "
                    "the group became legacy. Empty means no date. Nobody is moved when it comes."
                ),
                null=True,
                verbose_name="grandfathered until",
            ),
        ),
        migrations.AddField(
            model_name="plangroup",
            name="legacy_since",
            field=models.DateField(editable=False, null=True, verbose_name="legacy since"),
        ),
        migrations.RunSQL(
            "UPDATE billing_plangroup SET legacy_since = (created_at AT TIME ZONE 'UTC')::date"
            " WHERE visibility = 'legacy'",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="plangroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("legacy_since__isnull", False), ("visibility", "legacy")),
                    models.Q(
                        models.Q(("visibility", "legacy"), _negated=True),
                        ("grandfathered_until", None),
                        ("legacy_since", None),
                    ),
                    _connector="OR",
                ),
                name="plan_group_legacy_since_then",
            ),
        ),
        migrations.AddConstraint(
            model_name="plangroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grandfathered_until", None),
                    (
                        "grandfathered_until__gte",
                        models.ExpressionWrapper(
                            django.db.models.expressions.CombinedExpression(
                                models.F("legacy_since"),
                                "+",
                                models.Value(datetime.timedelta(days=365)),
                            ),
                            output_field=models.DateField(),
                        ),
                    ),
                    _connector="OR",
                ),
                name="plan_group_grandfathers_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="plangroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("for_new_customers_only", False), ("visibility", "current"), _connector="OR"
                ),
                name="plan_group_for_new_is_current",
            ),
        ),
        migrations.AddField(
            model_name="privateoffer",
            name="agreement",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.agreement",
            ),
        ),
        migrations.AddField(
            model_name="privateoffer",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="privateoffer",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.plan"
            ),
        ),
        migrations.AddIndex(
            model_name="privateoffer",
            index=models.Index(
                condition=models.Q(("status", "open")),
                fields=["plan", "expires_at"],
                name="private_offer_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="privateoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")),
                fields=("organization", "plan"),
                name="private_offer_one_open_per_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="privateoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("offered_at"))),
                name="private_offer_lasts_a_while",
            ),
        ),
        migrations.AddConstraint(
            model_name="privateoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreement", None), ("ended_at", None), ("status", "open")),
                    models.Q(
                        ("agreement__isnull", False),
                        ("ended_at__isnull", False),
                        ("status", "accepted"),
                    ),
                    models.Q(
                        ("agreement", None),
                        ("ended_at__isnull", False),
                        ("status__in", ("withdrawn", "lapsed")),
                    ),
                    _connector="OR",
                ),
                name="private_offer_fits_its_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="privateoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("interval", ""), ("interval__in", ["month", "year"]), _connector="OR"
                ),
                name="private_offer_interval_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="privateoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("seats", None), ("seats__gte", 1), _connector="OR"),
                name="private_offer_has_a_seat",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE billing_privateoffer ADD CONSTRAINT private_offer_agreement_of_tenant "
            "FOREIGN KEY (organization_id, agreement_id) "
            "REFERENCES billing_agreement (organization_id, id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE billing_privateoffer DROP CONSTRAINT private_offer_agreement_of_tenant",
        ),
        migrations.RunSQL(
            OFFER_ENDS_ONCE,
            "DROP TRIGGER private_offer_ends_once ON billing_privateoffer;"
            "DROP FUNCTION billing_refuse_private_offer_rewrite();",
        ),
    ]
