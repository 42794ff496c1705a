"""What an app says about usage, under which terms it is booked, and what it is told."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

LARGEST_BATCH: Final = 1_000
LARGEST_QUANTITY: Final = Decimal(10) ** 9


class Outcome(StrEnum):
    """How the report of one event ended. Every event ends in exactly one of these."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Rejection(StrEnum):
    """Why an event could not be booked."""

    UNKNOWN_ACTION = "unknown_action"
    FEATURE_NOT_IN_PLAN = "feature_not_in_plan"
    NO_AGREEMENT = "no_agreement"
    NO_RATE = "no_rate"
    OCCURRED_IN_FUTURE = "occurred_in_future"
    OCCURRED_BEFORE_AGREEMENT = "occurred_before_agreement"
    QUANTITY_TOO_LARGE = "quantity_too_large"


@dataclass(frozen=True, slots=True)
class UsageReport:
    """
    One event as an app reports it.

    It names an action of the rate card and how many of it, or a meter and a quantity of its
    unit directly. `body_sha256` is the fingerprint of what the client sent: the same id with
    another fingerprint is a conflict.
    """

    event_id: str
    quantity: Decimal
    body_sha256: bytes
    action: str | None = None
    meter: str | None = None
    occurred_at: datetime | None = None
    member: str = ""
    cost: Decimal | None = None
    properties: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MeterTerms:
    """
    What an agreement grants on one meter, handed down by billing.

    Periods are months counted from `starts_at`. `allowance` is granted once per period;
    None means that usage is unlimited. `source` is the public id of the agreement.
    """

    meter_id: int
    meter: str
    starts_at: datetime
    allowance: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    What became of one event.

    `credits` is the rated quantity, `overage` the part of it that no grant paid for,
    `remaining` what can still be spent (None: unlimited), `value` what the event was worth
    to the customer in the reporting currency (None: unknown).
    """

    event_id: str
    outcome: Outcome
    meter: str = ""
    credits: Decimal = Decimal(0)
    overage: Decimal = Decimal(0)
    remaining: Decimal | None = None
    value: Decimal | None = None
    reason: str = ""
