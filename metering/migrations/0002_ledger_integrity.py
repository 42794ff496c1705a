"""
What Django's model layer cannot say about the ledger.

Composite foreign keys carry the organization and the meter with each reference, so a row
cannot point at another tenant's row or at another unit. Triggers make the books append-only.
"""

from django.db import migrations

APPEND_ONLY = {
    "metering_usageevent": "usage_event_append_only",
    "metering_ledgertransfer": "ledger_transfer_append_only",
    "metering_creditgrant": "credit_grant_append_only",
}

REFUSE_REWRITE = """
CREATE FUNCTION metering_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

# A rate that has come into force has priced usage; one that has not may still be withdrawn.
RATES_IN_FORCE = """
CREATE FUNCTION metering_refuse_rate_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    in_force boolean;
BEGIN
    IF TG_TABLE_NAME = 'metering_actionrate' THEN
        in_force := OLD.effective_at <= clock_timestamp();
    ELSE
        SELECT effective_at <= clock_timestamp() INTO in_force
        FROM metering_actionrate WHERE id = OLD.rate_id;
    END IF;
    IF TG_OP = 'UPDATE' OR in_force THEN
        RAISE EXCEPTION 'a rate does not change; set a new one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION metering_refuse_late_cost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The parts of a rate are stored with it, in one transaction.
    IF EXISTS (
        SELECT FROM metering_actionrate
        WHERE id = NEW.rate_id AND created_at < transaction_timestamp()
    ) THEN
        RAISE EXCEPTION 'a rate does not change; set a new one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION metering_refuse_action_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.meter_id) IS DISTINCT FROM (OLD.code, OLD.meter_id) THEN
        RAISE EXCEPTION 'an action keeps its code and its meter'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER action_identity BEFORE UPDATE ON metering_action
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_action_rewrite();
CREATE TRIGGER cost_component_stored_with_rate BEFORE INSERT ON metering_costcomponent
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_late_cost();
CREATE TRIGGER action_rate_immutable BEFORE UPDATE OR DELETE ON metering_actionrate
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_rate_rewrite();
CREATE TRIGGER cost_component_immutable BEFORE UPDATE OR DELETE ON metering_costcomponent
    FOR EACH ROW EXECUTE FUNCTION metering_refuse_rate_rewrite();
"""

TENANT_KEYS = (
    ("metering_usageevent", "usage_event_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_debit_of_tenant",
     "(organization_id, meter_id, debit_account_id)",
     "metering_ledgeraccount (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_credit_of_tenant",
     "(organization_id, meter_id, credit_account_id)",
     "metering_ledgeraccount (organization_id, meter_id, id)"),
    ("metering_ledgertransfer", "ledger_transfer_event_of_tenant",
     "(organization_id, event_key)", "metering_usageevent (organization_id, event_id)"),
    ("metering_creditgrant", "credit_grant_account_of_tenant",
     "(organization_id, meter_id, account_id)",
     "metering_ledgeraccount (organization_id, meter_id, id)"),
    ("metering_creditgrant", "credit_grant_period_of_tenant",
     "(organization_id, meter_id, period_id)", "metering_usageperiod (organization_id, meter_id, id)"),
)


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
    dependencies = [("metering", "0001_initial")]

    operations = [
        *[_tenant_key(*key) for key in TENANT_KEYS],
        migrations.RunSQL(REFUSE_REWRITE, "DROP FUNCTION metering_refuse_rewrite()"),
        *[_append_only(table, name) for table, name in APPEND_ONLY.items()],
        migrations.RunSQL(
            RATES_IN_FORCE,
            "DROP TRIGGER action_identity ON metering_action;"
            "DROP TRIGGER cost_component_stored_with_rate ON metering_costcomponent;"
            "DROP FUNCTION metering_refuse_action_rewrite();"
            "DROP FUNCTION metering_refuse_late_cost();"
            "DROP TRIGGER cost_component_immutable ON metering_costcomponent;"
            "DROP TRIGGER action_rate_immutable ON metering_actionrate;"
            "DROP FUNCTION metering_refuse_rate_rewrite()",
        ),
    ]
