"""One usage event, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from config.kernel.quantities import ZERO

from ..choices import TransferKind
from ..models import LedgerTransfer, UsageEvent, UsageReversal


@dataclass(frozen=True, slots=True)
class EventFacts:
    """
    A usage event. `credits` is what it added to its period, and `overage` the part of it that
    nothing has paid for until now. `api_key` is None unless the key is the organization's own.

    It was late if it is `counted_at` another time than it occurred. One that was taken back has
    the moment, the reason, and the event that set the period's total anew if that was why.
    """

    event_id: str
    meter: str
    action: str | None
    member: str
    api_key: str | None
    quantity: Decimal
    credits: Decimal
    overage: Decimal
    properties: dict[str, object] | None
    tokens: dict[str, Any] | None
    hold: str | None
    occurred_at: datetime
    counted_at: datetime
    recorded_at: datetime
    reversed_at: datetime | None
    reversal_reason: str | None
    replaced_by: str | None

    @property
    def is_late(self) -> bool:
        """Whether it came too late for the period in which it occurred."""
        return self.counted_at != self.occurred_at


def has_events(*, organization_id: int) -> bool:
    """Whether anything was ever counted for the organization."""
    return UsageEvent.objects.filter(organization_id=organization_id).exists()


def find_event(*, organization_id: int, event_id: str) -> EventFacts | None:
    """Return the event that the organization's app reported under an id; None if there is none."""
    reversal = UsageReversal.objects.filter(
        organization_id=organization_id, event_key=OuterRef("event_id")
    )
    row = (
        UsageEvent.objects.filter(organization_id=organization_id, event_id=event_id)
        .annotate(
            own_key=own_key(organization_id),
            unpaid=F("overage_credits") - _covered(organization_id),
            reversed_at=Subquery(reversal.values("reversed_at")),
            reversal_reason=Subquery(reversal.values("reason")),
            replaced_by=Subquery(reversal.values("replaced_by")),
        )
        .values_list(
            "event_id",
            "meter__code",
            "action__code",
            "member",
            "own_key",
            "quantity",
            "credits",
            "unpaid",
            "properties",
            "tokens",
            "hold__public_id",
            "occurred_at",
            "counted_at",
            "recorded_at",
            "reversed_at",
            "reversal_reason",
            "replaced_by",
        )
        .first()
    )
    return None if row is None else EventFacts(*row)


def own_key(organization_id: int) -> Case:
    """The id of the key that reported an event; a key of the platform is not told to others."""
    own = When(api_key__organization_id=organization_id, then=F("api_key__public_id"))
    return Case(own, default=None, output_field=CharField(null=True))


def of_use(
    events: QuerySet[UsageEvent],
    *,
    organization_id: int,
    action: str | None = None,
    member: str | None = None,
    api_key: str | None = None,
) -> QuerySet[UsageEvent]:
    """The events of an action, a member and a key, as far as each is asked for; "" is without."""
    if action is not None:
        events = (
            events.filter(action__code=action) if action else events.filter(action__isnull=True)
        )
    if member is not None:
        events = events.filter(member=member)
    if api_key:
        events = events.filter(api_key__organization_id=organization_id, api_key__public_id=api_key)
    elif api_key is not None:
        events = events.exclude(api_key__organization_id=organization_id)
    return events


def _covered(organization_id: int) -> Coalesce:
    """How much of an event's overage credits have paid afterwards."""
    covers = (
        LedgerTransfer.objects.filter(
            organization_id=organization_id,
            event_key=OuterRef("event_id"),
            kind=TransferKind.COVER,
        )
        .values("event_key")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return Coalesce(
        Subquery(covers), ZERO, output_field=DecimalField(max_digits=18, decimal_places=6)
    )
