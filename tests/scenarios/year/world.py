"""The stories told through the product, with Stripe's sandbox in this process."""

from __future__ import annotations

import heapq
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from billing.agreements.operations import bring_all_current
from billing.choices import ChargeStatus, InboxStatus, IntentStatus
from billing.models import Agreement, SettlementCharge, StripeDifference, StripeEvent, StripeIntent
from billing.settlements.operations import close_due_periods
from billing.stripe.gateway.reading import list_invoices, retrieve_invoice
from billing.stripe.intents import finish_open_intents
from billing.stripe.journeys.endings import end_at_period_end
from billing.stripe.publishing import publish_waiting
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.settling.operations import collect_all_overage
from tests.factories.agreements import use
from tests.factories.catalog import (
    fixed,
    make_group,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import make_credit_meter
from tests.support.shopping import Shopper, make_shopper
from tests.support.stripe_at_hand import StripeAtHand

from .oracle import Charge
from .stories import END, Card, Change, Deed, Leave, Story, Use

# After each anchor: the renewal is told of, its month is settled, its draft is final and paid.
WAKE_UPS: Final = (timedelta(minutes=5), timedelta(minutes=70), timedelta(minutes=140))
IDLE: Final = timedelta(days=4)


def sell_plans(now: datetime) -> None:
    """Two plans, monthly and yearly, in dollars and euros."""
    credits = make_metered(make_credit_meter())
    group = make_group()
    for code, monthly, yearly, allowance, price in (
        ("small", "49", "490", 100, "0.133"),
        ("large", "199", "1990", 500, "0.0975"),
    ):
        make_version(
            make_plan(group, code),
            metered(credits, allowance, overage={"USD": price, "EUR": price}),
            prices=tuple(
                fixed(amount, currency=currency, interval=interval)
                for currency in ("USD", "EUR")
                for interval, amount in (("month", monthly), ("year", yearly))
            ),
        )
    publish_waiting(now=now)


class Year:
    """All stories at once, in the order of time."""

    def __init__(self, stripe: StripeAtHand, stories: list[Story]) -> None:
        self.stripe = stripe
        self.stories = stories
        self.shoppers: dict[str, Shopper] = {}
        self.keys = 0

    def tell(self) -> None:
        """Live through the year."""
        for at, _, story, deed in heapq.merge(self._deeds(), self._wake_ups()):
            self.stripe.now = at
            if deed is not None:
                self._do(story, deed)
            elif story is not None and story.name not in self.shoppers:
                self._subscribe(story)
            else:
                self._live_on()

    def _subscribe(self, story: Story) -> None:
        shopper = make_shopper(self.stripe, story.name)
        organization = shopper.organization
        organization.time_zone, organization.currency = story.zone, story.currency
        organization.save()
        self.shoppers[story.name] = shopper
        shopper.subscribe(story.plan, interval=story.interval)
        self.stripe.deliver()

    def _do(self, story: Story | None, deed: Deed) -> None:
        assert story is not None
        shopper = self.shoppers[story.name]
        self.keys += 1
        match deed:
            case Use(at, credits):
                if credits:
                    use(shopper.organization, f"use-{self.keys}", credits, at=at)
            case Change(_, plan, interval):
                wish = {"plan_code": plan} if plan else {"interval": interval}
                shopper.change(**wish)
            case Card(_, name):
                shopper.use_card(name, key=str(self.keys))
            case Leave():
                end_at_period_end(
                    agreement=shopper.agreement,
                    feedback=None,
                    comment="",
                    actor=shopper.alice,
                    now=deed.at,
                )
        if not isinstance(deed, Use):
            self.stripe.deliver()

    def _live_on(self) -> None:
        """What the clock rings for."""
        now = self.stripe.now
        self.stripe.run_due()
        bring_all_current(now=now)
        close_due_periods(now=now)
        collect_all_overage(now=now)
        finish_open_intents(now=now)
        self.stripe.run_due()

    def _deeds(self) -> Iterator[tuple[datetime, int, Story | None, Deed | None]]:
        told = [(story.anchor, 0, number, None) for number, story in enumerate(self.stories)]
        told += [
            (deed.at, 1, number, place)  # type: ignore[misc]
            for number, story in enumerate(self.stories)
            for place, deed in enumerate(story.deeds)
        ]
        for at, order, number, place in sorted(told, key=lambda each: (each[0], each[1], each[2])):
            story = self.stories[number]
            yield at, order, story, None if place is None else story.deeds[place]

    def _wake_ups(self) -> Iterator[tuple[datetime, int, Story | None, Deed | None]]:
        moments = {
            moment + wait
            for story in self.stories
            for moment in _months_of(story)
            for wait in WAKE_UPS
            if moment + wait < END
        }
        first = min(story.anchor for story in self.stories)
        moments |= {first + IDLE * number for number in range(1, (END - first) // IDLE)}
        for moment in sorted(moments | {END}):
            yield moment, 2, None, None


def _months_of(story: Story) -> Iterator[datetime]:
    """Each moment at which a month is over, as long as it is counted from the first day."""
    for month in range(story.anchor.year * 12 + story.anchor.month, END.year * 12 + END.month):
        year, last = month // 12, monthrange(month // 12, month % 12 + 1)[1]
        yield story.anchor.replace(year=year, month=month % 12 + 1, day=min(story.anchor.day, last))


def charges_at_stripe(shopper: Shopper) -> Counter[Charge]:
    """Every line of every paid invoice that comes to anything."""
    found: Counter[Charge] = Counter()
    for listed in list_invoices(customer=shopper.customer_id):
        for line in retrieve_invoice(listed.id).lines:
            if line.amount:
                kind = "overage" if "settlement" in line.metadata else "base"
                kind = "proration" if line.is_proration else kind
                starts_at, ends_at = (at.astimezone(UTC) for at in (line.starts_at, line.ends_at))
                found[Charge(kind, starts_at, ends_at, line.amount)] += 1
    return found


def statuses_at_stripe(shopper: Shopper) -> set[str]:
    """How the organization's invoices stand."""
    return {invoice.status for invoice in list_invoices(customer=shopper.customer_id)}


def loose_ends(now: datetime) -> dict[str, Any]:
    """What is left to be done: nothing, if all is well."""
    reconcile(now=now)
    left = {
        "open calls": list(
            StripeIntent.objects.filter(status=IntentStatus.OPEN).values_list("key", "error")
        ),
        "events": list(
            StripeEvent.objects.filter(
                status__in=[InboxStatus.WAITING, InboxStatus.FAILED]
            ).values_list("type", "error")
        ),
        "charges": list(
            SettlementCharge.objects.exclude(status=ChargeStatus.INVOICED).values_list(
                "settlement__public_id", "status"
            )
        ),
        "differences": list(
            StripeDifference.objects.filter(resolved_at=None).values_list("kind", "ours", "theirs")
        ),
        "overdue": list(
            Agreement.objects.filter(status="past_due").values_list("public_id", flat=True)
        ),
    }
    return {name: found for name, found in left.items() if found}
