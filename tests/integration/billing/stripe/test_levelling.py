"""A subscription is asked for anew, and its agreement takes the steps that are missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Organization, WebhookEvent
from billing.agreements.operations import bring_current, cancel_agreement
from billing.audit import find_violations
from billing.models import (
    Agreement,
    PlanVersion,
    ScheduledChange,
    StripeCustomer,
    StripeDifference,
    StripeSubscription,
)
from billing.stripe.gateway.errors import ObjectMissing
from billing.stripe.gateway.facts import PhaseFacts, ScheduleFacts, SubscriptionFacts
from billing.stripe.inbox import ReceivedEvent
from billing.stripe.levelling import StillChanging, bring_subscription_level, looking, waiting
from billing.stripe.levelling.handlers import look_at_schedule
from billing.stripe.levelling.waiting import look_at_waiting
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.factories.stripe import make_customer, make_prices, price_id, subscription_facts

DAY, HOUR, INSTANT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
OCTOBER = SUBSCRIBED.replace(month=10)
NOVEMBER = SUBSCRIBED.replace(month=11)


@dataclass
class Invoice:
    """As much as is asked of one."""

    status: str = "paid"
    billing_reason: str = "subscription_create"


@dataclass
class Stripe:
    """What Stripe says when it is asked; each time a subscription is, `meanwhile` happens."""

    subscription: SubscriptionFacts
    invoice: Invoice = field(default_factory=Invoice)
    schedule: ScheduleFacts | None = None
    meanwhile: Callable[[], object] = lambda: None
    asked: int = 0

    def retrieve_subscription(self, subscription_id: str) -> SubscriptionFacts:
        self.asked += 1
        told = self.subscription
        self.meanwhile()
        return told

    def says(self, **facts: Any) -> None:
        self.subscription = replace(self.subscription, **facts)


@pytest.fixture(autouse=True)
def _books_add_up(db: None) -> Iterator[None]:
    yield
    assert list(find_violations()) == []


@pytest.fixture
def team(catalog: ArticleCatalog) -> PlanVersion:
    """A plan of which every seat is paid for, by the month or by the year."""
    version = make_version(
        make_plan(catalog.current, "team"),
        metered(catalog.credits, 100, overage="0.1"),
        prices=(per_seat("10"), per_seat("100", interval="year")),
    )
    make_prices(version, catalog.professional)
    return version


@pytest.fixture
def customer(acme: Organization) -> StripeCustomer:
    return make_customer(acme)


@pytest.fixture
def stripe(team: PlanVersion, customer: StripeCustomer, monkeypatch: pytest.MonkeyPatch) -> Stripe:
    """Acme's subscription: three seats of the team plan, paid for."""
    told = Stripe(
        subscription_facts(
            customer, price_id(team), starts_at=SUBSCRIBED, ends_at=OCTOBER, quantity=3
        )
    )
    monkeypatch.setattr(waiting, "is_connected", lambda: True)
    monkeypatch.setattr(looking, "retrieve_subscription", told.retrieve_subscription)
    monkeypatch.setattr(looking, "retrieve_invoice", lambda invoice_id: told.invoice)
    monkeypatch.setattr(looking, "retrieve_schedule", lambda schedule_id: told.schedule)
    return told


def level(*, at: Any = SUBSCRIBED + HOUR) -> Agreement | None:
    return bring_subscription_level(subscription_id="sub_1", now=at)


def differences() -> list[str]:
    return list(
        StripeDifference.objects.filter(resolved_at=None)
        .order_by("kind")
        .values_list("kind", flat=True)
    )


def schedule_to(price: str, quantity: int, *, customer_id: str) -> ScheduleFacts:
    """A schedule whose next phase sells something else."""

    def phase(starts_at: Any, ends_at: Any, price: str, quantity: int) -> PhaseFacts:
        return PhaseFacts(starts_at, ends_at, ((price, quantity),), {})

    return ScheduleFacts(
        id="sub_sched_1",
        status="active",
        subscription_id="sub_1",
        customer_id=customer_id,
        end_behavior="release",
        phases=(
            phase(SUBSCRIBED, OCTOBER, "price_before", 3),
            phase(OCTOBER, NOVEMBER, price, quantity),
        ),
        phase_starts_at=SUBSCRIBED,
        phase_ends_at=OCTOBER,
        metadata={},
        test_clock_id="",
    )


class TestBeginning:
    def test_it_begins_with_the_first_payment(self, stripe: Stripe, team: PlanVersion) -> None:
        agreement = level()
        assert agreement is not None
        assert (agreement.status, agreement.collection) == ("active", "stripe")
        assert (agreement.plan_version, agreement.seats) == (team, 3)
        assert (agreement.started_at, agreement.current_period_end) == (SUBSCRIBED, OCTOBER)
        row = StripeSubscription.objects.get()
        assert (row.agreement, row.status, row.period_ends_at) == (agreement, "active", OCTOBER)
        assert level() == agreement
        assert WebhookEvent.objects.filter(type="subscription.created").count() == 1

    def test_not_while_that_is_due(self, stripe: Stripe) -> None:
        stripe.invoice = Invoice(status="open")
        assert level() is None
        stripe.says(status="incomplete")
        assert level() is None
        assert StripeSubscription.objects.get().agreement is None
        stripe.says(status="active")
        stripe.invoice = Invoice(status="paid")
        assert level() is not None

    def test_not_for_somebody_whom_we_do_not_know(self, stripe: Stripe) -> None:
        stripe.says(customer_id="cus_stranger")
        assert level() is None
        assert not StripeSubscription.objects.exists()

    def test_what_was_sold_elsewhere_is_reported(self, stripe: Stripe) -> None:
        stripe.says(metadata={})
        assert level() is None
        assert differences() == ["subscription_made_elsewhere"]

    def test_so_are_prices_that_we_do_not_know_until_they_are_gone(
        self, stripe: Stripe, team: PlanVersion
    ) -> None:
        known = stripe.subscription.items
        stripe.says(items=(replace(known[0], price_id="price_unheard_of"),))
        assert level() is None
        assert differences() == ["subscription_of_unknown_price"]
        stripe.says(items=known)
        assert level() is not None
        assert differences() == []

    def test_whoever_pays_already_is_reported(self, stripe: Stripe, acme: Organization) -> None:
        make_agreement(acme, "starter")
        assert level() is None
        assert differences() == ["subscription_refused"]
        assert "agreement_exists" in StripeDifference.objects.get().ours

    def test_staff_are_told_which_of_both_to_cancel(
        self, stripe: Stripe, acme: Organization
    ) -> None:
        earlier = make_agreement(acme, "starter")
        level()
        assert StripeDifference.objects.get().ours == (
            f"agreement_exists: {acme.name} has an agreement already. Stripe charges for sub_1 "
            f"while {earlier.public_id} is live. Cancel {earlier.public_id}, and sub_1 begins by "
            "itself; or cancel sub_1 at Stripe, and refund what it has charged."
        )

    def test_it_begins_once_nobody_is_in_its_way(self, stripe: Stripe, acme: Organization) -> None:
        earlier = make_agreement(acme, "starter")
        level()
        look_at_waiting(now=SUBSCRIBED + DAY)
        assert Agreement.objects.get() == earlier
        cancel_agreement(agreement=earlier, actor=STAFF, reason="", now=SUBSCRIBED + 2 * DAY)
        look_at_waiting(now=SUBSCRIBED + 3 * DAY)
        later = Agreement.objects.exclude(pk=earlier.pk).get()
        assert (later.started_at, later.anchor_at) == (SUBSCRIBED + 2 * DAY, SUBSCRIBED)
        assert StripeSubscription.objects.get().agreement == later
        assert differences() == []

    def test_one_that_is_canceled_while_it_waits_never_begins(
        self, stripe: Stripe, acme: Organization
    ) -> None:
        earlier = make_agreement(acme, "starter")
        level()
        stripe.says(status="canceled", ended_at=SUBSCRIBED + DAY)
        look_at_waiting(now=SUBSCRIBED + 2 * DAY)
        assert differences() == []
        assert StripeSubscription.objects.get().ended_at == SUBSCRIBED + DAY
        cancel_agreement(agreement=earlier, actor=STAFF, reason="", now=SUBSCRIBED + 3 * DAY)
        look_at_waiting(now=SUBSCRIBED + 3 * DAY)
        assert Agreement.objects.get() == earlier

    def test_one_that_stripe_has_forgotten_is_left_alone(
        self, stripe: Stripe, acme: Organization, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forgotten(subscription_id: str) -> SubscriptionFacts:
            raise ObjectMissing("No such subscription.")

        make_agreement(acme, "starter")
        level()
        monkeypatch.setattr(looking, "retrieve_subscription", forgotten)
        assert look_at_waiting(now=SUBSCRIBED + DAY) == 1
        assert differences() == ["subscription_refused"]

    @pytest.mark.parametrize("status", ["incomplete", "incomplete_expired"])
    def test_what_was_never_paid_for_is_not_asked_for_again(
        self, stripe: Stripe, status: str
    ) -> None:
        stripe.says(status=status)
        level()
        stripe.asked = 0
        assert look_at_waiting(now=SUBSCRIBED + DAY) == 0
        assert stripe.asked == 0

    def test_a_plan_that_includes_its_seats_has_those(
        self, stripe: Stripe, catalog: ArticleCatalog, customer: StripeCustomer
    ) -> None:
        stripe.subscription = subscription_facts(
            customer, price_id(catalog.professional), starts_at=SUBSCRIBED, ends_at=OCTOBER
        )
        agreement = level()
        assert agreement is not None
        assert agreement.seats == 20


class TestFollowing:
    def test_a_pending_update_is_nothing_until_it_is_applied(
        self, stripe: Stripe, catalog: ArticleCatalog
    ) -> None:
        agreement = level()
        assert agreement is not None
        stripe.says(has_pending_update=True)
        level(at=SUBSCRIBED + DAY)
        item = replace(
            stripe.subscription.items[0], price_id=price_id(catalog.professional), quantity=1
        )
        agreement.refresh_from_db()
        assert agreement.plan_version.plan.code == "team"
        stripe.says(has_pending_update=False, items=(item,))
        level(at=SUBSCRIBED + DAY)
        agreement.refresh_from_db()
        assert (agreement.plan_version, agreement.seats) == (catalog.professional, 20)

    def test_a_schedule_is_followed_and_its_release_undoes_it(
        self, stripe: Stripe, team: PlanVersion, customer: StripeCustomer
    ) -> None:
        agreement = level()
        assert agreement is not None
        yearly = price_id(team, interval="year")
        stripe.schedule = schedule_to(yearly, 2, customer_id=customer.stripe_id)
        stripe.says(schedule_id="sub_sched_1")
        level(at=SUBSCRIBED + DAY)
        change = ScheduledChange.objects.get()
        assert (change.to_version, change.interval, change.seats) == (team, "year", 2)
        assert (change.effective_at, change.status) == (OCTOBER, "waiting")
        stripe.says(schedule_id="")
        event = ReceivedEvent(
            "evt_1",
            "subscription_schedule.released",
            "sub_sched_1",
            customer.stripe_id,
            SUBSCRIBED + 2 * DAY,
        )
        look_at_schedule(event, SUBSCRIBED + 2 * DAY)
        change.refresh_from_db()
        assert change.status == "undone"

    def test_a_change_that_has_begun_there_begins_here_though_our_clock_is_behind(
        self, stripe: Stripe, team: PlanVersion, customer: StripeCustomer
    ) -> None:
        agreement = level()
        assert agreement is not None
        yearly = price_id(team, interval="year")
        stripe.schedule = schedule_to(yearly, 2, customer_id=customer.stripe_id)
        stripe.says(schedule_id="sub_sched_1")
        level(at=SUBSCRIBED + DAY)
        stripe.subscription = subscription_facts(
            customer,
            yearly,
            starts_at=OCTOBER,
            ends_at=OCTOBER.replace(year=2027),
            quantity=2,
            started_at=SUBSCRIBED,
        )
        level(at=OCTOBER - timedelta(seconds=3))
        agreement.refresh_from_db()
        assert (agreement.interval, agreement.seats, agreement.anchor_at) == ("year", 2, OCTOBER)
        assert differences() == []

    def test_old_terms_do_not_come_back_though_our_clock_is_ahead(
        self, stripe: Stripe, team: PlanVersion, customer: StripeCustomer, acme: Organization
    ) -> None:
        agreement = level()
        assert agreement is not None
        stripe.schedule = schedule_to(price_id(team), 2, customer_id=customer.stripe_id)
        stripe.says(schedule_id="sub_sched_1")
        level(at=SUBSCRIBED + DAY)
        bring_current(organization=acme, now=OCTOBER)
        level(at=OCTOBER)
        agreement.refresh_from_db()
        assert agreement.seats == 2

    def test_a_trial_without_a_card_ends_unless_one_comes(
        self, stripe: Stripe, catalog: ArticleCatalog, customer: StripeCustomer, acme: Organization
    ) -> None:
        version = make_version(
            make_plan(catalog.current, "trying"),
            metered(catalog.credits, 100),
            prices=(fixed("10"),),
            trial_days=30,
            trial_needs_card=False,
        )
        make_prices(version)
        stripe.subscription = subscription_facts(
            customer,
            price_id(version),
            starts_at=SUBSCRIBED,
            ends_at=OCTOBER,
            status="trialing",
            trial_ends_at=OCTOBER,
            anchor_at=OCTOBER,
            has_payment_method=False,
        )
        agreement = level()
        assert agreement is not None
        assert (agreement.status, agreement.cancel_at) == ("trialing", OCTOBER)
        assert agreement.end_reason == "trial_without_card"
        stripe.says(has_payment_method=True)
        level(at=SUBSCRIBED + DAY)
        agreement.refresh_from_db()
        assert (agreement.cancel_at, agreement.end_reason) == (None, "")

    def test_a_card_in_the_last_second_lets_it_go_on(
        self, stripe: Stripe, customer: StripeCustomer, acme: Organization
    ) -> None:
        agreement = level()
        assert agreement is not None
        stripe.says(cancel_at=OCTOBER)
        level(at=SUBSCRIBED + DAY)
        stripe.subscription = replace(
            subscription_facts(
                customer,
                stripe.subscription.items[0].price_id,
                starts_at=OCTOBER,
                ends_at=NOVEMBER,
                quantity=3,
            ),
            anchor_at=SUBSCRIBED,
            started_at=SUBSCRIBED,
        )
        bring_current(organization=acme, now=OCTOBER)
        following = level(at=OCTOBER + DAY)
        assert following is not None
        assert following != agreement
        assert (following.started_at, following.anchor_at) == (OCTOBER, SUBSCRIBED)
        assert (following.status, following.current_period_end) == ("active", NOVEMBER)
        assert StripeSubscription.objects.get().agreement == following


class TestOverAndOver:
    def test_what_was_asked_for_too_early_is_asked_for_again(self, stripe: Stripe) -> None:
        level()
        newer = replace(stripe.subscription, status="past_due")

        def somebody_else_is_faster() -> None:
            stripe.meanwhile = lambda: None
            stripe.subscription = newer
            level(at=SUBSCRIBED + DAY)

        stripe.asked, stripe.meanwhile = 0, somebody_else_is_faster
        level(at=SUBSCRIBED + DAY)
        assert stripe.asked == 3
        assert Agreement.objects.get().status == "past_due"

    def test_it_is_not_asked_for_for_ever(self, stripe: Stripe) -> None:
        level()

        def somebody_else_is_always_faster() -> None:
            row = StripeSubscription.objects.get()
            row.revision += 1
            row.save()

        stripe.meanwhile = somebody_else_is_always_faster
        with pytest.raises(StillChanging):
            level(at=SUBSCRIBED + DAY)

    def test_what_is_over_is_not_asked_for_again(self, stripe: Stripe) -> None:
        level()
        stripe.says(status="canceled", ended_at=SUBSCRIBED + DAY)
        agreement = level(at=SUBSCRIBED + 2 * DAY)
        assert agreement is not None
        agreement.refresh_from_db()
        assert (agreement.status, agreement.ended_at) == ("canceled", SUBSCRIBED + DAY)
        asked = stripe.asked
        assert level(at=SUBSCRIBED + 3 * DAY) == agreement
        assert stripe.asked == asked

    def test_what_is_missing_at_stripe_is_told(
        self, stripe: Stripe, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing(subscription_id: str) -> SubscriptionFacts:
            raise ObjectMissing("No such subscription.")

        monkeypatch.setattr(looking, "retrieve_subscription", missing)
        with pytest.raises(ObjectMissing):
            level()
