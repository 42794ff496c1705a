"""What Stripe says of what happened, and of the time in which it did, as values of ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from .json_values import Json, id_of, sure_instant, text


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Something that happened. What it says of the object may be old; `payload` is all of it."""

    id: str
    type: str
    object_id: str
    customer_id: str
    occurred_at: datetime
    api_version: str
    is_live: bool
    payload: Json

    @classmethod
    def read(cls, event: Json) -> Self:
        """Raises ``KeyError``, ``TypeError`` or ``ValueError`` for what is no event."""
        told = event["data"]["object"]
        is_customer = told.get("object") == "customer"
        return cls(
            id=event["id"],
            type=event["type"],
            object_id=text(told.get("id")),
            customer_id=id_of(told if is_customer else told.get("customer")),
            occurred_at=sure_instant(event["created"]),
            api_version=text(event.get("api_version")),
            is_live=event["livemode"],
            payload=event,
        )


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """A test clock: the time in which some customers live."""

    id: str
    frozen_at: datetime
    status: str

    @classmethod
    def read(cls, clock: Json) -> Self:
        return cls(
            id=clock["id"], frozen_at=sure_instant(clock["frozen_time"]), status=clock["status"]
        )
