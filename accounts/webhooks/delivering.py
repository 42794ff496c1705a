"""Tell one endpoint what is due. Never inside a transaction: HTTP takes its time."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from django.db import connection
from django.db.transaction import TransactionManagementError

from config.kernel.encryption import Unreadable

from ..models import WebhookDelivery, WebhookEndpoint
from .answers import Answer
from .leases import return_lease, take_lease
from .messages import write_message
from .outcomes import Attempt, settle
from .queries import due_deliveries, has_work
from .stopping import drop_what_nobody_hears
from .switchboard import MOST_LINES, Exchange, Switchboard

logger = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

# One visit to an endpoint; the worker's thread is then free for others.
BUDGET_SECONDS: Final = 20


def deliver_due(*, endpoint_id: int, clock: Clock) -> bool:
    """
    Send what is due for an endpoint, oldest first; return whether there is more to do now.

    Sending takes time, so this is given a clock instead of a moment. While one worker is at an
    endpoint, others return at once. A worker that dies between sending and remembering has the
    same message sent again, with the same `webhook-id`, once its lease is over.
    """
    if connection.in_atomic_block:
        raise TransactionManagementError("Nothing is sent within a transaction.")
    lease = take_lease(endpoint_id=endpoint_id, now=clock())
    if lease is None:
        return False
    try:
        _visit(endpoint_id, lease=lease, clock=clock)
    finally:
        return_lease(endpoint_id=endpoint_id, lease=lease)
    # Whoever rang while we held the lease was turned away.
    return has_work(endpoint_id=endpoint_id, now=clock())


def _visit(endpoint_id: int, *, lease: str, clock: Clock) -> None:
    now = clock()
    endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
    if endpoint.disabled_at or endpoint.deleted_at:
        drop_what_nobody_hears(endpoint_id=endpoint_id, now=now)
        return
    if endpoint.retry_at is not None and endpoint.retry_at > now:
        return
    end = time.monotonic() + BUDGET_SECONDS
    # One message shows whether an endpoint that failed is back.
    at_once = MOST_LINES if endpoint.failing_since is None else 1
    with Switchboard(endpoint.url, clock=clock) as switchboard:
        while time.monotonic() < end:
            batch = _list_due(endpoint, now=clock(), limit=at_once)
            if not batch:
                return
            attempts = _attempt(batch, endpoint, switchboard, now=clock())
            goes_on = settle(endpoint=endpoint, lease=lease, attempts=attempts, now=clock())
            if not goes_on or len(batch) < at_once:
                return
            at_once = MOST_LINES


def _list_due(endpoint: WebhookEndpoint, *, now: datetime, limit: int) -> list[WebhookDelivery]:
    due = due_deliveries(now=now).filter(endpoint=endpoint)
    return list(due.select_related("event__organization").order_by("due_at", "pk")[:limit])


def _attempt(
    batch: list[WebhookDelivery],
    endpoint: WebhookEndpoint,
    switchboard: Switchboard,
    *,
    now: datetime,
) -> list[Attempt]:
    try:
        exchanges = switchboard.post(
            [write_message(delivery=delivery, endpoint=endpoint, now=now) for delivery in batch]
        )
    except Unreadable:
        logger.exception("webhook_secret_unreadable", endpoint=endpoint.public_id)
        exchanges = [Exchange(now, 0, Answer.failed("The secret cannot be read.")) for _ in batch]
    return [
        Attempt(delivery.pk, exchange.started_at, exchange.duration_ms, exchange.answer)
        for delivery, exchange in zip(batch, exchanges, strict=True)
    ]
