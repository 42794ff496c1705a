"""Promises about accounts and transfers. Aliases: `t` transfer, `a` account, `r` reversal."""

from typing import Final

from .invariant import Invariant

TRANSFERS: Final = (
    Invariant(
        "transfer_is_balanced",
        "Every transfer moves a positive amount between two accounts of its own organization "
        "and meter.",
        """
        SELECT t.id, t.organization_id, t.amount
        FROM metering_ledgertransfer t
        JOIN metering_ledgeraccount debited ON debited.id = t.debit_account_id
        JOIN metering_ledgeraccount credited ON credited.id = t.credit_account_id
        WHERE {t} AND (t.amount <= 0 OR t.debit_account_id = t.credit_account_id
            OR (debited.organization_id, debited.meter_id) <> (t.organization_id, t.meter_id)
            OR (credited.organization_id, credited.meter_id) <> (t.organization_id, t.meter_id))
        """,
    ),
    Invariant(
        "transfer_fits_its_kind",
        "Credits come from where their kind of transfer says, and go where it says.",
        """
        SELECT t.id, t.organization_id, t.kind, debited.kind AS debited, credited.kind AS credited
        FROM metering_ledgertransfer t
        JOIN metering_ledgeraccount debited ON debited.id = t.debit_account_id
        JOIN metering_ledgeraccount credited ON credited.id = t.credit_account_id
        WHERE {t} AND (t.kind, debited.kind, credited.kind) NOT IN (
            ('issue', 'issued', 'grant'),
            ('consume', 'grant', 'consumed'),
            ('overage', 'overage', 'consumed'),
            ('cover', 'grant', 'overage'),
            ('expire', 'grant', 'expired'),
            ('roll_over', 'grant', 'grant'),
            ('hold', 'grant', 'held'),
            ('release', 'held', 'grant'),
            ('reverse', 'consumed', 'grant'),
            ('reverse', 'consumed', 'overage'),
            ('reverse', 'overage', 'grant')
        )
        """,
    ),
    Invariant(
        "transfer_names_its_cause",
        "A transfer names the event, the hold or the transfer that it follows from, and no other.",
        """
        SELECT t.id, t.organization_id, t.kind, t.event_key, t.hold_id, t.reverses_id
        FROM metering_ledgertransfer t
        WHERE {t} AND NOT CASE
            WHEN t.kind IN ('consume', 'overage', 'cover')
                THEN t.event_key IS NOT NULL AND num_nonnulls(t.hold_id, t.reverses_id) = 0
            WHEN t.kind = 'reverse'
                THEN num_nonnulls(t.event_key, t.reverses_id) = 2 AND t.hold_id IS NULL
            WHEN t.kind IN ('hold', 'release')
                THEN t.hold_id IS NOT NULL AND num_nonnulls(t.event_key, t.reverses_id) = 0
            WHEN t.kind = 'expire'
                THEN num_nonnulls(t.event_key, t.hold_id) <= 1 AND t.reverses_id IS NULL
            ELSE num_nonnulls(t.event_key, t.hold_id, t.reverses_id) = 0
        END
        """,
    ),
    Invariant(
        "accounts_sum_to_zero",
        "The accounts of one organization and meter sum to zero.",
        """
        SELECT a.organization_id, a.meter_id, sum(a.balance) AS total
        FROM metering_ledgeraccount a WHERE {a}
        GROUP BY a.organization_id, a.meter_id HAVING sum(a.balance) <> 0
        """,
    ),
    Invariant(
        "balance_is_sum_of_transfers",
        "Each cached balance equals the sum of the transfers of its account.",
        """
        SELECT a.id, a.organization_id, a.kind, a.balance, coalesce(moved.total, 0) AS recomputed
        FROM metering_ledgeraccount a
        LEFT JOIN (
            SELECT account_id, sum(amount) AS total
            FROM (
                SELECT t.debit_account_id AS account_id, -t.amount AS amount
                FROM metering_ledgertransfer t WHERE {t}
                UNION ALL
                SELECT t.credit_account_id, t.amount FROM metering_ledgertransfer t WHERE {t}
            ) leg GROUP BY account_id
        ) moved ON moved.account_id = a.id
        WHERE {a} AND a.balance <> coalesce(moved.total, 0)
        """,
    ),
    Invariant(
        "account_never_overdrawn",
        "No grant and no hold is below zero, and there is one account of each other kind.",
        """
        SELECT a.organization_id, a.meter_id, a.kind, min(a.balance) AS lowest,
               max(a.balance) AS highest, count(*) AS accounts
        FROM metering_ledgeraccount a WHERE {a}
        GROUP BY a.organization_id, a.meter_id, a.kind
        HAVING (a.kind NOT IN ('issued', 'overage') AND min(a.balance) < 0)
            OR (a.kind IN ('issued', 'overage') AND max(a.balance) > 0)
            OR (a.kind <> 'grant' AND count(*) > 1)
        """,
    ),
    Invariant(
        "reversal_mirrors_its_transfer",
        "A transfer is reversed at most once, by its mirror image.",
        """
        SELECT t.id, t.organization_id, t.reverses_id, original.kind
        FROM metering_ledgertransfer t
        LEFT JOIN metering_ledgertransfer original ON original.id = t.reverses_id
        WHERE {t} AND t.kind = 'reverse'
            AND (original.kind IN ('consume', 'overage', 'cover')
                AND (original.organization_id, original.event_key, original.amount,
                     original.debit_account_id, original.credit_account_id)
                  = (t.organization_id, t.event_key, t.amount,
                     t.credit_account_id, t.debit_account_id)) IS NOT TRUE
        UNION ALL
        SELECT min(t.id), t.organization_id, t.reverses_id, 'reversed ' || count(*)
        FROM metering_ledgertransfer t WHERE {t} AND t.reverses_id IS NOT NULL
        GROUP BY t.organization_id, t.reverses_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "event_is_reversed_as_a_whole",
        "Every transfer of an event that was taken back is reversed, and of no other event.",
        """
        SELECT t.id, t.organization_id, t.event_key, t.kind, r.id AS reversal
        FROM metering_ledgertransfer t
        LEFT JOIN metering_ledgertransfer mirror
            ON mirror.organization_id = t.organization_id AND mirror.reverses_id = t.id
        LEFT JOIN metering_usagereversal r
            ON r.organization_id = t.organization_id AND r.event_key = t.event_key
        WHERE {t} AND t.kind IN ('consume', 'overage', 'cover')
            AND (mirror.id IS NULL) <> (r.id IS NULL)
        """,
    ),
)
