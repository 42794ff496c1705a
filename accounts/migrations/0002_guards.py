from django.db import migrations

# A plain check at the end of a statement would race: two transactions could each remove one of
# two owners and each see the other's. So the check waits for the commit, and takes the
# organization's row first; the second of the two then counts after the first has finished.
KEEP_AN_OWNER = """
CREATE FUNCTION accounts_keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM accounts_organization WHERE id = OLD.organization_id FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT 1 FROM accounts_membership
        WHERE organization_id = OLD.organization_id AND role = 'owner'
    ) THEN
        RAISE EXCEPTION 'organization % would be left without an owner', OLD.organization_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_keeps_an_owner';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER membership_keeps_an_owner
    AFTER DELETE OR UPDATE OF role, organization_id ON accounts_membership
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION accounts_keep_an_owner();
"""

DROP_KEEP_AN_OWNER = """
DROP TRIGGER membership_keeps_an_owner ON accounts_membership;
DROP FUNCTION accounts_keep_an_owner();
"""

REFUSE_REWRITE = """
CREATE FUNCTION accounts_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are append-only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_entry_append_only';
END $$;

CREATE TRIGGER audit_entry_append_only
    BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_rewrite();
"""

DROP_REFUSE_REWRITE = """
DROP TRIGGER audit_entry_append_only ON accounts_auditentry;
DROP FUNCTION accounts_refuse_rewrite();
"""


class Migration(migrations.Migration):
    """What a constraint cannot say: an organization keeps an owner, audit entries stay as written."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(KEEP_AN_OWNER, DROP_KEEP_AN_OWNER),
        migrations.RunSQL(REFUSE_REWRITE, DROP_REFUSE_REWRITE),
    ]
