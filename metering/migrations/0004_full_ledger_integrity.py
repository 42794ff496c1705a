"""
What Django's model layer cannot say about holds, reversals and closed periods.

Composite foreign keys carry the organization and the meter with each reference. Triggers keep
what is written as it is: a hold ends once, a closed period stays as it was closed, and a reversal
is the mirror image of what it reverses.
"""

from django.db import migrations

PERIOD = "metering_usageperiod (organization_id, meter_id, id)"
EVENT = "metering_usageevent (organization_id, event_id)"
HOLD = "metering_hold (organization_id, meter_id, id)"

TENANT_KEYS = (
    ("metering_usageevent", "usage_event_hold_of_tenant",
     "(organization_id, meter_id, hold_id)", HOLD),
    ("metering_ledgertransfer", "ledger_transfer_hold_of_tenant",
     "(organization_id, meter_id, hold_id)", HOLD),
    ("metering_ledgertransfer", "ledger_transfer_reverses_of_tenant",
     "(organization_id, reverses_id)", "metering_ledgertransfer (organization_id, id)"),
    ("metering_creditgrant", "credit_grant_parent_of_tenant",
     "(organization_id, meter_id, parent_id)", "metering_creditgrant (organization_id, meter_id, id)"),
    ("metering_grantend", "grant_end_grant_of_tenant",
     "(organization_id, meter_id, grant_id)", "metering_creditgrant (organization_id, meter_id, id)"),
    ("metering_hold", "hold_organization", "(organization_id)", "accounts_organization (id)"),
    ("metering_hold", "hold_meter", "(meter_id)", "metering_meter (id)"),
    ("metering_hold", "hold_event_of_tenant", "(organization_id, event_key)", EVENT),
    ("metering_usagereversal", "usage_reversal_event_of_tenant", "(organization_id, event_key)", EVENT),
    # The event that sets a total anew is booked after those it replaces were taken back.
    ("metering_usagereversal", "usage_reversal_replacement_of_tenant",
     "(organization_id, replaced_by)", EVENT + " DEFERRABLE INITIALLY DEFERRED"),
    ("metering_usagereversal", "usage_reversal_period_of_tenant",
     "(organization_id, meter_id, period_id)", PERIOD),
    ("metering_seenvalue", "seen_value_period_of_tenant",
     "(organization_id, meter_id, period_id)", PERIOD),
    ("metering_hourlyusage", "hourly_usage_period_of_tenant",
     "(organization_id, meter_id, period_id)", PERIOD),
    ("metering_dailyusage", "daily_usage_period_of_tenant",
     "(organization_id, meter_id, period_id)", PERIOD),
)

APPEND_ONLY = {
    "metering_usagereversal": "usage_reversal_append_only",
    "metering_seenvalue": "seen_value_append_only",
    "metering_grantrestriction": "grant_restriction_append_only",
    "metering_grantend": "grant_end_append_only",
}

CLOSED_PERIODS = """
CREATE FUNCTION metering_refuse_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'period % is closed', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER usage_period_closed BEFORE UPDATE OR DELETE ON metering_usageperiod
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION metering_refuse_reopening();
"""

HOLDS = """
CREATE FUNCTION metering_refuse_hold_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.outcome IS NOT NULL OR NEW.outcome IS NULL
        OR (to_jsonb(NEW) - '{outcome,ended_at,event_key}'::text[])
           <> (to_jsonb(OLD) - '{outcome,ended_at,event_key}'::text[])
    THEN
        RAISE EXCEPTION 'a hold ends once and does not change otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_ends_once BEFORE UPDATE OR DELETE ON metering_hold
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_hold_rewrite();
"""

REVERSALS = """
CREATE FUNCTION metering_refuse_crooked_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM metering_ledgertransfer AS original
        WHERE original.organization_id = NEW.organization_id
          AND original.id = NEW.reverses_id
          AND original.kind IN ('consume', 'overage', 'cover')
          AND original.event_key = NEW.event_key
          AND original.amount = NEW.amount
          AND original.debit_account_id = NEW.credit_account_id
          AND original.credit_account_id = NEW.debit_account_id
    ) THEN
        RAISE EXCEPTION 'a reversal mirrors what it reverses' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_transfer_reversal_mirrors BEFORE INSERT ON metering_ledgertransfer
    FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION metering_refuse_crooked_reversal();
"""

# Changing how reports make a period's value would change what was billed.
METERS = """
CREATE FUNCTION metering_refuse_meter_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.aggregation, NEW.unique_property, NEW.source)
        IS DISTINCT FROM (OLD.code, OLD.aggregation, OLD.unique_property, OLD.source) THEN
        RAISE EXCEPTION 'a meter keeps its code and its way of counting'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meter_identity BEFORE UPDATE ON metering_meter
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_meter_rewrite();
"""


def _tenant_key(table: str, name: str, columns: str, target: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} REFERENCES {target}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def _append_only(table: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION metering_refuse_rewrite()",
        f"DROP TRIGGER {name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("metering", "0003_full_ledger")]

    operations = [
        *[_tenant_key(*key) for key in TENANT_KEYS],
        *[_append_only(table, name) for table, name in APPEND_ONLY.items()],
        migrations.RunSQL(
            CLOSED_PERIODS,
            "DROP TRIGGER usage_period_closed ON metering_usageperiod;"
            "DROP FUNCTION metering_refuse_reopening()",
        ),
        migrations.RunSQL(
            HOLDS,
            "DROP TRIGGER hold_ends_once ON metering_hold;"
            "DROP FUNCTION metering_refuse_hold_rewrite()",
        ),
        migrations.RunSQL(
            REVERSALS,
            "DROP TRIGGER ledger_transfer_reversal_mirrors ON metering_ledgertransfer;"
            "DROP FUNCTION metering_refuse_crooked_reversal()",
        ),
        migrations.RunSQL(
            METERS,
            "DROP TRIGGER meter_identity ON metering_meter;"
            "DROP FUNCTION metering_refuse_meter_rewrite()",
        ),
    ]
