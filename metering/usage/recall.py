"""Events that were booked before: an id that comes again is answered from the books."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from config.kernel.quantities import ZERO

from ..models import UsageEvent
from ..rate_card.queries import RatedAction
from .reports import Outcome, Receipt, UsageReport


@dataclass(frozen=True, slots=True)
class BookedEvent:
    """What a client sent under an id, and the receipt it got."""

    body_sha256: bytes
    receipt: Receipt


def find_booked(
    *, organization_id: int, event_ids: Collection[str], actions: Mapping[str, RatedAction]
) -> dict[str, BookedEvent]:
    """Return the events among these ids that are in the books already."""
    rows = UsageEvent.objects.filter(
        organization_id=organization_id, event_id__in=event_ids
    ).values_list(
        "event_id",
        "body_sha256",
        "meter__code",
        "credits",
        "overage_credits",
        "balance_after",
        "quantity",
        "action__code",
        "occurred_at",
    )
    booked = {}
    for event_id, sha256, meter, credits, overage, balance, quantity, action, occurred_at in rows:
        rate = actions[action].rate_at(occurred_at) if action in actions else None
        value: Decimal | None = None
        if rate is not None and rate.customer_value is not None:
            value = quantity * rate.customer_value
        receipt = Receipt(
            event_id=event_id,
            outcome=Outcome.ACCEPTED,
            meter=meter,
            credits=credits,
            overage=ZERO if balance is None else overage,
            remaining=balance,
            value=value,
        )
        booked[event_id] = BookedEvent(bytes(sha256), receipt)
    return booked


def answer_again(report: UsageReport, *, first_sha256: bytes, first: Receipt) -> Receipt:
    """The first receipt again for the same body, or a conflict that reveals nothing of it."""
    if report.body_sha256 != first_sha256:
        return Receipt(event_id=report.event_id, outcome=Outcome.CONFLICT)
    if first.outcome is Outcome.ACCEPTED:
        return replace(first, outcome=Outcome.DUPLICATE)
    return first
