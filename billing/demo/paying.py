"""
How the demo's customers pay: through Stripe or the sandbox, each by a test clock of its own that
comes to the present month by month. Where Stripe is not connected, nobody does.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from accounts.audit.actor import SYSTEM, Actor
from accounts.models import Organization, User
from config.kernel.errors import DomainError
from metering.credits.grace import GRACE

from ..agreements.changes import change_seats
from ..catalog.queries import find_newest_version
from ..choices import PublicationStatus, TopUpStatus
from ..models import Publication, TopUp
from ..stripe.gateway.configuration import is_connected, is_sandbox
from ..stripe.intents import finish_open_intents
from ..stripe.journeys.top_ups import pay_with_card
from ..stripe.publishing import publish_waiting
from ..stripe.rehearsal import (
    DECLINED,
    VISA,
    Rehearsal,
    Subscribing,
    begin_rehearsal,
    bring_to_present,
    ensure_coupon,
    find_rehearsal,
)
from ..top_ups.operations import order_top_up
from .customers import Customer
from .history import list_usage_periods
from .price_list import LEGACY_PLANS

COUPON: Final = "WELCOME20"
_PERCENT_OFF: Final = 20
# What is over is settled after an hour; its invoice is collected an hour later, on the way to
# whatever comes next.
_SETTLED_AFTER: Final = GRACE + timedelta(minutes=5)
_PACK_BOUGHT_AFTER: Final = timedelta(days=10)
_CARD_LOST_BEFORE: Final = timedelta(days=2)


class NotOnSale(DomainError):
    """Stripe did not take what the demo sells."""

    code = "demo_not_on_sale"
    title = "The demo's plans are not at Stripe"


def finish_what_was_begun(*, now: datetime) -> None:
    """See to the calls of a run that was ended midway: it is not known what became of them."""
    finish_open_intents(now=now)


def sell(*, now: datetime) -> None:
    """Have Stripe know what is on sale by now. Raises `NotOnSale`."""
    if not is_connected():
        return
    publish_waiting(now=now)
    by_now = Publication.objects.filter(plan_version__published_at__lte=now)
    refused = by_now.exclude(status=PublicationStatus.PUBLISHED).first()
    if refused is not None:
        raise NotOnSale(refused.detail)


def subscribe(customer: Customer, *, organization: Organization, now: datetime) -> None:
    """
    Let a customer subscribe to the newest version of its plan by card, or try it without one.

    Raises what `Rehearsal.subscribe` raises.
    """
    rehearsal = begin_rehearsal(organization=organization, starts_at=now)
    if not customer.trial_days:
        rehearsal.give_card(VISA, now=now)
    version = find_newest_version(plan_code=customer.plan, at=now)
    assert version is not None, customer.plan
    agreement = rehearsal.subscribe(
        Subscribing(
            version=version,
            interval=customer.interval,
            currency=customer.currency,
            seats=customer.seats or 1,
            trial_days=customer.trial_days,
            coupon=_coupon(now=now) if customer.uses_coupon else "",
        ),
        now=now,
    )
    if customer.seats is not None:
        # Where seats cost nothing, Stripe does not know their number.
        change_seats(agreement=agreement, seats=customer.seats, actor=SYSTEM, now=now)


def _coupon(*, now: datetime) -> str:
    return ensure_coupon(code=COUPON, name="Welcome", percent_off=_PERCENT_OFF, now=now)


def list_happenings(
    customer: Customer, *, organization: Organization, now: datetime
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """
    Return what happens to a customer's payments until now, and when. Nothing if nobody collects.

    The end of each month takes two steps: the invoice is drafted; the month is settled and put on
    it, which makes it final. Stripe collects it within the time that passes next. Where usage is
    unlimited there is nothing to put on it, and one step is enough.
    """
    rehearsal = find_rehearsal(organization=organization)
    if rehearsal is None:
        return
    *complete, current = list_usage_periods(customer, now=now)
    for period in complete:
        for later in _steps(customer):
            yield period.ends_at + later, partial(rehearsal.move_to, period.ends_at + later)
    if customer.buys_pack:
        at = complete[-2].starts_at + _PACK_BOUGHT_AFTER
        yield at, partial(_buy_pack, customer, rehearsal, at=at)
    if customer.card_fails:
        at = current.starts_at - _CARD_LOST_BEFORE
        yield at, partial(_lose_card, rehearsal, at=at)


def _steps(customer: Customer) -> tuple[timedelta, ...]:
    is_unlimited = not customer.moves and any(
        plan.code == customer.plan and plan.allowance is None for plan in LEGACY_PLANS
    )
    return (_SETTLED_AFTER,) if is_unlimited else (timedelta(0), _SETTLED_AFTER)


def arrive_in_the_present(*, now: datetime) -> None:
    """Let every customer's clock come to the present, and stay there where it can."""
    if is_connected():
        bring_to_present(now=now)


def keep_to_the_present(*, now: datetime) -> None:
    """Move the clocks on that stood still since the last start: those at Stripe itself."""
    if is_connected() and not is_sandbox():
        bring_to_present(now=now)


def _lose_card(rehearsal: Rehearsal, *, at: datetime) -> None:
    """Pay with a card from now on that is declined whenever it is charged."""
    rehearsal.move_to(at)
    rehearsal.give_card(DECLINED, now=at)


def _buy_pack(customer: Customer, rehearsal: Rehearsal, *, at: datetime) -> None:
    """Order a pack of credits and pay for it with the card that is on file, once."""
    rehearsal.move_to(at)
    organization = rehearsal.organization
    top_up = TopUp.objects.owned_by(organization).first() or order_top_up(
        organization=organization,
        pack_code=customer.buys_pack,
        pack_count=1,
        actor=Actor.for_user(User.objects.get(email=customer.owner.email)),
        now=at,
    )
    if top_up.status == TopUpStatus.PENDING:
        pay_with_card(top_up=top_up, now=at)
