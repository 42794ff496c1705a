from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import config.kernel.models

# What a week came to stays as it was taken down.
APPEND_ONLY = """
CREATE TRIGGER action_cost_week_append_only BEFORE UPDATE OR DELETE ON billing_actioncostweek
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
"""

DROP_APPEND_ONLY = "DROP TRIGGER action_cost_week_append_only ON billing_actioncostweek;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_analytics_scope"),
        ("billing", "0023_priced_outcomes"),
        ("metering", "0008_balances_are_totals"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerCost",
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
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: every organization with an agreement, while it has one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "basis",
                    models.CharField(
                        choices=[("organization", "each organization"), ("seat", "each seat")],
                        default="organization",
                        max_length=16,
                        verbose_name="for",
                    ),
                ),
                (
                    "monthly_cost",
                    config.kernel.models.UnitPriceField(
                        help_text="In the reporting currency, such as 100 or 2.50.",
                        verbose_name="cost a month",
                    ),
                ),
                ("first_date", models.DateField(verbose_name="from")),
                (
                    "last_date",
                    models.DateField(
                        blank=True,
                        help_text="The last day. Empty: until further notice.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
            ],
            options={
                "verbose_name": "cost of serving",
                "verbose_name_plural": "costs of serving",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_date", None),
                            ("last_date__gte", models.F("first_date")),
                            _connector="OR",
                        ),
                        name="customer_cost_ends_after_its_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="customer_cost_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["organization", "seat"])),
                        name="customer_cost_basis_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("monthly_cost__gte", 0), ("monthly_cost__lt", Decimal("1000000000"))
                        ),
                        name="customer_cost_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionCostWeek",
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
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="metering.action",
                    ),
                ),
                ("week_date", models.DateField(help_text="A Monday.", verbose_name="week from")),
                ("event_count", models.BigIntegerField(verbose_name="events")),
                ("quantity", config.kernel.models.TotalField(verbose_name="quantity")),
                (
                    "total_cost",
                    models.DecimalField(decimal_places=12, max_digits=38, verbose_name="cost"),
                ),
                ("mean_cost", config.kernel.models.UnitPriceField(verbose_name="mean cost of one")),
                ("p95_cost", config.kernel.models.UnitPriceField(verbose_name="95th percentile")),
                ("card_cost", config.kernel.models.UnitPriceField(verbose_name="on the rate card")),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("action", "week_date"), name="action_cost_week_taken_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("week_date__iso_week_day", 1)),
                        name="action_cost_week_begins_on_a_monday",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("event_count__gte", 1)),
                        name="action_cost_week_has_events",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total_cost__gte", 0), ("total_cost__lt", 100000000000000000000000000)
                        ),
                        name="action_cost_week_total_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__gte", 0),
                            ("quantity__lt", Decimal("1000000000000000000000000")),
                        ),
                        name="action_cost_week_quantity_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mean_cost__gte", 0), ("mean_cost__lt", Decimal("1000000000"))
                        ),
                        name="action_cost_week_mean_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("p95_cost__gte", 0), ("p95_cost__lt", Decimal("1000000000"))
                        ),
                        name="action_cost_week_p95_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("card_cost__gte", 0), ("card_cost__lt", Decimal("1000000000"))
                        ),
                        name="action_cost_week_card_range",
                    ),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
    ]
