"""
Keep the first answer to a POST that carries an `Idempotency-Key`, and give it again.

A key is claimed before the work begins and completed with the answer after it. The claim of a
process that died in between can be taken over once it is older than any request may live, so
the work itself must recognise what it has done before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import transaction
from django.db.models import QuerySet

from config.kernel.encryption import Unreadable, decrypt_bytes, encrypt_bytes
from config.kernel.errors import DomainError

from ..models import IdempotencyRecord
from .queries import CallerKey

KEPT_FOR: Final = timedelta(days=30)
# A request is given up long before: the database ends a statement after thirty seconds.
ABANDONED_AFTER: Final = timedelta(minutes=2)
# An answer may hold a secret that is shown this once.
_PURPOSE: Final = "answer to a repeated request"


class IdempotencyKeyReused(DomainError):
    """The key came before, with another request."""

    code = "idempotency_key_reused"
    title = "The Idempotency-Key belongs to another request"
    status: ClassVar[int] = 409


class RequestInFlight(DomainError):
    """The same request is being worked on at this moment."""

    code = "request_in_flight"
    title = "The same request is still being worked on"
    status: ClassVar[int] = 409


class AnswerUnreadable(DomainError):
    """The request was done before, but its answer was encrypted with a key that nobody has now."""

    code = "answer_unreadable"
    title = "The first answer cannot be read any more"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work of a request, and the duty to complete or release it."""

    record_id: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered the first time."""

    status: int
    content_type: str
    body: bytes


@transaction.atomic(durable=True)
def claim(
    *, caller: CallerKey, key: str, request_sha256: bytes, now: datetime
) -> Claim | FirstAnswer:
    """
    Claim a key for a request, or return the answer that the same request got before.

    Raises `IdempotencyKeyReused`, `RequestInFlight` and `AnswerUnreadable`.
    """
    record, is_new = IdempotencyRecord.objects.select_for_update().get_or_create(
        api_key_id=caller.id,
        key=key,
        defaults={"request_sha256": request_sha256, "started_at": now},
    )
    if is_new:
        return Claim(record.pk, now)
    if bytes(record.request_sha256) != request_sha256:
        raise IdempotencyKeyReused("This Idempotency-Key was used before, for another request.")
    if record.status is not None and record.body is not None:
        return FirstAnswer(record.status, record.content_type, _read(bytes(record.body)))
    if now - record.started_at < ABANDONED_AFTER:
        raise RequestInFlight("The same request is still being worked on. Ask again in a moment.")
    record.started_at = now
    record.save(update_fields=["started_at"])
    return Claim(record.pk, now)


def complete(*, claim: Claim, answer: FirstAnswer) -> None:
    """Keep the answer of a claimed request. A server error must be released instead."""
    _claimed(claim).update(
        status=answer.status,
        content_type=answer.content_type,
        body=encrypt_bytes(answer.body, purpose=_PURPOSE),
    )


def release(*, claim: Claim) -> None:
    """Give a claim back, so that the request can be tried again."""
    _claimed(claim).delete()


def delete_old_answers(*, now: datetime) -> int:
    """Forget the requests of more than thirty days ago; returns how many."""
    count, _ = IdempotencyRecord.objects.filter(started_at__lt=now - KEPT_FOR).delete()
    return count


def _read(body: bytes) -> bytes:
    try:
        return decrypt_bytes(body, purpose=_PURPOSE)
    except Unreadable as error:
        raise AnswerUnreadable(
            "This request was done before, but what was answered cannot be read any more."
        ) from error


def _claimed(claim: Claim) -> QuerySet[IdempotencyRecord]:
    # By its start as well: a claim that was taken over is no longer ours to end.
    return IdempotencyRecord.objects.filter(
        pk=claim.record_id, started_at=claim.started_at, status=None
    )
