"""
Customers who live by a test clock: what they did in months past, or are going to do, is played
through at Stripe, and followed here by the same inbox as everything else.

For test keys alone. At Stripe a test clock stands still until it is moved; in the sandbox it can
follow real time once it shows the present.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings

from accounts.models import Organization
from config.kernel.errors import DomainError

from ..models import Agreement, PlanVersion, StripeCustomer, StripeEvent, StripeIntent
from .clocks import come_to
from .gateway.client import ask
from .gateway.configuration import is_live, is_sandbox
from .gateway.errors import ObjectMissing
from .gateway.facts import ClockFacts
from .gateway.reading import retrieve_clock
from .gateway.transport import TRANSPORT, rest
from .inbox import catch_up, handle_waiting, try_again
from .inbox.handling import UNSEEN
from .intents import Call, perform
from .journeys.customers import ensure_customer, find_customer
from .journeys.items import new_items
from .levelling import bring_subscription_level
from .publishing import price_ids_of

VISA: Final = "pm_card_visa"
# Can be kept, and is declined whenever it is charged.
DECLINED: Final = "pm_card_chargeCustomerFail"
# Stripe moves a clock by two billing periods at most, of which none here is shorter.
LONGEST_STEP: Final = timedelta(days=31)
FIRST_LOOK_MS: Final = 20
LATER_LOOKS_MS: Final = 1_000
MOST_LOOKS: Final = 300


class NotRehearsable(DomainError):
    """Test clocks are for test keys: where money is real, so is time."""

    code = "not_rehearsable"
    title = "Nothing can be rehearsed here"


class RehearsalStuck(DomainError):
    """What should follow from the time that passed did not."""

    code = "rehearsal_stuck"
    title = "The rehearsal does not go on"


@dataclass(frozen=True, slots=True)
class Subscribing:
    """What a customer subscribes to. `seats` count where each is paid for."""

    version: PlanVersion
    interval: str
    currency: str
    seats: int = 1
    trial_days: int = 0
    coupon: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """
    An organization whose customer lives by a test clock of its own.

    Every step is an intent with a key that follows from what is done, so that a rehearsal that
    was ended midway is gone through again without anything happening twice.
    """

    organization: Organization
    customer_id: str
    clock_id: str

    def give_card(self, card: str, *, now: datetime) -> None:
        """Have the customer pay with one of Stripe's test cards from now on."""
        method = self._step(
            "payment_methods.attach", {"customer": self.customer_id}, card, card, now=now
        )
        self._step(
            "customers.update",
            {"invoice_settings": {"default_payment_method": method["id"]}},
            self.customer_id,
            f"default:{card}",
            now=now,
        )
        at = self._settled_clock().frozen_at
        hear_all(since=at, now=at)

    def subscribe(self, wanted: Subscribing, *, now: datetime) -> Agreement:
        """
        Subscribe at the time of the clock, and return the agreement that begins with it.

        Raises `RehearsalStuck` if nothing begins, `NotPublished`, and what `perform` raises.
        """
        prices = price_ids_of(
            version_id=wanted.version.pk, currency=wanted.currency, interval=wanted.interval
        )
        params: dict[str, Any] = {
            "customer": self.customer_id,
            "items": new_items(prices, seats=wanted.seats),
            "billing_mode": {"type": "flexible"},
            "metadata": {"organization": self.organization.public_id},
        }
        if wanted.trial_days:
            params["trial_period_days"] = wanted.trial_days
            params["trial_settings"] = {"end_behavior": {"missing_payment_method": "cancel"}}
        if wanted.coupon:
            params["discounts"] = [{"coupon": wanted.coupon}]
        made = self._step("subscriptions.create", params, "", "subscription", now=now)
        agreement = bring_subscription_level(subscription_id=made["id"], now=now)
        if agreement is None:
            raise RehearsalStuck(f"{self.organization.name} has not paid for its first period.")
        hear_all(since=now, now=now)
        return agreement

    def move_to(self, at: datetime) -> None:
        """
        Let time pass until then, and see to everything that Stripe tells of it.

        A clock that is there already stays. Raises `RehearsalStuck` and what the gateway raises.
        """
        target = at.replace(microsecond=0)
        clock = self._settled_clock()
        if clock.frozen_at >= target:
            # Whoever brought it there may not have seen to everything.
            self._see_to_all(since=clock.frozen_at - LONGEST_STEP, now=clock.frozen_at)
        while clock.frozen_at < target:
            before = clock.frozen_at
            clock = self._advanced(clock, min(target, before + LONGEST_STEP))
            if clock.frozen_at <= before:
                raise RehearsalStuck(f"The clock of {self.organization.name} stands still.")
            self._see_to_all(since=before, now=clock.frozen_at)

    def follow_real_time(self) -> None:
        """
        Have the clock, which shows the present, show it from now on. Only the sandbox's can.

        Raises `RehearsalStuck`.
        """
        _body, status, _headers = TRANSPORT.request_with_retries(
            "post", f"{settings.STRIPE_URL}/_sandbox/clocks/{self.clock_id}/follow", {}
        )
        if status != HTTPStatus.OK:
            raise RehearsalStuck(f"The clock of {self.organization.name} does not follow: {status}")

    def _see_to_all(self, *, since: datetime, now: datetime) -> None:
        """What Stripe tells, what is due by then, and what Stripe tells of that."""
        hear_all(since=since, now=now)
        changes = _count_changes()
        come_to(organization_id=self.organization.pk, now=now)
        if _count_changes() > changes:
            hear_all(since=now, now=now)

    def _advanced(self, clock: ClockFacts, to: datetime) -> ClockFacts:
        seconds = int(to.timestamp())
        self._step(
            "test_helpers.test_clocks.advance",
            {"frozen_time": seconds},
            self.clock_id,
            f"to:{seconds}",
            now=clock.frozen_at,
        )
        return self._settled_clock()

    def _settled_clock(self) -> ClockFacts:
        for look in range(MOST_LOOKS):
            clock = retrieve_clock(self.clock_id)
            if clock.status == "ready":
                return clock
            rest(min(FIRST_LOOK_MS << look, LATER_LOOKS_MS))
        raise RehearsalStuck(f"The clock of {self.organization.name} does not arrive.")

    def _step(
        self, operation: str, params: dict[str, Any], target: str, name: str, *, now: datetime
    ) -> dict[str, Any]:
        call = Call(
            operation=operation,
            params=params,
            target=target,
            key=f"rehearsal:{self.organization.public_id}:{name}",
            subject=self.organization.public_id,
            organization_id=self.organization.pk,
        )
        return dict(perform(call, now=now))


def begin_rehearsal(*, organization: Organization, starts_at: datetime) -> Rehearsal:
    """
    Give an organization that is no customer yet a test clock, which shows `starts_at`.

    Doing it again returns the rehearsal as it goes on. Raises `NotRehearsable` where money is
    real, and for a customer who lives in real time; else what `perform` raises.
    """
    if is_live():
        raise NotRehearsable("Test clocks need a test key.")
    seconds = int(starts_at.timestamp())
    clock = perform(
        Call(
            operation="test_helpers.test_clocks.create",
            params={"frozen_time": seconds, "name": organization.name},
            key=f"rehearsal:{organization.public_id}:clock",
            subject=organization.public_id,
            organization_id=organization.pk,
        ),
        now=starts_at,
    )
    customer = ensure_customer(
        organization=organization, now=starts_at, test_clock_id=str(clock["id"])
    )
    return _rehearsal_of(customer)


def find_rehearsal(*, organization: Organization) -> Rehearsal | None:
    """Return the rehearsal of an organization; None if it lives in real time."""
    customer = find_customer(organization=organization)
    return _rehearsal_of(customer) if customer and customer.test_clock_id else None


def list_rehearsals() -> list[Rehearsal]:
    """Return all rehearsals, the oldest first."""
    rehearsed = StripeCustomer.objects.exclude(test_clock_id="").select_related("organization")
    return [_rehearsal_of(customer) for customer in rehearsed.order_by("pk")]


def bring_to_present(*, now: datetime) -> None:
    """
    Have every rehearsal show the present: in the sandbox its clock follows real time from now on,
    at Stripe it has to be moved again some day. A clock that is ahead, or was deleted, is left
    alone.
    """
    for rehearsal in list_rehearsals():
        try:
            rehearsal.move_to(now)
        except ObjectMissing:
            continue
        if is_sandbox() and retrieve_clock(rehearsal.clock_id).frozen_at <= now:
            rehearsal.follow_real_time()


def hear_all(*, since: datetime, now: datetime) -> None:
    """
    See to what Stripe tells of the time between until it has no more to tell. dj-stripe's copies
    are left to the sweep.

    Raises `RehearsalStuck` if something cannot be seen to.
    """
    # In the sandbox an event carries the time of the clock: what is later is not this one's.
    until = now if is_sandbox() else None
    for event_id in _list_unfinished():
        try_again(event_id=event_id, now=now)
    has_news = True
    while has_news and catch_up(now=now, since=since, until=until):
        changes = _count_changes()
        # So many at a time; what fails is not due again by now.
        while handle_waiting(now=now, copies=False):
            pass
        has_news = _count_changes() > changes
    for event_id in _list_unfinished():
        stuck = StripeEvent.objects.get(pk=event_id)
        raise RehearsalStuck(f"{stuck.type} {stuck.event_id}: {stuck.error}")


def _list_unfinished() -> list[int]:
    """Events that failed, or that somebody died of, the oldest first."""
    unfinished = StripeEvent.objects.filter(status__in=UNSEEN).order_by("pk")
    return list(unfinished.values_list("pk", flat=True))


def _count_changes() -> int:
    """How often we have changed something at Stripe, which then has something to tell."""
    return StripeIntent.objects.exclude(ended_at=None).count()


def ensure_coupon(*, code: str, name: str, percent_off: int, now: datetime) -> str:
    """
    Return the id of a coupon for a first payment, and have its promotion code, to be entered at
    checkout. Both are made unless Stripe has them.
    """
    coupon_id = f"tallybook_{code.lower()}"
    try:
        ask("coupons.retrieve", target=coupon_id)
    except ObjectMissing:
        _make(
            "coupons.create",
            {"id": coupon_id, "name": name, "percent_off": percent_off, "duration": "once"},
            key=f"rehearsal:coupon:{code}",
            now=now,
        )
    if not ask("promotion_codes.list", {"code": code, "limit": 1})["data"]:
        promotion = {"type": "coupon", "coupon": coupon_id}
        _make(
            "promotion_codes.create",
            {"code": code, "promotion": promotion},
            key=f"rehearsal:promotion-code:{code}",
            now=now,
        )
    return coupon_id


def _make(operation: str, params: dict[str, Any], *, key: str, now: datetime) -> None:
    perform(Call(operation=operation, params=params, key=key), now=now)


def _rehearsal_of(customer: StripeCustomer) -> Rehearsal:
    if not customer.test_clock_id:
        raise NotRehearsable(f"{customer.organization.name} lives in real time.")
    return Rehearsal(
        organization=customer.organization,
        customer_id=customer.stripe_id,
        clock_id=customer.test_clock_id,
    )
