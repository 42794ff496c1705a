"""What apps are told besides what became of agreements: plans, trials, usage; each once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Organization, WebhookDelivery, WebhookEvent
from accounts.webhooks.endpoints import disable_endpoint
from accounts.webhooks.types import declared, is_on_request
from billing.agreements.changes import change_plan
from billing.agreements.operations import cancel_agreement
from billing.agreements.trial_endings import announce_ending_trials
from billing.catalog.operations.publishing import publish
from billing.events import WHEN as OF_BILLING
from billing.events import EventType
from billing.models import Agreement
from billing.usage.news import announce_usage
from metering.events import WHEN as OF_METERING
from tests.factories.accounts import TESTER, make_organization
from tests.factories.agreements import SUBSCRIBED, begin, make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog, fixed, make_draft, make_plan
from tests.factories.webhooks import make_endpoint

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


def said(type: str) -> list[dict[str, Any]]:
    """What the events of a type say, in the order in which they were told."""
    events = WebhookEvent.objects.filter(type=type).order_by("pk")
    return list(events.values_list("data", flat=True))


def test_every_type_is_declared_with_when_it_is_sent() -> None:
    assert {*OF_BILLING} == {*EventType}
    assert declared().items() >= {**OF_BILLING, **OF_METERING}.items()
    assert [type for type in declared() if is_on_request(type)] == ["usage.updated"]


class TestPlans:
    def test_new_terms_are_told_to_the_installation_alone(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        WebhookEvent.objects.filter(type="plan.published").delete()
        ours, theirs = make_endpoint(None).endpoint, make_endpoint(acme).endpoint
        plan = make_plan(catalog.current, "studio", name="Studio")
        draft = make_draft(plan, prices=(fixed("49"),))
        publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
        event = WebhookEvent.objects.get(type="plan.published")
        assert event.organization is None
        assert event.data == {
            "id": plan.public_id,
            "plan": "studio",
            "plan_name": "Studio",
            "plan_version": 1,
            "published_at": "2026-09-10T08:00:00Z",
            "trial_days": 0,
            "prices": [
                {"kind": "fixed", "interval": "month", "amount_minor": 4900, "currency": "USD"}
            ],
        }
        told = WebhookDelivery.objects.filter(event=event)
        assert [delivery.endpoint for delivery in told] == [ours]
        assert not WebhookDelivery.objects.filter(endpoint=theirs).exists()

    def test_terms_that_are_not_published_after_all_are_not_told(
        self, catalog: ArticleCatalog
    ) -> None:
        before = len(said("plan.published"))
        draft = make_draft(make_plan(catalog.current, "studio"), prices=(fixed("49"),))
        with transaction.atomic():
            publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
            transaction.set_rollback(True)
        assert len(said("plan.published")) == before


class TestTrials:
    def test_the_end_of_a_trial_is_told_three_days_before_once(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = begin(acme, catalog.starter, seats=5, trial_ends_at=OCTOBER)
        assert announce_ending_trials(now=OCTOBER - 3 * DAY - MINUTE) == 0
        assert announce_ending_trials(now=OCTOBER - 3 * DAY) == 1
        assert announce_ending_trials(now=OCTOBER - DAY) == 0
        [told] = said("trial.ending")
        assert (told["id"], told["status"]) == (agreement.public_id, "trialing")
        assert told["trial_ends_at"] == "2026-10-10T08:00:00Z"

    def test_a_trial_that_is_over_is_not_going_to_end(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        begin(acme, catalog.starter, seats=5, trial_ends_at=OCTOBER)
        assert announce_ending_trials(now=OCTOBER) == 0


class TestUsage:
    def test_it_is_told_as_it_stands_and_only_once_it_moved(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_endpoint(acme, event_types=["usage.updated"])
        agreement = make_agreement(acme, "professional")
        noon = SUBSCRIBED + DAY
        assert announce_usage(now=noon) == 0
        use(acme, "e1", 100, at=noon)
        use(acme, "e2", 50, at=noon)
        assert announce_usage(now=noon) == 1
        assert announce_usage(now=noon + MINUTE) == 0
        assert said("usage.updated") == [
            {
                "feature": "ai_credits",
                "agreement": agreement.public_id,
                "used": "150",
                "allowance": "5000",
                "overage": "0",
                "limit": None,
                "period_starts_at": "2026-09-10T08:00:00Z",
                "period_ends_at": "2026-10-10T08:00:00Z",
            }
        ]

    def test_it_is_told_at_most_once_a_minute_and_the_last_word_is_true(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_endpoint(acme, event_types=["usage.updated"])
        make_agreement(acme, "professional")
        noon = SUBSCRIBED + DAY
        for second in (0, 10, 20):
            use(acme, f"e{second}", 10, at=noon)
            announce_usage(now=noon + timedelta(seconds=second))
        announce_usage(now=noon + MINUTE)
        assert [told["used"] for told in said("usage.updated")] == ["10", "30"]

    def test_nobody_is_told_who_did_not_ask_for_it(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        asking = make_endpoint(acme, event_types=["usage.updated"]).endpoint
        make_endpoint(None)
        crane = make_organization("Crane")
        for organization in (acme, crane):
            make_agreement(organization, "professional")
            use(organization, "e1", 10, at=SUBSCRIBED + DAY)
        assert announce_usage(now=SUBSCRIBED + DAY) == 1
        assert WebhookEvent.objects.get(type="usage.updated").organization == acme
        deliveries = WebhookDelivery.objects.filter(event__type="usage.updated")
        assert [delivery.endpoint for delivery in deliveries] == [asking]
        disable_endpoint(endpoint=asking, actor=TESTER, now=SUBSCRIBED + DAY)
        use(acme, "e2", 10, at=SUBSCRIBED + DAY)
        assert announce_usage(now=SUBSCRIBED + 2 * DAY) == 0

    def test_the_installation_may_ask_for_everybody_s_in_kinde_s_words(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_endpoint(None, event_types=["customer.meter_usage_updated"], format="kinde")
        make_agreement(acme, "professional")
        use(acme, "e1", 10, at=SUBSCRIBED + DAY)
        assert announce_usage(now=SUBSCRIBED + DAY) == 1

    def test_a_limit_is_told_again_in_the_next_period(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "professional")
        for month, at in (("a", SUBSCRIBED + DAY), ("b", OCTOBER + DAY)):
            use(acme, f"{month}1", 5_000, at=at)
            use(acme, f"{month}2", 10, at=at)
        levels = [told["level"]["kind"] for told in said("usage.limit_reached")]
        assert levels == ["allowance", "allowance"]
        first, second = said("usage.limit_reached")
        assert (first["used"], first["allowance"]) == ("5000", "5000")
        assert second["period_starts_at"] == first["period_ends_at"]

    def test_a_larger_allowance_is_used_up_anew(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        noon = SUBSCRIBED + DAY
        use(acme, "e1", 1_000, at=noon)
        change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=noon)
        use(acme, "e2", 10_000, at=noon + MINUTE)
        use(acme, "e3", 10, at=noon + MINUTE)
        reached = [(told["level"], told["allowance"]) for told in said("usage.limit_reached")]
        assert reached == [({"kind": "allowance"}, "1000"), ({"kind": "allowance"}, "5000")]


def test_the_handler_of_the_guides_finds_what_it_reads(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    """`event.type` and `event.data`, for the three events that every guide handles."""
    agreement = make_agreement(acme, "starter")
    use(acme, "e1", 5_000, at=SUBSCRIBED + DAY)
    change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=SUBSCRIBED + DAY)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=SUBSCRIBED + 2 * DAY)
    [updated] = said("subscription.updated")
    [reached] = said("usage.limit_reached")
    [canceled] = said("subscription.canceled")
    assert (updated["plan"], updated["status"]) == ("professional", "active")
    assert reached["feature"] == "ai_credits"
    assert (canceled["id"], canceled["status"]) == (agreement.public_id, "canceled")
    assert Agreement.objects.get().public_id == updated["id"]
