"""What an app says about usage, under which terms it is booked, and what it is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from config.kernel.quantities import ZERO

from ..choices import Aggregation
from ..price_book.costs import TokensUsed

LARGEST_BATCH: Final = 1_000
LARGEST_QUANTITY: Final = Decimal(10) ** 9


class Outcome(StrEnum):
    """How the report of one event ended. Every event ends in exactly one of these."""

    ACCEPTED = "accepted"
    LATE = "late"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Rejection(StrEnum):
    """Why an event could not be booked. Those from `INSUFFICIENT_CREDITS` on end enforced use."""

    UNKNOWN_ACTION = "unknown_action"
    FEATURE_NOT_IN_PLAN = "feature_not_in_plan"
    NO_AGREEMENT = "no_agreement"
    NO_RATE = "no_rate"
    NO_MODEL_PRICE = "no_model_price"
    OCCURRED_IN_FUTURE = "occurred_in_future"
    OCCURRED_BEFORE_AGREEMENT = "occurred_before_agreement"
    OCCURRED_AFTER_AGREEMENT = "occurred_after_agreement"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    PROPERTY_MISSING = "property_missing"
    ABSOLUTE_NOT_POSSIBLE = "absolute_not_possible"
    COUNTED_BY_US = "counted_by_us"
    NOT_HOLDABLE = "not_holdable"
    TOO_MANY_TO_TAKE_BACK = "too_many_to_take_back"
    TAKES_USAGE_BACK = "takes_usage_back"
    INSUFFICIENT_CREDITS = "insufficient_credits"
    LIMIT_REACHED = "limit_reached"
    SPEND_CAP_REACHED = "spend_cap_reached"
    PAYMENT_OVERDUE = "payment_overdue"


class Mode(StrEnum):
    """Whether a report adds to the total of its period, or says what the total is."""

    DELTA = "delta"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True)
class UsageReport:
    """
    One event as an app reports it.

    It names an action of the rate card and how many of it, or a meter and a quantity of its
    unit directly. `body_sha256` is the fingerprint of what the client sent: the same id with
    another fingerprint is a conflict. With `enforce` the app asks before it acts: what the
    terms do not allow is rejected instead of booked. One that `may_lower` nothing is rejected where
    it says less than its period has come to. `tokens` say what it cost us in place of a
    `cost`: `metering.price_book.reported` puts that in before they are booked.
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
    mode: Mode = Mode.DELTA
    enforce: bool = False
    may_lower: bool = True
    is_our_count: bool = False
    tokens: TokensUsed | None = None


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """
    Credits to set aside for something that is about to happen, for as long as it `lasts`.

    `key` is the app's own id for it; action, meter and quantity are as in a `UsageReport`.
    """

    key: str
    quantity: Decimal
    body_sha256: bytes
    lasts: timedelta
    action: str | None = None
    meter: str | None = None
    member: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    What enforced use may come to in a period. Plain usage is recorded whatever the bounds.

    `refusal` refuses all of it. `limit` bounds what is used and held, `overage` the part of it
    that no grant pays for (None: no bound); `overage_refusal` is the reason given there.
    """

    refusal: Rejection | None = None
    limit: Decimal | None = None
    overage: Decimal | None = ZERO
    overage_refusal: Rejection = Rejection.INSUFFICIENT_CREDITS


@dataclass(frozen=True, slots=True)
class Held:
    """
    What open holds on a meter have set aside, and the part of it that no grant covers.

    Both count against `Bounds` as if they had been used.
    """

    credits: Decimal = ZERO
    uncovered: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class MeterTerms:
    """
    What an agreement grants on one meter, handed down by billing.

    Usage is taken since `starts_at`. Periods are months counted from `anchor_at`, before it as
    well as after it. `allowance` is granted once per period; None means that usage is unlimited.
    `source` is the public id of the agreement, and `ends_at` when it ended, if it did. How
    reports make the value of a period is the meter's.
    """

    meter_id: int
    meter: str
    starts_at: datetime
    anchor_at: datetime
    allowance: Decimal | None
    source: str
    ends_at: datetime | None = None
    aggregation: str = Aggregation.SUM
    unique_property: str = ""
    is_our_count: bool = False
    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    What became of one event.

    `credits` is what it added to the period, `overage` the part of it that no grant paid for,
    `remaining` what can still be spent on the like (None: unlimited), `value` what the event was
    worth to the customer in the reporting currency (None: unknown). A refusal of enforced use
    says in `credits` what was asked for, and what would not be refused in `available`.
    """

    event_id: str
    outcome: Outcome
    meter: str = ""
    credits: Decimal = ZERO
    overage: Decimal = ZERO
    remaining: Decimal | None = None
    value: Decimal | None = None
    reason: str = ""
    available: Decimal | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """
    How the totals of one of a meter's periods moved.

    `remaining` is what can be spent on the meter now, whichever period moved. It and
    `allowance` are None where usage of the period is unlimited.
    """

    meter_id: int
    period_starts_at: datetime
    period_ends_at: datetime
    allowance: Decimal | None
    used_before: Decimal
    used_after: Decimal
    overage_before: Decimal
    overage_after: Decimal
    remaining: Decimal | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A receipt for each report, in order, and what the batch moved."""

    receipts: list[Receipt]
    movements: list[Movement]
