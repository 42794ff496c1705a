"""Who wants to know of which events, and which events Stripe is asked to send."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from ..registry import Registry

# What Stripe is asked for: all that changes an object which we keep or follow.
TYPES: Final = tuple(
    f"{noun}.{verb}"
    for noun, verbs in {
        "checkout.session": "async_payment_failed async_payment_succeeded completed expired",
        "credit_note": "created updated voided",
        "customer": "created deleted updated",
        "customer.subscription": (
            "created deleted paused pending_update_applied pending_update_expired resumed "
            "trial_will_end updated"
        ),
        "customer.tax_id": "created deleted updated",
        "invoice": (
            "created deleted finalization_failed finalized marked_uncollectible overdue paid "
            "payment_action_required payment_failed payment_succeeded sent updated voided"
        ),
        "invoiceitem": "created deleted",
        "payment_intent": "canceled payment_failed processing requires_action succeeded",
        "payment_method": "attached automatically_updated detached updated",
        "price": "created deleted updated",
        "product": "created deleted updated",
        "setup_intent": "canceled requires_action setup_failed succeeded",
        "subscription_schedule": "aborted canceled completed created expiring released updated",
    }.items()
    for verb in verbs.split()
)
# Only where there are test clocks.
CLOCK_TYPES: Final = ("test_helpers.test_clock.advancing", "test_helpers.test_clock.ready")


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """
    That something became of an object. What became of it is to be asked for.

    `seen_at` is the real time at which it is seen to, whatever a test clock shows.
    """

    id: str
    type: str
    object_id: str
    customer_id: str
    occurred_at: datetime
    seen_at: datetime | None = None


Handler = Callable[[ReceivedEvent, datetime], None]

_HANDLERS: Registry[Handler] = Registry()


def handles(pattern: str) -> Callable[[Handler], Handler]:
    """
    Register a function for events of a type, or of types such as `invoice.*`.

    It is called outside of any transaction, maybe more than once for an event and maybe late,
    with the present time, which for a customer of a test clock is that clock's. What it raises
    has it called again later.
    """

    def register(handler: Handler) -> Handler:
        _HANDLERS.add(pattern, handler)
        return handler

    return register


def handlers_of(event_type: str) -> list[Handler]:
    """Whoever wants to know of events of this type."""
    return [
        handler
        for pattern, handlers in _HANDLERS.followers.items()
        if fnmatchcase(event_type, pattern)
        for handler in handlers
    ]


def patterns() -> set[str]:
    """All that was registered for."""
    return set(_HANDLERS.followers)


def wanted_types(*, with_clocks: bool) -> list[str]:
    """The types of events that Stripe is asked to send."""
    return sorted(TYPES + CLOCK_TYPES if with_clocks else TYPES)
