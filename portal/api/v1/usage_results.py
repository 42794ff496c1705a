"""What an app is told about the events that it reported."""

from collections import Counter
from collections.abc import Mapping, Sequence
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

_WHY: Final = {
    Rejection.UNKNOWN_ACTION: "The rate card has no such action.",
    Rejection.FEATURE_NOT_IN_PLAN: "The organization's plan does not include the feature.",
    Rejection.NO_AGREEMENT: "The organization has no agreement.",
    Rejection.NO_RATE: "The action had no rate at that time.",
    Rejection.OCCURRED_IN_FUTURE: "The event lies more than five minutes in the future.",
    Rejection.OCCURRED_BEFORE_AGREEMENT: "The event lies before the agreement began.",
    Rejection.QUANTITY_TOO_LARGE: "The quantity is too large.",
}


class EventResult(msgspec.Struct, frozen=True, kw_only=True):
    """
    What became of one event.

    `accepted` and `duplicate` carry the receipt: for a duplicate it is that of the first time.
    `conflict` and `rejected` changed nothing; `reason` says why, and `errors` where.
    """

    id: str | None
    outcome: Outcome
    reason: str | UnsetType = UNSET
    errors: list[FieldError] | UnsetType = UNSET
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
        return EventResult(id=receipt.event_id, outcome=receipt.outcome, reason=str(receipt.reason))
    return EventResult(
        id=receipt.event_id,
        outcome=receipt.outcome,
        feature=receipt.meter,
        credits=decimal_text(receipt.credits),
        overage=decimal_text(receipt.overage),
        remaining=None if receipt.remaining is None else decimal_text(receipt.remaining),
        value_line=value_line(receipt.credits, receipt.value, units[receipt.meter]),
    )


def present_batch(results: Sequence[EventResult]) -> BatchResult:
    """Write the results of a batch with their counts."""
    counts: Counter[Any] = Counter(result.outcome for result in results)
    return BatchResult(
        results=list(results),
        counts=OutcomeCounts(
            accepted=counts[Outcome.ACCEPTED],
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
