"""However events arrive, and however often, the books end in the same state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any

import pytest

from accounts.models import Organization
from billing.audit import find_violations
from billing.models import Agreement, StripeCustomer, StripeSubscription
from billing.stripe.gateway.facts import SubscriptionFacts
from billing.stripe.inbox import ReceivedEvent
from billing.stripe.levelling import looking
from billing.stripe.levelling.handlers import look_at_subscription
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    ArticleCatalog,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.factories.stripe import make_customer, make_prices, price_id, subscription_facts
from tests.proof.scene import never_committed
from tests.support.chance import chance_of
from tests.support.extent import extent

ORDERS = extent(short=50, full=500)
# A proof of the books takes longer than a life.
AUDITED = 25
SEED = 20_260_910
DAY = timedelta(days=1)
BEGUN = SUBSCRIBED - 14 * DAY
CONVERTED = SUBSCRIBED
RENEWED = SUBSCRIBED.replace(month=10)
OVER = SUBSCRIBED.replace(month=11)


@dataclass
class World:
    """A subscription as it stands after each of eight events, and how far it has come."""

    life: Sequence[tuple[SubscriptionFacts, datetime]]
    progress: int = 0

    def retrieve(self, subscription_id: str) -> SubscriptionFacts:
        return self.life[self.progress][0]

    def deliver(self, progress: int) -> None:
        """Tell that something happened, when the subscription has come so far."""
        self.progress = progress
        facts, now = self.life[progress]
        event = ReceivedEvent(
            "evt_1", "customer.subscription.updated", facts.id, facts.customer_id, now
        )
        look_at_subscription(event, now)


@pytest.fixture
def world(catalog: ArticleCatalog, acme: Organization, monkeypatch: pytest.MonkeyPatch) -> World:
    team, business = (
        make_version(
            make_plan(catalog.current, code),
            metered(catalog.credits, allowance, overage="0.1"),
            prices=(per_seat(price),),
        )
        for code, allowance, price in (("team", 100, "10"), ("business", 300, "20"))
    )
    make_prices(team, business)
    told = World(_life(make_customer(acme), price_id(team), price_id(business)))
    monkeypatch.setattr(looking, "retrieve_subscription", told.retrieve)
    return told


def _life(
    customer: StripeCustomer, team: str, business: str
) -> list[tuple[SubscriptionFacts, datetime]]:
    def told(price: str, starts_at: datetime, ends_at: datetime, **facts: Any) -> SubscriptionFacts:
        return subscription_facts(
            customer,
            price,
            starts_at=starts_at,
            ends_at=ends_at,
            **{"started_at": BEGUN, "anchor_at": CONVERTED, "trial_ends_at": CONVERTED, **facts},
        )

    ending: dict[str, Any] = {"cancel_at": OVER, "feedback": "too_expensive"}
    return [
        (told(team, BEGUN, CONVERTED, status="trialing", quantity=3), BEGUN),
        (told(team, CONVERTED, RENEWED, quantity=3), CONVERTED),
        (told(business, CONVERTED, RENEWED, quantity=3), CONVERTED + 5 * DAY),
        (told(business, CONVERTED, RENEWED, quantity=5), CONVERTED + 9 * DAY),
        (told(business, RENEWED, OVER, quantity=5, status="past_due"), RENEWED),
        (told(business, RENEWED, OVER, quantity=5), RENEWED + 3 * DAY),
        (told(business, RENEWED, OVER, quantity=5, **ending), RENEWED + 6 * DAY),
        (
            told(business, RENEWED, OVER, quantity=5, status="canceled", ended_at=OVER, **ending),
            OVER,
        ),
    ]


def state() -> tuple[Any, ...]:
    """What the books say in the end."""
    [agreement] = Agreement.objects.select_related("plan_version__plan")
    [subscription] = StripeSubscription.objects.all()
    assert subscription.agreement == agreement
    return (
        agreement.status,
        agreement.collection,
        agreement.plan_version.plan.code,
        agreement.interval,
        agreement.seats,
        agreement.started_at,
        agreement.anchor_at,
        agreement.trial_ends_at,
        agreement.cancel_at,
        agreement.end_reason,
        agreement.cancel_feedback,
        agreement.ended_at,
        subscription.status,
        subscription.ended_at,
    )


def random_orders() -> list[tuple[int, ...]]:
    """How far the subscription has come whenever something is told, in orders drawn at random."""
    chance = chance_of(SEED)
    orders = []
    for _ in range(ORDERS):
        deliveries = [*range(8), *chance.choices(range(8), k=2)]
        chance.shuffle(deliveries)
        orders.append(tuple(accumulate(deliveries, max)))
    return sorted(orders)


def endings(world: World, orders: Sequence[tuple[int, ...]]) -> Iterator[int]:
    """
    Tell everything in each of these orders, and stop at each end, with how many orders it is of.

    Orders that begin alike share their beginning; what comes after it is undone again.
    """
    if not orders[0]:
        yield len(orders)
        return
    for progress, alike in groupby(orders, key=itemgetter(0)):
        with never_committed():
            world.deliver(progress)
            yield from endings(world, [order[1:] for order in alike])


def test_every_order_leaves_the_same_books(world: World, acme: Organization) -> None:
    expected = (
        *("canceled", "stripe", "business", "month", 5, BEGUN, CONVERTED, CONVERTED),
        *(OVER, "requested", "too_expensive", OVER, "canceled", OVER),
    )
    told = 0
    for number, count in enumerate(endings(world, random_orders())):
        assert state() == expected
        if number % AUDITED == 0:
            assert list(find_violations(organization_id=acme.pk)) == []
        told += count
    assert told == ORDERS
