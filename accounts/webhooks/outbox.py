"""Announce what happened, in the transaction in which it happens."""

from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg.types.json import Jsonb

from config.kernel.ids import new_id
from config.kernel.sql import ask

from ..models import WebhookEvent

_ANNOUNCE: Final = """
INSERT INTO accounts_webhookevent
    (public_id, organization_id, type, dedupe_key, data, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, dedupe_key) DO NOTHING
RETURNING id
"""


def announce(
    *, organization_id: int, type: str, dedupe_key: str, data: dict[str, Any], now: datetime
) -> bool:
    """
    Store an event for others to be told of; return whether it is new.

    It belongs to the caller's transaction: it is there if, and only if, what it tells of is.
    `dedupe_key` names the fact within its organization. A fact is announced once, however many
    say so at the same time. `type` is one of those that the apps declare in their `events.py`;
    `data` holds plain JSON values and no secret.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An event is announced within a transaction.")
    parameters = [
        new_id(WebhookEvent.id_prefix),
        organization_id,
        type,
        dedupe_key,
        Jsonb(data),
        now,
    ]
    return ask(_ANNOUNCE, parameters).first() is not None
