"""
The single write path of the ledger.

Nothing else inserts usage events or transfers, or moves a balance. The caller has locked
the organization and decided what to book; each function here writes it with one statement,
in which every balance moves once, by the sum of the transfers that the statement inserts.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from config.kernel.sql import ask, execute

from ..choices import AccountKind, TransferKind
from ..price_book.costs import TokensUsed


class EventEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One usage event to book."""

    event_id: str
    meter_id: int
    period_id: int
    action_id: int | None
    member: str
    quantity: Decimal
    credits: Decimal
    overage_credits: Decimal
    balance_after: Decimal | None
    cost: Decimal
    properties: dict[str, Any] | None
    body_sha256: bytes
    occurred_at: datetime
    counted_at: datetime
    hold_id: int | None = None
    tokens: TokensUsed | None = None


class TransferEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One amount to move between two accounts of the same meter."""

    meter_id: int
    kind: TransferKind
    debit_account_id: int
    credit_account_id: int
    amount: Decimal
    occurred_at: datetime
    event_key: str | None = None
    hold_id: int | None = None
    reverses_id: int | None = None


class PeriodEntry(msgspec.Struct, frozen=True, kw_only=True):
    """By how much the totals of an open period change, besides the events that it gets."""

    period_id: int
    used_credits: Decimal
    overage_credits: Decimal


class RolloverEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A grant that takes over what is left of another one."""

    public_id: str
    account_id: int
    parent_id: int
    amount: Decimal
    priority: int
    effective_at: datetime
    expires_at: datetime | None


# Entries go to the server as one JSON array; the balance of each account moves once, however
# many transfers touch it.
_BOOK_TRANSFERS = """
transfer AS (
    INSERT INTO metering_ledgertransfer (
        organization_id, meter_id, kind, debit_account_id, credit_account_id, amount,
        occurred_at, event_key, hold_id, reverses_id
    )
    SELECT %(organization)s, entry.*
    FROM json_to_recordset(%(transfers)s::json) AS entry (
        meter_id bigint, kind text, debit_account_id bigint, credit_account_id bigint,
        amount numeric, occurred_at timestamptz, event_key text, hold_id bigint,
        reverses_id bigint
    )
    RETURNING debit_account_id, credit_account_id, amount
), movement AS (
    SELECT account_id, sum(amount) AS amount
    FROM (
        SELECT debit_account_id AS account_id, -amount AS amount FROM transfer
        UNION ALL
        SELECT credit_account_id, amount FROM transfer
    ) AS leg
    GROUP BY account_id
)
UPDATE metering_ledgeraccount AS account
SET balance = account.balance + movement.amount
FROM movement
WHERE account.organization_id = %(organization)s AND account.id = movement.account_id
"""

_BOOK_EVENTS = """
event AS (
    INSERT INTO metering_usageevent (
        organization_id, api_key_id, event_id, meter_id, period_id, action_id, member,
        quantity, credits, overage_credits, balance_after, cost, properties, body_sha256,
        occurred_at, counted_at, hold_id, tokens
    )
    SELECT %(organization)s, %(api_key)s, event_id, meter_id, period_id, action_id, member,
        quantity, credits, overage_credits, balance_after, cost, properties,
        decode(body_sha256, 'base64'), occurred_at, counted_at, hold_id, tokens
    FROM json_to_recordset(%(events)s::json) AS entry (
        event_id text, meter_id bigint, period_id bigint, action_id bigint, member text,
        quantity numeric, credits numeric, overage_credits numeric, balance_after numeric,
        cost numeric, properties jsonb, body_sha256 text, occurred_at timestamptz,
        counted_at timestamptz, hold_id bigint, tokens jsonb
    )
    RETURNING period_id, credits, overage_credits
), total AS (
    UPDATE metering_usageperiod AS period
    SET used_credits = period.used_credits + moved.credits,
        overage_credits = period.overage_credits + moved.overage_credits
    FROM (
        SELECT period_id, sum(credits) AS credits, sum(overage_credits) AS overage_credits
        FROM event
        GROUP BY period_id
    ) AS moved
    WHERE period.organization_id = %(organization)s AND period.id = moved.period_id
),
"""

_MOVE_PERIODS = """
total AS (
    UPDATE metering_usageperiod AS period
    SET used_credits = period.used_credits + entry.used_credits,
        overage_credits = period.overage_credits + entry.overage_credits
    FROM json_to_recordset(%(periods)s::json) AS entry (
        period_id bigint, used_credits numeric, overage_credits numeric
    )
    WHERE period.organization_id = %(organization)s AND period.id = entry.period_id
),
"""

_CLOSE_PERIOD = """
closed AS (
    UPDATE metering_usageperiod SET closed_at = %(closed_at)s
    WHERE organization_id = %(organization)s AND id = %(period)s
    RETURNING meter_id, source
), child AS (
    INSERT INTO metering_creditgrant (
        organization_id, meter_id, source, category, public_id, account_id, parent_id, amount,
        priority, effective_at, expires_at
    )
    SELECT %(organization)s, closed.meter_id, closed.source, 'rollover', entry.*
    FROM closed, json_to_recordset(%(rollovers)s::json) AS entry (
        public_id text, account_id bigint, parent_id bigint, amount numeric, priority integer,
        effective_at timestamptz, expires_at timestamptz
    )
),
"""
_CLOSING: Final = "WITH " + _CLOSE_PERIOD + _BOOK_TRANSFERS

_OPEN_ACCOUNTS: Final = """
INSERT INTO metering_ledgeraccount (organization_id, meter_id, kind, balance)
SELECT %(organization)s, %(meter)s, %(kind)s, 0 FROM generate_series(1, %(count)s)
RETURNING id
"""

POST_TRANSFERS: Final = "WITH " + _MOVE_PERIODS + _BOOK_TRANSFERS
POST_USAGE: Final = "WITH " + _BOOK_EVENTS + _BOOK_TRANSFERS


def post_usage(
    *,
    organization_id: int,
    api_key_id: int | None,
    events: Sequence[EventEntry],
    transfers: Sequence[TransferEntry],
) -> None:
    """
    Book usage events, their transfers, and the balances and totals that follow from them.

    The event ids are new: the caller has looked under the organization's lock. Should one
    exist all the same, the unique key refuses the whole statement (`IntegrityError`).
    """
    execute(
        POST_USAGE,
        usage_parameters(
            organization_id=organization_id,
            api_key_id=api_key_id,
            events=events,
            transfers=transfers,
        ),
    )


def post_transfers(
    *,
    organization_id: int,
    transfers: Sequence[TransferEntry],
    periods: Sequence[PeriodEntry] = (),
) -> None:
    """
    Book transfers without a new usage event, and what they change about open periods.

    A period is named once.
    """
    if transfers or periods:
        execute(
            POST_TRANSFERS,
            {
                "organization": organization_id,
                "transfers": _json(transfers),
                "periods": _json(periods),
            },
        )


def post_closing(
    *,
    organization_id: int,
    period_id: int,
    closed_at: datetime,
    rollovers: Sequence[RolloverEntry],
    transfers: Sequence[TransferEntry],
) -> None:
    """Close a period, with the grants that take over what is left, and what expires."""
    execute(
        _CLOSING,
        {
            "organization": organization_id,
            "period": period_id,
            "closed_at": closed_at,
            "rollovers": _json(rollovers),
            "transfers": _json(transfers),
        },
    )


def open_account(*, organization_id: int, meter_id: int, kind: AccountKind) -> int:
    """Open an account with nothing in it and return its id."""
    [account_id] = open_accounts(
        organization_id=organization_id, meter_id=meter_id, kind=kind, count=1
    )
    return account_id


def open_accounts(
    *, organization_id: int, meter_id: int, kind: AccountKind, count: int
) -> list[int]:
    """Open so many accounts with nothing in them and return their ids."""
    opened = ask(
        _OPEN_ACCOUNTS,
        {"organization": organization_id, "meter": meter_id, "kind": kind, "count": count},
    )
    return [account_id for (account_id,) in opened.all()]


def usage_parameters(
    *,
    organization_id: int,
    api_key_id: int | None,
    events: Sequence[EventEntry],
    transfers: Sequence[TransferEntry],
) -> dict[str, Any]:
    """The parameters of `POST_USAGE`."""
    return {
        "organization": organization_id,
        "api_key": api_key_id,
        "events": _json(events),
        "transfers": _json(transfers),
    }


def _json(
    entries: Sequence[EventEntry]
    | Sequence[TransferEntry]
    | Sequence[PeriodEntry]
    | Sequence[RolloverEntry],
) -> str:
    return msgspec.json.encode(entries).decode()
