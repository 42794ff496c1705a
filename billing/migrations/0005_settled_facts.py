"""
What Django's model layer cannot say about settlements, plan changes, limits and top-ups: what
happened stays as it was written, and rows that refer to each other belong to one organization.
"""

from django.db import migrations

APPEND_ONLY = {
    "billing_settlement": "settlement_append_only",
    "billing_planchange": "plan_change_append_only",
    "billing_limitcrossing": "limit_crossing_append_only",
}

REFUSE_REWRITE = """
CREATE FUNCTION billing_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

TENANT_KEYS = (
    ("billing_settlement", "settlement_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id)"),
    ("billing_settlement", "settlement_event_of_tenant",
     "(organization_id, event_key)", "metering_usageevent (organization_id, event_id)"),
    ("billing_planchange", "plan_change_agreement_of_tenant",
     "(organization_id, agreement_id)", "billing_agreement (organization_id, id)"),
)

# A tier belongs to the terms of a plan version, which do not change once it is published.
TIERS = """
CREATE FUNCTION billing_refuse_tier_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    prices bigint[];
    versions bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        prices := ARRAY[OLD.overage_price_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        prices := prices || NEW.overage_price_id;
    END IF;
    SELECT array_agg(feature.plan_version_id) INTO versions
    FROM billing_overageprice AS price
    JOIN billing_planfeature AS feature ON feature.id = price.plan_feature_id
    WHERE price.id = ANY (prices);
    PERFORM 1 FROM billing_planversion WHERE id = ANY (versions) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM billing_planversion WHERE id = ANY (versions) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the terms of a published plan version do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER overage_tier_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_overagetier
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_tier_rewrite();
"""

TOP_UPS = """
CREATE FUNCTION billing_refuse_top_up_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'pending'
        OR (to_jsonb(NEW) - '{status,ended_at,payment_reference}'::text[])
           <> (to_jsonb(OLD) - '{status,ended_at,payment_reference}'::text[])
    THEN
        RAISE EXCEPTION 'a top-up ends once and does not change otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER top_up_ends_once BEFORE UPDATE OR DELETE ON billing_topup
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_top_up_rewrite();
"""


def _tenant_key(table: str, name: str, columns: str, target: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} REFERENCES {target}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def _append_only(table: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION billing_refuse_rewrite()",
        f"DROP TRIGGER {name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_settlements_limits_top_ups"),
        ("metering", "0004_full_ledger_integrity"),
    ]

    operations = [
        *[_tenant_key(*key) for key in TENANT_KEYS],
        migrations.RunSQL(REFUSE_REWRITE, "DROP FUNCTION billing_refuse_rewrite()"),
        *[_append_only(table, name) for table, name in APPEND_ONLY.items()],
        migrations.RunSQL(
            TIERS,
            "DROP TRIGGER overage_tier_immutable ON billing_overagetier;"
            "DROP FUNCTION billing_refuse_tier_rewrite()",
        ),
        migrations.RunSQL(
            TOP_UPS,
            "DROP TRIGGER top_up_ends_once ON billing_topup;"
            "DROP FUNCTION billing_refuse_top_up_rewrite()",
        ),
    ]
