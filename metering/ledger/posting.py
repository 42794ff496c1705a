"""
The single write path of the ledger.

Nothing else inserts usage events or transfers, or moves a balance. The caller has locked
the organization and decided what to book; each function here writes it with one statement,
in which every balance moves once, by the sum of the transfers that the statement inserts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.types.json import Jsonb

from ..choices import AccountKind, TransferKind
from ..models import LedgerAccount


@dataclass(frozen=True, slots=True)
class EventEntry:
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


@dataclass(frozen=True, slots=True)
class TransferEntry:
    """One amount to move between two accounts of the same meter."""

    meter_id: int
    kind: TransferKind
    debit_account_id: int
    credit_account_id: int
    amount: Decimal
    occurred_at: datetime
    event_key: str | None = None


# The balance of each account moves once, however many transfers touch it.
_BOOK_TRANSFERS = """
transfer AS (
    INSERT INTO metering_ledgertransfer (
        organization_id, meter_id, kind, debit_account_id, credit_account_id, amount,
        occurred_at, event_key
    )
    SELECT %s, entry.*
    FROM unnest(
        %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::numeric[],
        %s::timestamptz[], %s::text[]
    ) AS entry
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
WHERE account.id = movement.account_id
"""

POST_TRANSFERS = f"WITH {_BOOK_TRANSFERS}"

POST_USAGE = f"""
WITH event AS (
    INSERT INTO metering_usageevent (
        organization_id, api_key_id, event_id, meter_id, period_id, action_id, member,
        quantity, credits, overage_credits, balance_after, cost, properties, body_sha256,
        occurred_at
    )
    SELECT %s, %s, entry.*
    FROM unnest(
        %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::numeric[],
        %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::jsonb[], %s::bytea[],
        %s::timestamptz[]
    ) AS entry
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
    WHERE period.id = moved.period_id
), {_BOOK_TRANSFERS}
"""


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
    _execute(POST_USAGE, usage_parameters(organization_id, api_key_id, events, transfers))


def post_transfers(*, organization_id: int, transfers: Sequence[TransferEntry]) -> None:
    """Book transfers that no usage event stands behind: grants issued and grants expired."""
    _execute(POST_TRANSFERS, _transfer_parameters(organization_id, transfers))


def open_account(*, organization_id: int, meter_id: int, kind: AccountKind) -> int:
    """Open an account with nothing in it and return its id."""
    return LedgerAccount.objects.create(
        organization_id=organization_id, meter_id=meter_id, kind=kind
    ).pk


def usage_parameters(
    organization_id: int,
    api_key_id: int | None,
    events: Sequence[EventEntry],
    transfers: Sequence[TransferEntry],
) -> list[Any]:
    """Lay entries out in columns, as `POST_USAGE` takes them."""
    return [
        organization_id,
        api_key_id,
        [event.event_id for event in events],
        [event.meter_id for event in events],
        [event.period_id for event in events],
        [event.action_id for event in events],
        [event.member for event in events],
        [event.quantity for event in events],
        [event.credits for event in events],
        [event.overage_credits for event in events],
        [event.balance_after for event in events],
        [event.cost for event in events],
        [None if event.properties is None else Jsonb(event.properties) for event in events],
        [event.body_sha256 for event in events],
        [event.occurred_at for event in events],
        *_transfer_parameters(organization_id, transfers),
    ]


def _transfer_parameters(organization_id: int, transfers: Sequence[TransferEntry]) -> list[Any]:
    return [
        organization_id,
        [transfer.meter_id for transfer in transfers],
        [str(transfer.kind) for transfer in transfers],
        [transfer.debit_account_id for transfer in transfers],
        [transfer.credit_account_id for transfer in transfers],
        [transfer.amount for transfer in transfers],
        [transfer.occurred_at for transfer in transfers],
        [transfer.event_key for transfer in transfers],
    ]


def _execute(statement: str, parameters: list[Any]) -> None:
    # Arrays go to the server as parameters, and its plan is kept between calls.
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
