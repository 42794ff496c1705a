"""
What was promised to a customer who moved, and what was given back for each month.

What happened stays as it was written, rows that refer to each other belong to one organization,
and no month gives back more than it cost more.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import F, Q

import config.kernel.models

INTERVALS = [("month", "Monthly"), ("year", "Yearly")]

# The promise stays; only the month that runs moves on, until the guarantee ends for good.
PROMISE = """
CREATE FUNCTION billing_keep_guarantee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR (to_jsonb(NEW) - '{month_ends_at,interval,seats,ended_at,end_reason}'::text[])
           <> (to_jsonb(OLD) - '{month_ends_at,interval,seats,ended_at,end_reason}'::text[])
        OR NEW.month_ends_at < OLD.month_ends_at
    THEN
        RAISE EXCEPTION 'a guarantee keeps what was promised and ends once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guarantee_keeps_its_promise BEFORE UPDATE OR DELETE ON billing_guarantee
    FOR EACH ROW EXECUTE FUNCTION billing_keep_guarantee();
"""
UNPROMISED = """
DROP TRIGGER guarantee_keeps_its_promise ON billing_guarantee;
DROP FUNCTION billing_keep_guarantee();
"""

# Months follow one another, and none gives back more than its rule allows. The credit of a month
# is money that was given for it, neither more nor less.
CLAIM = """
CREATE FUNCTION billing_check_guarantee_claim() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    promise billing_guarantee;
    months bigint;
    last_end timestamptz;
    increases numeric;
    credited numeric;
BEGIN
    SELECT * INTO promise FROM billing_guarantee WHERE id = NEW.guarantee_id;
    SELECT count(*), max(ends_at), coalesce(sum(new_minor - old_minor), 0),
           coalesce(sum(credit_minor), 0)
    INTO months, last_end, increases, credited
    FROM billing_guaranteeclaim WHERE guarantee_id = NEW.guarantee_id;
    IF NEW.month <> months + 1 OR NEW.month > promise.months
        OR NEW.starts_at <> coalesce(last_end, promise.starts_at)
    THEN
        RAISE EXCEPTION 'the months of a guarantee follow one another'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.credit_minor > greatest(0, CASE promise.rule
        WHEN 'per_month' THEN NEW.new_minor - NEW.old_minor
        ELSE increases + NEW.new_minor - NEW.old_minor - credited END)
    THEN
        RAISE EXCEPTION 'a guarantee gives back no more than what it cost more'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.credit_minor > 0 AND NOT EXISTS (
        SELECT FROM billing_moneycredit credit
        WHERE credit.id = NEW.money_credit_id AND credit.cause = 'guarantee'
            AND (credit.amount_minor, credit.currency) = (NEW.credit_minor, promise.currency))
    THEN
        RAISE EXCEPTION 'the credit of a guarantee is the money that was given'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guarantee_claim_fits_its_guarantee BEFORE INSERT ON billing_guaranteeclaim
    FOR EACH ROW EXECUTE FUNCTION billing_check_guarantee_claim();
CREATE TRIGGER guarantee_claim_append_only BEFORE UPDATE OR DELETE ON billing_guaranteeclaim
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite();
"""
UNCLAIMED = """
DROP TRIGGER guarantee_claim_append_only ON billing_guaranteeclaim;
DROP TRIGGER guarantee_claim_fits_its_guarantee ON billing_guaranteeclaim;
DROP FUNCTION billing_check_guarantee_claim();
"""


def _tenant_key(table: str, name: str, target: str, column: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE billing_{table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY (organization_id, {column}) "
        f"REFERENCES billing_{target} (organization_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE billing_{table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_portal_links"),
        ("billing", "0021_repricing_offers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guarantee",
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
                ("old_interval", models.CharField(choices=INTERVALS, max_length=8)),
                ("old_seats", models.PositiveIntegerField()),
                ("new_seats", models.PositiveIntegerField()),
                ("currency", config.kernel.models.CurrencyField(verbose_name="currency")),
                ("months", models.PositiveSmallIntegerField(verbose_name="months")),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("per_month", "Every month by itself"),
                            ("cumulative", "All months together"),
                        ],
                        max_length=16,
                        verbose_name="rule",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts at")),
                ("month_ends_at", models.DateTimeField(verbose_name="month ends at")),
                ("interval", models.CharField(choices=INTERVALS, max_length=8)),
                ("seats", models.PositiveIntegerField()),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lasted", "Its months are over"),
                            ("moved_up", "Moved to a dearer plan"),
                            ("left", "The plan ended"),
                            ("replaced", "A newer guarantee took its place"),
                        ],
                        max_length=16,
                        verbose_name="why it ended",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.agreement",
                    ),
                ),
                (
                    "new_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.planversion",
                    ),
                ),
                (
                    "offer",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guarantee",
                        to="billing.repricingoffer",
                    ),
                ),
                (
                    "old_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.planversion",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["month_ends_at"],
                        condition=Q(ended_at=None),
                        name="guarantee_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "id"), name="guarantee_tenant_key"
                    ),
                    models.CheckConstraint(
                        condition=Q(months__gte=1, months__lte=24), name="guarantee_months_range"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            interval__in=["month", "year"],
                            old_interval__in=["month", "year"],
                            rule__in=["per_month", "cumulative"],
                        ),
                        name="guarantee_codes_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(new_seats__gte=1, old_seats__gte=1, seats__gte=1),
                        name="guarantee_has_seats",
                    ),
                    models.CheckConstraint(
                        condition=Q(month_ends_at__gt=F("starts_at")),
                        name="guarantee_month_has_length",
                    ),
                    models.CheckConstraint(
                        condition=Q(end_reason="", ended_at=None)
                        | Q(
                            end_reason__in=["lasted", "moved_up", "left", "replaced"],
                            ended_at__gte=F("starts_at"),
                        ),
                        name="guarantee_ends_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=Q(currency__regex="^[A-Z]{3}$"), name="guarantee_currency_code"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuaranteeClaim",
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
                ("month", models.PositiveSmallIntegerField(verbose_name="month")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("seats", models.PositiveIntegerField(verbose_name="seats")),
                ("old_minor", models.BigIntegerField(verbose_name="before")),
                ("new_minor", models.BigIntegerField(verbose_name="now")),
                ("credit_minor", models.BigIntegerField(verbose_name="given back")),
                ("calculated_at", models.DateTimeField()),
                (
                    "guarantee",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="billing.guarantee",
                    ),
                ),
                (
                    "money_credit",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.moneycredit",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("guarantee", "month"), name="guarantee_claim_once_per_month"
                    ),
                    models.CheckConstraint(
                        condition=Q(credit_minor__gte=0, new_minor__gte=0, old_minor__gte=0),
                        name="guarantee_claim_amounts_range",
                    ),
                    models.CheckConstraint(
                        condition=Q(credit_minor=0, money_credit=None)
                        | Q(credit_minor__gt=0, money_credit__isnull=False),
                        name="guarantee_claim_has_its_credit",
                    ),
                    models.CheckConstraint(
                        condition=Q(month__gte=1, seats__gte=1, starts_at__lt=F("ends_at")),
                        name="guarantee_claim_has_length",
                    ),
                ],
            },
        ),
        _tenant_key("guarantee", "guarantee_agreement_of_tenant", "agreement", "agreement_id"),
        _tenant_key("guarantee", "guarantee_offer_of_tenant", "repricingoffer", "offer_id"),
        _tenant_key(
            "guaranteeclaim", "guarantee_claim_guarantee_of_tenant", "guarantee", "guarantee_id"
        ),
        _tenant_key(
            "guaranteeclaim", "guarantee_claim_credit_of_tenant", "moneycredit", "money_credit_id"
        ),
        migrations.RunSQL(PROMISE, UNPROMISED),
        migrations.RunSQL(CLAIM, UNCLAIMED),
    ]
