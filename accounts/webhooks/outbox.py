"""Announce what happened, in the transaction in which it happens."""

from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg.types.json import Jsonb

from config.kernel.ids import new_id
from config.kernel.sql import ask

from ..mails import ringing as mails
from ..mails.notices import write_news
from ..models import WebhookEvent
from . import kinde
from .ringing import ring_on_commit
from .types import is_on_request

# The event, and whether anybody listens: mostly nobody does, and there is nothing more to do.
_STORE: Final = """
INSERT INTO accounts_webhookevent
    (public_id, organization_id, type, dedupe_key, data, occurred_at)
VALUES (%(public_id)s, %(organization_id)s, %(type)s, %(dedupe_key)s, %(data)s, %(now)s)
ON CONFLICT (organization_id, dedupe_key) DO NOTHING
RETURNING id, EXISTS (
    SELECT FROM accounts_webhookendpoint endpoint
    WHERE (endpoint.organization_id = %(organization_id)s OR endpoint.organization_id IS NULL)
        AND endpoint.deleted_at IS NULL AND endpoint.disabled_at IS NULL)
"""
# Deliveries are due now, also for an organization whose test clock is ahead of ours. Their ids
# take the time of the event's, so that they sort alike. An endpoint that rests is not rung for.
_ADDRESS: Final = """
WITH delivery AS (
    INSERT INTO accounts_webhookdelivery (public_id, endpoint_id, event_id, type, due_at)
    SELECT 'dlv_' || substr(%(public_id)s, 5, 10)
            || left(replace(gen_random_uuid()::text, '-', ''), 16),
        endpoint.id, %(event_id)s, name, least(%(now)s, now())
    FROM accounts_webhookendpoint endpoint CROSS JOIN unnest(
        CASE endpoint.format
            WHEN 'kinde' THEN %(kinde_names)s::text[] ELSE %(names)s::text[] END) AS name
    WHERE (endpoint.organization_id = %(organization_id)s OR endpoint.organization_id IS NULL)
        AND endpoint.deleted_at IS NULL AND endpoint.disabled_at IS NULL
        AND CASE endpoint.event_types WHEN '{}' THEN NOT %(on_request)s
            ELSE endpoint.event_types && ARRAY[%(type)s, name]::varchar[] END
    RETURNING endpoint_id
)
SELECT DISTINCT endpoint.id
FROM delivery JOIN accounts_webhookendpoint endpoint ON endpoint.id = endpoint_id
WHERE endpoint.retry_at IS NULL OR endpoint.retry_at <= now()
ORDER BY endpoint.id
"""


def announce(
    *,
    organization_id: int | None,
    type: str,
    dedupe_key: str,
    data: dict[str, Any],
    now: datetime,
) -> bool:
    """
    Store an event for others to be told of; return whether it is new.

    It belongs to the caller's transaction: it is there if, and only if, what it tells of is, and
    so is a delivery to each endpoint that wants to know, and a notice if people are mailed of it.
    Sending starts after the commit.

    `dedupe_key` names the fact within its organization; without one, within the installation. A
    fact is announced once, however many say so at the same time. `type` is one of those that the
    apps declare; `data` holds plain JSON values and no secret.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An event is announced within a transaction.")
    event = {
        "public_id": new_id(WebhookEvent.id_prefix),
        "organization_id": organization_id,
        "type": type,
        "dedupe_key": dedupe_key,
        "data": Jsonb(data),
        "now": now,
    }
    stored = ask(_STORE, event).first()
    if stored is None:
        return False
    event_id, is_anybody_listening = stored
    if is_anybody_listening:
        _address(event | {"event_id": event_id}, type=type, data=data)
    notice_id = write_news(
        organization_id=organization_id, type=type, fact=dedupe_key, data=data, now=now
    )
    mails.ring_on_commit(notice_id=notice_id)
    return True


def _address(event: dict[str, Any], *, type: str, data: dict[str, Any]) -> None:
    """Write a delivery to each endpoint that wants the event, and ring once it is committed."""
    names = {
        "names": [type],
        "kinde_names": kinde.list_names(type=type, data=data),
        "on_request": is_on_request(type),
    }
    for (endpoint_id,) in ask(_ADDRESS, event | names).all():
        ring_on_commit(endpoint_id=endpoint_id)
