"""What Stripe says of a subscription and of what is to become of it, as values of ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from config.kernel.periods import Period

from .json_values import (
    Json,
    id_of,
    instant,
    labels,
    part,
    rows,
    sure_instant,
    text,
    whole,
)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One thing that a subscription is for. A metered one has no quantity."""

    id: str
    price_id: str
    quantity: int
    starts_at: datetime
    ends_at: datetime
    is_metered: bool = False

    @classmethod
    def read(cls, item: Json) -> Self:
        return cls(
            id=item["id"],
            price_id=id_of(item["price"]),
            quantity=item.get("quantity") or 0,
            starts_at=sure_instant(item["current_period_start"]),
            ends_at=sure_instant(item["current_period_end"]),
            is_metered=part(item, "price", "recurring").get("usage_type") == "metered",
        )


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """
    A subscription.

    `has_payment_method`: it has one of its own, or its customer has, as far as the customer was
    told whole. `cancel_at` is also set where it ends with its period. The words of `status`
    and `feedback` are Stripe's.
    """

    id: str
    customer_id: str
    status: str
    items: tuple[ItemFacts, ...]
    anchor_at: datetime
    started_at: datetime
    trial_ends_at: datetime | None
    cancel_at: datetime | None
    ended_at: datetime | None
    latest_invoice_id: str
    schedule_id: str
    has_pending_update: bool
    has_payment_method: bool
    feedback: str
    metadata: dict[str, str]
    test_clock_id: str
    currency: str
    collection_method: str
    discount_ids: tuple[str, ...]

    @property
    def base(self) -> ItemFacts:
        """The item of the base price: the one that is not metered."""
        return next((item for item in self.items if not item.is_metered), self.items[0])

    @property
    def period(self) -> Period:
        """The billing period that the base price is paid for."""
        return Period(starts_at=self.base.starts_at, ends_at=self.base.ends_at)

    @classmethod
    def read(cls, subscription: Json) -> Self:
        items = tuple(ItemFacts.read(item) for item in rows(subscription, "items"))
        return cls(
            id=subscription["id"],
            customer_id=id_of(subscription["customer"]),
            status=subscription["status"],
            items=items,
            anchor_at=sure_instant(subscription["billing_cycle_anchor"]),
            started_at=sure_instant(subscription["start_date"]),
            trial_ends_at=instant(subscription.get("trial_end")),
            cancel_at=_cancel_at(subscription, items),
            ended_at=instant(subscription.get("ended_at")),
            latest_invoice_id=id_of(subscription.get("latest_invoice")),
            schedule_id=id_of(subscription.get("schedule")),
            has_pending_update=bool(subscription.get("pending_update")),
            has_payment_method=_can_be_charged(subscription),
            feedback=text(part(subscription, "cancellation_details").get("feedback")),
            metadata=labels(subscription),
            test_clock_id=id_of(subscription.get("test_clock")),
            currency=subscription["currency"].upper(),
            collection_method=subscription["collection_method"],
            discount_ids=tuple(id_of(each) for each in subscription.get("discounts") or ()),
        )


@dataclass(frozen=True, slots=True)
class PhaseFacts:
    """What a subscription is for in one stretch of a schedule: price id and quantity of each."""

    starts_at: datetime
    ends_at: datetime
    items: tuple[tuple[str, int], ...]
    metadata: dict[str, str]

    @classmethod
    def read(cls, phase: Json) -> Self:
        return cls(
            starts_at=sure_instant(phase["start_date"]),
            ends_at=sure_instant(phase["end_date"]),
            items=tuple(
                (id_of(item["price"]), item.get("quantity") or 0) for item in phase["items"]
            ),
            metadata=labels(phase),
        )


@dataclass(frozen=True, slots=True)
class ScheduleFacts:
    """What is to become of a subscription, and when."""

    id: str
    status: str
    subscription_id: str
    customer_id: str
    end_behavior: str
    phases: tuple[PhaseFacts, ...]
    phase_starts_at: datetime | None
    phase_ends_at: datetime | None
    metadata: dict[str, str]
    test_clock_id: str

    @classmethod
    def read(cls, schedule: Json) -> Self:
        current = part(schedule, "current_phase")
        return cls(
            id=schedule["id"],
            status=schedule["status"],
            subscription_id=id_of(schedule.get("subscription")),
            customer_id=id_of(schedule["customer"]),
            end_behavior=schedule["end_behavior"],
            phases=tuple(PhaseFacts.read(phase) for phase in schedule["phases"]),
            phase_starts_at=instant(current.get("start_date")),
            phase_ends_at=instant(current.get("end_date")),
            metadata=labels(schedule),
            test_clock_id=id_of(schedule.get("test_clock")),
        )


def _cancel_at(subscription: Json, items: tuple[ItemFacts, ...]) -> datetime | None:
    if subscription.get("cancel_at"):
        return instant(subscription["cancel_at"])
    if subscription.get("cancel_at_period_end"):
        return max(item.ends_at for item in items)
    return None


def _can_be_charged(subscription: Json) -> bool:
    customer = whole(subscription["customer"])
    return bool(
        subscription.get("default_payment_method")
        or subscription.get("default_source")
        or part(customer, "invoice_settings").get("default_payment_method")
        or customer.get("default_source")
    )
