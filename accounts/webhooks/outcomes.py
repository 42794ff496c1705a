"""Write down what came of attempts, and what that means for the deliveries and the endpoint."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from ..audit.actor import SYSTEM
from ..audit.operations import record
from ..choices import DeliveryStatus, DisabledReason
from ..models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from .answers import Answer
from .backoff import SPREAD, pause_after, rest_after
from .leases import LEASE_LENGTH
from .mailing import tell_disabled
from .stopping import FAILURE_FIELDS, drop_pending, forget_failures

FAILING_FOR: Final = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message that was sent, and what came of it."""

    delivery_id: int
    started_at: datetime
    duration_ms: int
    answer: Answer


@transaction.atomic(durable=True)
def settle(
    *, endpoint: WebhookEndpoint, lease: str, attempts: Sequence[Attempt], now: datetime
) -> bool:
    """
    Store attempts that ended; return whether to go on sending to the endpoint as it was.

    A delivery that somebody resent, dropped or delivered meanwhile keeps what they made of it,
    but one that was answered well is delivered.
    """
    present = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    _settle_deliveries(attempts, now=now)
    _judge(present, [attempt.answer for attempt in attempts], now=now)
    is_ours = present.lease == lease
    if is_ours:
        present.leased_until = now + LEASE_LENGTH
    present.save(
        update_fields=[
            *("leased_until", "last_success_at", *FAILURE_FIELDS),
            *("disabled_at", "disabled_reason"),
        ]
    )
    is_listening = present.disabled_at is None and present.deleted_at is None
    return is_ours and is_listening and present.retry_at is None and present.url == endpoint.url


def _settle_deliveries(attempts: Sequence[Attempt], *, now: datetime) -> None:
    answers = {attempt.delivery_id: attempt.answer for attempt in attempts}
    told = WebhookDelivery.objects.select_for_update(no_key=True).filter(pk__in=answers)
    deliveries = {delivery.pk: delivery for delivery in told.order_by("pk")}
    for delivery in deliveries.values():
        delivery.attempt_count += 1
        if answers[delivery.pk].is_success:
            _finish(delivery, DeliveryStatus.DELIVERED, now=now)
        elif delivery.status == DeliveryStatus.PENDING:
            _try_later(delivery, answers[delivery.pk], now=now)
    WebhookAttempt.objects.bulk_create(
        _row_of(attempt, deliveries[attempt.delivery_id]) for attempt in attempts
    )
    WebhookDelivery.objects.bulk_update(
        deliveries.values(), ["attempt_count", "status", "due_at", "finished_at"]
    )


def _row_of(attempt: Attempt, delivery: WebhookDelivery) -> WebhookAttempt:
    return WebhookAttempt(
        delivery=delivery,
        number=delivery.attempt_count,
        started_at=attempt.started_at,
        duration_ms=attempt.duration_ms,
        status_code=attempt.answer.status_code,
        error=attempt.answer.error,
        response_excerpt=attempt.answer.excerpt,
    )


def _finish(delivery: WebhookDelivery, status: DeliveryStatus, *, now: datetime) -> None:
    delivery.status = status
    delivery.due_at = None
    delivery.finished_at = now


def _try_later(delivery: WebhookDelivery, answer: Answer, *, now: datetime) -> None:
    tried = delivery.attempt_count - delivery.earlier_attempt_count
    pause = pause_after(tried, spread=_spread())
    if pause is None or answer.is_gone:
        _finish(delivery, DeliveryStatus.FAILED, now=now)
    else:
        delivery.due_at = now + max(pause, answer.retry_after or timedelta(0))


def _judge(endpoint: WebhookEndpoint, answers: Sequence[Answer], *, now: datetime) -> None:
    """What the answers mean for the endpoint as a whole: nothing got through only if none did."""
    if any(answer.is_success for answer in answers):
        endpoint.last_success_at = now
        forget_failures(endpoint)
    wanted = [answer.retry_after for answer in answers if answer.retry_after is not None]
    if wanted or not any(answer.is_success for answer in answers):
        endpoint.failing_since = endpoint.failing_since or now
        endpoint.failure_count += 1
        rest = rest_after(endpoint.failure_count, spread=_spread())
        endpoint.retry_at = now + max([rest, *wanted])
    if any(answer.is_gone for answer in answers):
        _disable(endpoint, DisabledReason.GONE, now=now)
    elif endpoint.failing_since and now - endpoint.failing_since >= FAILING_FOR:
        _disable(endpoint, DisabledReason.FAILING, now=now)


def _disable(endpoint: WebhookEndpoint, reason: DisabledReason, *, now: datetime) -> None:
    if endpoint.disabled_at is not None or endpoint.deleted_at is not None:
        return
    endpoint.disabled_at = now
    endpoint.disabled_reason = reason
    tell_disabled(endpoint, now=now)
    dropped = drop_pending(endpoint=endpoint, now=now)
    record(
        actor=SYSTEM,
        action="webhook_endpoint.disabled",
        target=endpoint.public_id,
        organization=endpoint.organization,
        changes={"reason": str(reason), "dropped": dropped},
        now=now,
    )


def _spread() -> int:
    return secrets.randbelow(SPREAD + 1)
