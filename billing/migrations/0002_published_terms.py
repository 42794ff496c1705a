"""
What Django's model layer cannot say about the catalog: agreements are made on published
terms, so published terms do not change.

The triggers on prices and features lock the version that they belong to. Whoever publishes
locks it as well, so a change is either part of what was checked and published, or refused.
"""

from django.db import migrations

# A version is born as a draft and is published once.
VERSIONS = """
CREATE FUNCTION billing_refuse_version_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'a plan version starts as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published plan version does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_version_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_planversion
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_version_rewrite();
"""

TERMS = """
CREATE FUNCTION billing_refuse_terms_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parents bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        parents := ARRAY[(to_jsonb(OLD) ->> TG_ARGV[0])::bigint];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        parents := parents || (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    END IF;
    IF TG_ARGV[0] = 'plan_feature_id' THEN
        SELECT array_agg(plan_version_id) INTO parents FROM billing_planfeature WHERE id = ANY (parents);
    END IF;
    PERFORM 1 FROM billing_planversion WHERE id = ANY (parents) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM billing_planversion WHERE id = ANY (parents) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the terms of a published plan version do not change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_price
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_terms_rewrite('plan_version_id');
CREATE TRIGGER plan_feature_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_planfeature
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_terms_rewrite('plan_version_id');
CREATE TRIGGER overage_price_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_overageprice
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_terms_rewrite('plan_feature_id');
"""

# Apps ask for features by their codes, and for plans once they can have been sold.
CODES = """
CREATE FUNCTION billing_refuse_code_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'billing_feature' OR EXISTS (
        SELECT FROM billing_planversion WHERE plan_id = OLD.id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the code in % does not change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_code_immutable BEFORE UPDATE ON billing_plan
    FOR EACH ROW WHEN (NEW.code IS DISTINCT FROM OLD.code)
    EXECUTE FUNCTION billing_refuse_code_rewrite();
CREATE TRIGGER feature_code_immutable BEFORE UPDATE ON billing_feature
    FOR EACH ROW WHEN (
        (NEW.code, NEW.kind, NEW.meter_id, NEW.value_type)
        IS DISTINCT FROM (OLD.code, OLD.kind, OLD.meter_id, OLD.value_type)
    )
    EXECUTE FUNCTION billing_refuse_code_rewrite();
"""

AGREEMENTS = """
CREATE FUNCTION billing_refuse_unpublished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM billing_planversion WHERE id = NEW.plan_version_id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'an agreement needs a published plan version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_on_published_version
    BEFORE INSERT OR UPDATE OF plan_version_id ON billing_agreement
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_unpublished();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(
            VERSIONS,
            "DROP TRIGGER plan_version_immutable ON billing_planversion;"
            "DROP FUNCTION billing_refuse_version_rewrite()",
        ),
        migrations.RunSQL(
            TERMS,
            "DROP TRIGGER overage_price_immutable ON billing_overageprice;"
            "DROP TRIGGER plan_feature_immutable ON billing_planfeature;"
            "DROP TRIGGER price_immutable ON billing_price;"
            "DROP FUNCTION billing_refuse_terms_rewrite()",
        ),
        migrations.RunSQL(
            CODES,
            "DROP TRIGGER feature_code_immutable ON billing_feature;"
            "DROP TRIGGER plan_code_immutable ON billing_plan;"
            "DROP FUNCTION billing_refuse_code_rewrite()",
        ),
        migrations.RunSQL(
            AGREEMENTS,
            "DROP TRIGGER agreement_on_published_version ON billing_agreement;"
            "DROP FUNCTION billing_refuse_unpublished()",
        ),
    ]
