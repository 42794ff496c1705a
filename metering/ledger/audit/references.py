"""Promises about references: rows that refer to each other belong to one organization."""

from typing import Final

from .invariant import Invariant

# Every composite key of metering: the row, the columns that name another row, and that row's.
REFERENCES: Final = (
    ("creditgrant", "organization_id meter_id account_id", "ledgeraccount", "id"),
    ("creditgrant", "organization_id meter_id period_id", "usageperiod", "id"),
    ("creditgrant", "organization_id meter_id parent_id", "creditgrant", "id"),
    ("hold", "organization_id event_key", "usageevent", "event_id"),
    ("ledgertransfer", "organization_id meter_id debit_account_id", "ledgeraccount", "id"),
    ("ledgertransfer", "organization_id meter_id credit_account_id", "ledgeraccount", "id"),
    ("ledgertransfer", "organization_id meter_id hold_id", "hold", "id"),
    ("ledgertransfer", "organization_id event_key", "usageevent", "event_id"),
    ("ledgertransfer", "organization_id reverses_id", "ledgertransfer", "id"),
    ("usageevent", "organization_id meter_id period_id", "usageperiod", "id"),
    ("usageevent", "organization_id meter_id hold_id", "hold", "id"),
    ("usagereversal", "organization_id event_key", "usageevent", "event_id"),
    ("usagereversal", "organization_id replaced_by", "usageevent", "event_id"),
    ("usagereversal", "organization_id meter_id period_id", "usageperiod", "id"),
    ("seenvalue", "organization_id meter_id period_id", "usageperiod", "id"),
    ("hourlyusage", "organization_id meter_id period_id", "usageperiod", "id"),
    ("dailyusage", "organization_id meter_id period_id", "usageperiod", "id"),
    ("callerusage", "organization_id meter_id period_id", "usageperiod", "id"),
    ("accountday", "organization_id meter_id account_id", "ledgeraccount", "id"),
    ("grantend", "organization_id meter_id grant_id", "creditgrant", "id"),
)

_NAMES_NOTHING: Final = """
SELECT '{table}.{column}' AS reference, a.organization_id, a.{column}::text AS names
FROM metering_{table} a
WHERE {{a}} AND a.{column} IS NOT NULL AND NOT EXISTS (
    SELECT FROM metering_{target} named
    WHERE ({named}) = ({columns}))
"""


def _find_strays(table: str, columns: str, target: str, key: str) -> str:
    *shared, column = columns.split()
    return _NAMES_NOTHING.format(
        table=table,
        column=column,
        target=target,
        columns=", ".join(f"a.{name}" for name in (*shared, column)),
        named=", ".join(f"named.{name}" for name in (*shared, key)),
    )


_KEYS: Final = """
SELECT 'usageevent.api_key_id', e.organization_id, e.api_key_id::text
FROM metering_usageevent e JOIN accounts_apikey key ON key.id = e.api_key_id
WHERE {e} AND key.organization_id <> e.organization_id
UNION ALL
SELECT 'hold.api_key_id', h.organization_id, h.api_key_id::text
FROM metering_hold h JOIN accounts_apikey key ON key.id = h.api_key_id
WHERE {h} AND key.organization_id <> h.organization_id
"""

ORGANIZATIONS: Final = (
    Invariant(
        "references_stay_in_the_organization",
        "Rows that refer to each other belong to one organization and meter.",
        "UNION ALL".join([*(_find_strays(*reference) for reference in REFERENCES), _KEYS]),
    ),
)
