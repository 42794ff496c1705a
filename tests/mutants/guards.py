"""The guards of the ledger's tables, as the database itself lists them."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import connection

# The ledger, what billing writes down about it, and what it knows of Stripe. Guards of the
# catalog's terms are proven where publishing is
# (`tests/integration/billing/test_published_terms.py`).
TABLES: Final = re.compile(
    "accounts_(organization|mail[a-z]*|webhook[a-z]+)$|metering_|billing_(actioncostweek|agreedseats|agreement|automatictopup|checkout|creditpack|customercost|invoice"
    "|flagoverride|invoiceline|limitcrossing|overagetier|packprice|planchange|pricingtable(version|card)?"
    "|publication|scheduledchange"
    "|settlement|settlementcharge|spendcap|stripe[a-z]+|topup|usagethreshold)$"
    "|billing_dataexport(part)?$|accounts_property(definition|value)$|accounts_(billingcontact|portallink|staffvisit)$|billing_outcome(definition|dispute)?$|billing_(revenueday|revenuesnapshot|ledgercheck)$"
    "|billing_repricing(offer|notice)$|billing_guarantee(claim)?$|billing_(repricingcampaign|campaignconversion|simulation|simulated(customer|plan))$|billing_(moneycredit|balanceentry|manualcredit)$|billing_(ratechange|ratenotice|pricereview)$|billing_privateoffer$"
)

_CONSTRAINTS: Final = """
SELECT contype::text, conrelid::regclass::text, conname, confrelid::regclass::text,
       ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (attnum, position)
             JOIN pg_attribute USING (attnum) WHERE attrelid = conrelid ORDER BY position),
       ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS key (attnum, position)
             JOIN pg_attribute USING (attnum) WHERE attrelid = confrelid ORDER BY position)
FROM pg_constraint WHERE contype IN ('c', 'f', 'u', 'x') AND conrelid <> 0
"""
_INDEXES: Final = """
SELECT 'i', indrelid::regclass::text, relation.relname, NULL, ARRAY[]::text[], ARRAY[]::text[]
FROM pg_index JOIN pg_class AS relation ON relation.oid = indexrelid
WHERE indisunique AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_TRIGGERS: Final = """
SELECT 't', tgrelid::regclass::text, tgname, NULL, ARRAY[]::text[], ARRAY[]::text[]
FROM pg_trigger WHERE NOT tgisinternal
"""


@dataclass(frozen=True)
class Guard:
    """
    Something that refuses a write: a check (`c`), a foreign key (`f`), a unique key (`u`), an
    exclusion (`x`), a unique index (`i`) or a trigger (`t`).
    """

    kind: str
    table: str
    name: str
    target: str | None
    columns: list[str]
    target_columns: list[str]

    @property
    def removal(self) -> str:
        """The statement that takes it away."""
        if self.kind == "t":
            return f"ALTER TABLE {self.table} DISABLE TRIGGER {self.name}"
        if self.kind == "i":
            return f"DROP INDEX {self.name}"
        return f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name} CASCADE"


def list_guards() -> list[Guard]:
    """Every guard of the ledger's tables, by name."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_CONSTRAINTS, _INDEXES, _TRIGGERS]))
        guards = [Guard(*row) for row in cursor.fetchall()]
    return sorted(
        (guard for guard in guards if TABLES.match(guard.table)),
        key=lambda guard: (guard.table, guard.name),
    )
