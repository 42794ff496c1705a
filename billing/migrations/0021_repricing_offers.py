"""What customers are offered, the notices that prove it, and what the database holds to."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import config.kernel.models

# What was prepared stays what it is, and an end is an end. A date that customers were told only
# moves later, unless they ask for less notice in so many words.
KEEPS = """
CREATE FUNCTION billing_keep_repricing_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.noticed_at IS NOT NULL THEN
            RAISE EXCEPTION 'an offer that somebody was told of stays'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.organization_id, OLD.campaign_id, OLD.agreement_id, OLD.from_version_id,
        OLD.to_version_id, OLD.interval, OLD.seats, OLD.verdict, OLD.currency,
        OLD.current_average_minor, OLD.new_average_minor, OLD.figures, OLD.notice_days,
        OLD.prepared_at)
        IS DISTINCT FROM
       (NEW.organization_id, NEW.campaign_id, NEW.agreement_id, NEW.from_version_id,
        NEW.to_version_id, NEW.interval, NEW.seats, NEW.verdict, NEW.currency,
        NEW.current_average_minor, NEW.new_average_minor, NEW.figures, NEW.notice_days,
        NEW.prepared_at)
        OR (OLD.noticed_at IS NOT NULL AND NEW.noticed_at IS DISTINCT FROM OLD.noticed_at)
    THEN
        RAISE EXCEPTION 'what was offered stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.effective_at IS NOT NULL AND (NEW.effective_at IS NULL
        OR (NEW.effective_at < OLD.effective_at
            AND NOT (OLD.waived_at IS NULL AND NEW.waived_at IS NOT NULL)))
    THEN
        RAISE EXCEPTION 'the date of an offer only moves later'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> NEW.status AND (
        OLD.status IN ('applied', 'lapsed', 'withdrawn')
        OR NEW.status = 'prepared'
        OR (OLD.status = 'declined' AND NEW.status = 'open')
        OR (OLD.status = 'prepared' AND NEW.status NOT IN ('open', 'lapsed', 'withdrawn')))
    THEN
        RAISE EXCEPTION 'an offer does not become % after %', NEW.status, OLD.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER repricing_offer_stays_as_told BEFORE UPDATE OR DELETE ON billing_repricingoffer
    FOR EACH ROW EXECUTE FUNCTION billing_keep_repricing_offer();
"""
KEEPS_NO_MORE = """
DROP TRIGGER repricing_offer_stays_as_told ON billing_repricingoffer;
DROP FUNCTION billing_keep_repricing_offer();
"""

# Never within a contract: only where a period of the agreement ends. A change that is to make the
# move is one of the same agreement, to what was offered, and no earlier.
AT_A_RENEWAL = """
CREATE FUNCTION billing_check_repricing_offer_date() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    anchor timestamp;
    step integer;
    months integer;
    wanted timestamp := NEW.effective_at AT TIME ZONE 'UTC';
BEGIN
    IF NEW.effective_at IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.effective_at IS DISTINCT FROM OLD.effective_at)
    THEN
        SELECT anchor_at AT TIME ZONE 'UTC', CASE interval WHEN 'year' THEN 12 ELSE 1 END
        INTO anchor, step
        FROM billing_agreement WHERE id = NEW.agreement_id;
        months := (date_part('year', wanted) - date_part('year', anchor)) * 12
            + date_part('month', wanted) - date_part('month', anchor);
        IF months IS NULL OR months < 0 OR months % step <> 0
            OR anchor + make_interval(months => months) <> wanted
        THEN
            RAISE EXCEPTION 'an offer takes effect when a period ends'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.scheduled_change_id IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.scheduled_change_id IS DISTINCT FROM OLD.scheduled_change_id)
        AND NOT EXISTS (
            SELECT FROM billing_scheduledchange
            WHERE id = NEW.scheduled_change_id AND agreement_id = NEW.agreement_id
              AND to_version_id = NEW.to_version_id AND effective_at >= NEW.effective_at
        )
    THEN
        RAISE EXCEPTION 'the change is not the one that was offered, or comes too early'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER repricing_offer_at_a_renewal BEFORE INSERT OR UPDATE ON billing_repricingoffer
    FOR EACH ROW EXECUTE FUNCTION billing_check_repricing_offer_date();
"""
ANY_TIME = """
DROP TRIGGER repricing_offer_at_a_renewal ON billing_repricingoffer;
DROP FUNCTION billing_check_repricing_offer_date();
"""

# A proof is a proof: of a notice that was sent there may only come more mails.
PROVES = """
CREATE FUNCTION billing_keep_repricing_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (
        OLD.organization_id, OLD.offer_id, OLD.days_before, OLD.due_at, OLD.queued_at,
        OLD.sent_at, OLD.message_sha256
    ) IS DISTINCT FROM (
        NEW.organization_id, NEW.offer_id, NEW.days_before, NEW.due_at, NEW.queued_at,
        NEW.sent_at, NEW.message_sha256
    ) OR EXISTS (
        SELECT FROM jsonb_array_elements(OLD.sent_to) WITH ORDINALITY AS told (mail, place)
        WHERE told.mail IS DISTINCT FROM NEW.sent_to -> (told.place - 1)::integer
    ) THEN
        RAISE EXCEPTION 'a notice that was sent stays as it is'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER repricing_notice_stays_as_sent BEFORE UPDATE OR DELETE ON billing_repricingnotice
    FOR EACH ROW EXECUTE FUNCTION billing_keep_repricing_notice();
"""
PROVES_NOTHING = """
DROP TRIGGER repricing_notice_stays_as_sent ON billing_repricingnotice;
DROP FUNCTION billing_keep_repricing_notice();
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
        ("billing", "0020_repricing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            "scheduledchange",
            models.UniqueConstraint(
                fields=("organization", "id"), name="scheduled_change_tenant_key"
            ),
        ),
        migrations.CreateModel(
            name="RepricingOffer",
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
                    "from_interval",
                    models.CharField(
                        choices=[("month", "Monthly"), ("year", "Yearly")], max_length=8
                    ),
                ),
                ("from_seats", models.PositiveIntegerField()),
                (
                    "interval",
                    models.CharField(
                        choices=[("month", "Monthly"), ("year", "Yearly")],
                        max_length=8,
                        verbose_name="interval",
                    ),
                ),
                ("seats", models.PositiveIntegerField(verbose_name="seats")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("saves", "Saves money"),
                            ("same", "Costs the same"),
                            ("pays_more", "Pays more"),
                            ("no_plan", "No plan fits"),
                        ],
                        max_length=16,
                        verbose_name="verdict",
                    ),
                ),
                ("currency", config.kernel.models.CurrencyField(verbose_name="currency")),
                ("current_average_minor", models.BigIntegerField(verbose_name="pays now, average")),
                ("new_average_minor", models.BigIntegerField(verbose_name="would pay, average")),
                ("figures", models.JSONField(default=dict)),
                ("notice_days", models.PositiveSmallIntegerField(verbose_name="days of notice")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared, nobody was told"),
                            ("open", "Open"),
                            ("accepted", "Accepted, waits for its date"),
                            ("declined", "Declined"),
                            ("applied", "Moved"),
                            ("lapsed", "Lapsed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="prepared",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("prepared_at", models.DateTimeField(verbose_name="prepared at")),
                ("noticed_at", models.DateTimeField(null=True, verbose_name="notice sent at")),
                ("effective_at", models.DateTimeField(null=True, verbose_name="takes effect at")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="page first opened at")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("waived_at", models.DateTimeField(null=True, verbose_name="notice waived at")),
                (
                    "obstacle",
                    models.CharField(blank=True, max_length=200, verbose_name="in the way"),
                ),
                ("tried_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="billing.repricingcampaign",
                    ),
                ),
                (
                    "from_version",
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
                (
                    "scheduled_change",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.scheduledchange",
                    ),
                ),
                (
                    "to_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.planversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RepricingNotice",
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
                ("days_before", models.PositiveSmallIntegerField(verbose_name="days before")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("queued_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                ("sent_to", models.JSONField(default=list, verbose_name="sent to")),
                ("message_sha256", models.BinaryField(max_length=32, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="billing.repricingoffer",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.UniqueConstraint(
                fields=("organization", "campaign"), name="repricing_offer_once_per_campaign"
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("prepared", "open", "accepted"))),
                fields=("organization",),
                name="repricing_offer_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="repricing_offer_tenant_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_days__gte", 90)), name="repricing_offer_notice_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_at", None),
                    models.Q(
                        ("effective_at__gt", models.F("waived_at")), ("waived_at__isnull", False)
                    ),
                    models.Q(
                        (
                            "effective_at__gte",
                            models.ExpressionWrapper(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("noticed_at"),
                                    "+",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("notice_days"),
                                        "*",
                                        models.Value(datetime.timedelta(days=1)),
                                    ),
                                ),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                        ("noticed_at__isnull", False),
                        ("waived_at", None),
                    ),
                    _connector="OR",
                ),
                name="repricing_offer_after_its_notice",
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("waived_at", None),
                    models.Q(
                        ("status__in", ("accepted", "applied", "lapsed", "withdrawn")),
                        ("waived_at", models.F("answered_at")),
                        ("waived_at__gte", models.F("noticed_at")),
                    ),
                    _connector="OR",
                ),
                name="repricing_offer_waived_with_the_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_at", None),
                        ("ended_at", None),
                        ("noticed_at", None),
                        ("status", "prepared"),
                    ),
                    models.Q(
                        ("answered_at", None),
                        ("effective_at__isnull", False),
                        ("ended_at", None),
                        ("noticed_at__isnull", False),
                        ("status", "open"),
                    ),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("effective_at__isnull", False),
                        ("ended_at", None),
                        ("noticed_at__isnull", False),
                        ("status", "accepted"),
                    ),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("ended_at__isnull", False),
                        ("noticed_at__isnull", False),
                        ("status", "declined"),
                    ),
                    models.Q(
                        ("effective_at__isnull", False),
                        ("ended_at__gte", models.F("effective_at")),
                        ("noticed_at__isnull", False),
                        ("status", "applied"),
                    ),
                    models.Q(("ended_at__isnull", False), ("status__in", ("lapsed", "withdrawn"))),
                    _connector="OR",
                ),
                name="repricing_offer_fits_its_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_interval__in", ["month", "year"]),
                    ("interval__in", ["month", "year"]),
                    (
                        "status__in",
                        [
                            "prepared",
                            "open",
                            "accepted",
                            "declined",
                            "applied",
                            "lapsed",
                            "withdrawn",
                        ],
                    ),
                    ("verdict__in", ["saves", "same", "pays_more", "no_plan"]),
                ),
                name="repricing_offer_codes_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                name="repricing_offer_currency_code",
            ),
        ),
        migrations.AddIndex(
            model_name="repricingnotice",
            index=models.Index(
                condition=models.Q(("queued_at", None)),
                fields=["due_at"],
                name="repricing_notice_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingnotice",
            constraint=models.UniqueConstraint(
                fields=("offer", "days_before"), name="repricing_notice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="repricingnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("message_sha256", None), ("sent_at", None), ("sent_to", [])),
                    models.Q(
                        ("message_sha256__isnull", False),
                        ("sent_at__gte", models.F("queued_at")),
                        models.Q(("sent_to", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="repricing_notice_sent_with_proof",
            ),
        ),
        _tenant_key(
            "repricingoffer", "repricing_offer_agreement_of_tenant", "agreement", "agreement_id"
        ),
        _tenant_key(
            "repricingoffer",
            "repricing_offer_change_of_tenant",
            "scheduledchange",
            "scheduled_change_id",
        ),
        _tenant_key("repricingnotice", "repricing_notice_of_tenant", "repricingoffer", "offer_id"),
        migrations.RunSQL(KEEPS, KEEPS_NO_MORE),
        migrations.RunSQL(AT_A_RENEWAL, ANY_TIME),
        migrations.RunSQL(PROVES, PROVES_NOTHING),
    ]
