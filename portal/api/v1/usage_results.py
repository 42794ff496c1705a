"""What an app is told about the events that it reported."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec
from django.conf import settings
from msgspec import UNSET, Meta, UnsetType

from metering.rate_card.queries import UnitNames
from metering.usage.reports import Outcome, Receipt, Rejection

from ...formatting import credits_text, rough_money_text
from ..fields import decimal_text
from ..problems import FieldError, Refusal
from .refused_use import is_refused_use, shortage_of, use_refused

_WHY: Final = {
    Rejection.UNKNOWN_ACTION: "The rate card has no such action.",
    Rejection.FEATURE_NOT_IN_PLAN: "The organization's plan does not include the feature.",
    Rejection.NO_AGREEMENT: "The organization has no agreement.",
    Rejection.NO_RATE: "The action had no rate at that time.",
    Rejection.NO_MODEL_PRICE: "The price book had no price for tokens of the model at that time.",
    Rejection.OCCURRED_IN_FUTURE: "The event lies more than five minutes in the future.",
    Rejection.OCCURRED_BEFORE_AGREEMENT: "The event lies before the agreement began.",
    Rejection.OCCURRED_AFTER_AGREEMENT: "The event lies after the agreement ended.",
    Rejection.QUANTITY_TOO_LARGE: "The quantity is too large.",
    Rejection.PROPERTY_MISSING: "The event lacks the property whose values are counted.",
    Rejection.ABSOLUTE_NOT_POSSIBLE: (
        "Only a feature whose reports are summed, named with its value, can be set to a total."
    ),
    Rejection.TOO_MANY_TO_TAKE_BACK: "More than 1,000 events would have to be taken back.",
    Rejection.TAKES_USAGE_BACK: (
        "The period has come to more than that. A key that may report less than before is a "
        "platform key or has the scope credits:write."
    ),
    Rejection.COUNTED_BY_US: "The members of the organization are counted, not reported.",
    Rejection.NOT_HOLDABLE: "Only a feature whose reports are summed can be held.",
    Rejection.INSUFFICIENT_CREDITS: "What is left does not suffice, and the plan sells no more.",
    Rejection.LIMIT_REACHED: "The plan's limit for the period leaves no room for this.",
    Rejection.SPEND_CAP_REACHED: "The organization's spend cap leaves no room for this.",
    Rejection.PAYMENT_OVERDUE: "A payment is overdue; until it is made the feature is withheld.",
}


class EventResult(msgspec.Struct, frozen=True, kw_only=True):
    """
    What became of one event.

    `accepted`, `late` and `duplicate` carry the receipt: for a duplicate it is that of the first
    time. `conflict` and `rejected` changed nothing; `reason` says why, `errors` where, and for
    enforced use `required` and the fields after it what is missing.
    """

    id: str | None
    outcome: Outcome
    reason: str | UnsetType = UNSET
    errors: list[FieldError] | UnsetType = UNSET
    required: Annotated[str, Meta(description="What enforced use would take.")] | UnsetType = UNSET
    available: (
        Annotated[str, Meta(description="What it could take; null is unlimited.")]
        | UnsetType
        | None
    ) = UNSET
    resets_at: (
        Annotated[datetime, Meta(description="When the next period begins.")] | UnsetType | None
    ) = UNSET
    upgrade_url: (
        Annotated[str, Meta(description="Where plans are compared; null if none would help.")]
        | UnsetType
        | None
    ) = UNSET
    feature: (
        Annotated[str, Meta(description="The metered feature that was drawn on.")] | UnsetType
    ) = UNSET
    credits: Annotated[str, Meta(description="What the event took, as a decimal.")] | UnsetType = (
        UNSET
    )
    overage: (
        Annotated[str, Meta(description="The part that no credits were left for.")] | UnsetType
    ) = UNSET
    remaining: (
        Annotated[str | None, Meta(description="What is left right after; null is unlimited.")]
        | UnsetType
    ) = UNSET
    value_line: Annotated[str, Meta(description="The event in words for people.")] | UnsetType = (
        UNSET
    )


class OutcomeCounts(msgspec.Struct, frozen=True):
    """How many events ended how."""

    accepted: int
    late: int
    duplicate: int
    conflict: int
    rejected: int


class BatchResult(msgspec.Struct, frozen=True):
    """One result for each event, in the order in which they were sent."""

    results: list[EventResult]
    counts: OutcomeCounts


class EventConflict(Refusal):
    """The id was used before, for an event with other content."""

    code = "event_conflict"
    title = "The id belongs to another event"
    status = 409

    def __init__(self, event_id: str) -> None:
        super().__init__(
            f"An event {event_id} with other content was recorded before.",
            id=event_id,
            outcome=Outcome.CONFLICT,
        )


class EventRejected(Refusal):
    """The event can be read, but not booked."""

    code = "event_rejected"
    title = "The event cannot be booked"
    status = 422

    def __init__(self, event_id: str, *, reason: str) -> None:
        super().__init__(explain(reason), id=event_id, outcome=Outcome.REJECTED, reason=str(reason))


def explain(reason: str) -> str:
    """Say in a sentence why an event was rejected."""
    return _WHY[Rejection(reason)]


def present_receipt(receipt: Receipt, *, units: Mapping[str, UnitNames]) -> EventResult:
    """Write a receipt as a result."""
    if receipt.outcome is Outcome.CONFLICT:
        return EventResult(id=receipt.event_id, outcome=receipt.outcome, reason="other_content")
    if receipt.outcome is Outcome.REJECTED:
        return EventResult(
            id=receipt.event_id,
            outcome=receipt.outcome,
            reason=str(receipt.reason),
            **_shortage_of(receipt),
        )
    return EventResult(
        id=receipt.event_id,
        outcome=receipt.outcome,
        feature=receipt.meter,
        credits=decimal_text(receipt.credits),
        overage=decimal_text(receipt.overage),
        remaining=None if receipt.remaining is None else decimal_text(receipt.remaining),
        value_line=value_line(receipt.credits, receipt.value, units[receipt.meter]),
    )


def _shortage_of(receipt: Receipt) -> dict[str, Any]:
    if not is_refused_use(receipt.reason):
        return {}
    return shortage_of(
        receipt.reason,
        required=receipt.credits,
        available=receipt.available,
        resets_at=receipt.resets_at,
    )


def refusal_of(result: EventResult) -> Refusal | None:
    """Return how one event alone is refused; None if it was booked."""
    event_id, reason = str(result.id), str(result.reason)
    if result.outcome is Outcome.CONFLICT:
        return EventConflict(event_id)
    if result.outcome is not Outcome.REJECTED:
        return None
    if is_refused_use(reason):
        return use_refused(reason, explain(reason), **msgspec.to_builtins(result))
    return EventRejected(event_id, reason=reason)


def present_batch(results: Sequence[EventResult]) -> BatchResult:
    """Write the results of a batch with their counts."""
    counts: Counter[Any] = Counter(result.outcome for result in results)
    return BatchResult(
        results=list(results),
        counts=OutcomeCounts(
            accepted=counts[Outcome.ACCEPTED],
            late=counts[Outcome.LATE],
            duplicate=counts[Outcome.DUPLICATE],
            conflict=counts[Outcome.CONFLICT],
            rejected=counts[Outcome.REJECTED],
        ),
    )


@lru_cache(maxsize=4096)
def value_line(quantity: Decimal, value: Decimal | None, unit: UnitNames) -> str:
    """Write `50 credits, about $150 of value`: credits are never bare. The API speaks English."""
    name = unit.one if quantity == 1 else unit.many
    line = f"{credits_text(quantity)} {name}"
    if value is None:
        return line
    return f"{line}, about {rough_money_text(value, currency=settings.REPORTING_CURRENCY)} of value"
