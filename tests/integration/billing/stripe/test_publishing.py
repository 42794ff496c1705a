"""Stripe is brought level with what staff publish, whatever comes in between."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.catalog.operations import PlanDetails, publish, review_draft, update_plan
from billing.choices import IntentStatus, OverageCollection, PublicationStatus, Visibility
from billing.models import (
    Plan,
    PlanVersion,
    Publication,
    StripeIntent,
    StripeMeter,
    StripePrice,
    StripeProduct,
)
from billing.stripe.gateway.client import ask, ask_for_all, send, use_http_client
from billing.stripe.gateway.facts import PriceFacts, ProductFacts
from billing.stripe.gateway.reading import list_prices, list_products
from billing.stripe.publishing import (
    NotPublished,
    SoldAs,
    find_version_of_prices,
    kinds_of_prices,
    preview,
    price_ids_of,
    publish_plan_version,
    publish_waiting,
)
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_draft,
    make_group,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.integration.billing.stripe.lines import Lossy, Overtaken
from tests.support.stripe_sandbox import SandboxHTTPClient

LATER = SUBSCRIBED + timedelta(hours=1)


@pytest.fixture
def team(db: None) -> PlanVersion:
    """A plan with a price by the month and one by the year, in two currencies."""
    return make_version(
        make_plan(make_group(), "team", tagline="For a team."),
        prices=(
            fixed("49"),
            per_seat("9.50"),
            fixed("490", interval="year"),
            per_seat("95", interval="year"),
        ),
    )


def products() -> dict[str, ProductFacts]:
    """The products at Stripe, by name."""
    return {product.name: product for product in list_products()}


def prices(**filters: Any) -> dict[str, PriceFacts]:
    """The prices at Stripe that have a lookup key, by it."""
    return {price.lookup_key: price for price in list_prices(**filters) if price.lookup_key}


def publication_of(version: PlanVersion) -> Publication:
    return Publication.objects.get(plan_version=version)


def test_a_plan_becomes_a_product_and_each_base_price_a_price(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    publication = publish_plan_version(plan_version_id=team.pk, now=SUBSCRIBED)
    assert publication.status == PublicationStatus.PUBLISHED
    assert (publication.published_at, publication.detail) == (SUBSCRIBED, "")
    product = products()["Team"]
    assert product.id == f"tallybook_{team.plan.public_id}"
    assert (product.description, product.is_active) == ("For a team.", True)
    found = prices(product=product.id)
    assert {key: (price.unit_amount, price.interval) for key, price in found.items()} == {
        "team.usd.month.fixed": (4_900, "month"),
        "team.usd.month.per_seat": (950, "month"),
        "team.usd.year.fixed": (49_000, "year"),
        "team.usd.year.per_seat": (9_500, "year"),
    }
    assert all(price.is_active and not price.is_metered for price in found.values())
    assert {row.stripe_id for row in StripePrice.objects.all()} == {
        price.id for price in found.values()
    }


def test_publishing_again_asks_stripe_for_nothing(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    publish_plan_version(plan_version_id=team.pk, now=SUBSCRIBED)
    stripe.requests.clear()
    again = publish_plan_version(plan_version_id=team.pk, now=LATER)
    assert stripe.requests == []
    assert (again.status, again.published_at) == (PublicationStatus.PUBLISHED, SUBSCRIBED)


def test_the_lookup_keys_move_to_a_new_version_and_its_forerunner_is_archived_but_kept(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    publish_plan_version(plan_version_id=team.pk, now=SUBSCRIBED)
    before = prices()
    second = make_version(team.plan, prices=(fixed("59"), per_seat("9.50")), published_at=LATER)
    publish_plan_version(plan_version_id=second.pk, now=LATER)

    on_sale = prices(active=True)
    assert {key: price.unit_amount for key, price in on_sale.items()} == {
        "team.usd.month.fixed": 5_900,
        "team.usd.month.per_seat": 950,
    }
    assert not {price.id for price in on_sale.values()} & {price.id for price in before.values()}
    for price in before.values():
        assert not PriceFacts.read(ask("prices.retrieve", target=price.id)).is_active
    old = price_ids_of(version_id=team.pk, currency="USD", interval="month")
    assert [price.stripe_id for price in old] == [
        before["team.usd.month.fixed"].id,
        before["team.usd.month.per_seat"].id,
    ]
    assert list(products()) == ["Team"]
    assert publication_of(team).status == PublicationStatus.PUBLISHED


def test_versions_that_were_published_before_there_was_stripe_are_published_in_their_order(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    second = make_version(team.plan, prices=(fixed("59"),), published_at=LATER)
    assert publish_waiting(now=LATER) == 1
    assert [row.is_on_sale for row in StripePrice.objects.filter(plan_version=team)] == [False] * 4
    assert StripePrice.objects.get(plan_version=second).lookup_key == "team.usd.month.fixed"
    assert {publication_of(each).status for each in (team, second)} == {"published"}
    assert publish_waiting(now=LATER) == 0


def test_a_new_name_and_tagline_reach_the_product(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    publish_waiting(now=SUBSCRIBED)
    for name, tagline in (("Crew", "For a crew."), ("Team", ""), ("Crew", "For a crew.")):
        details = PlanDetails("team", name, team.plan.group, tagline=tagline)
        update_plan(plan=team.plan, details=details, actor=STAFF, now=LATER)
        assert publish_waiting(now=LATER) == 1
        product = products()[name]
        assert (product.description, len(products())) == (tagline, 1)
        assert publish_waiting(now=LATER) == 0


def test_the_product_of_a_plan_that_is_only_honoured_is_archived(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    publish_waiting(now=SUBSCRIBED)
    legacy = make_group("legacy", visibility=Visibility.LEGACY, is_default=False)
    for group, is_active in ((legacy, False), (team.plan.group, True)):
        details = PlanDetails("team", "Team", group, tagline="For a team.")
        update_plan(plan=team.plan, details=details, actor=STAFF, now=LATER)
        publish_waiting(now=LATER)
        assert products()["Team"].is_active is is_active
        assert len(prices(active=True)) == 4


def test_a_legacy_plan_can_still_be_published(
    stripe: SandboxHTTPClient, catalog: ArticleCatalog
) -> None:
    publish_waiting(now=SUBSCRIBED)
    assert Publication.objects.count() == 4
    assert not Publication.objects.exclude(status=PublicationStatus.PUBLISHED).exists()
    assert not products()["Per seat"].is_active
    (price,) = price_ids_of(version_id=catalog.per_seat.pk, currency="USD", interval="month")
    assert (price.key, price.is_per_seat, price.is_metered) == ("per_seat", True, False)


class TestBillingMeter:
    @pytest.fixture
    def version(self, catalog: ArticleCatalog) -> PlanVersion:
        return make_version(
            make_plan(catalog.current, "metered"),
            metered(catalog.credits, 500, overage={"USD": "0.0375", "JPY": "5"}),
            prices=(
                fixed("49"),
                fixed("490", interval="year"),
                fixed("70", currency="JPY"),
                fixed("700", currency="JPY", interval="year"),
            ),
            overage_collection=OverageCollection.BILLING_METER,
        )

    def test_overage_has_a_flat_metered_price_in_each_currency_and_interval(
        self, stripe: SandboxHTTPClient, version: PlanVersion
    ) -> None:
        publish_plan_version(plan_version_id=version.pk, now=SUBSCRIBED)
        meter = StripeMeter.objects.get()
        assert (meter.feature.code, meter.event_name) == ("ai_credits", "tallybook_ai_credits")
        found = {key: price for key, price in prices().items() if "overage" in key}
        assert {key: price.unit_amount for key, price in found.items()} == {
            "metered.jpy.month.overage.ai_credits": 5,
            "metered.jpy.year.overage.ai_credits": 5,
            "metered.usd.month.overage.ai_credits": Decimal("3.75"),
            "metered.usd.year.overage.ai_credits": Decimal("3.75"),
        }
        assert {(price.is_metered, price.meter_id) for price in found.values()} == {
            (True, meter.stripe_id)
        }
        base, overage = price_ids_of(version_id=version.pk, currency="USD", interval="month")
        assert (base.key, base.is_metered) == ("fixed", False)
        assert (overage.key, overage.is_metered) == ("overage.ai_credits", True)
        beyond = PriceFacts.read(ask("prices.retrieve", target=overage.stripe_id)).product_id
        name = ProductFacts.read(ask("products.retrieve", target=beyond)).name
        assert name == "AI credits, beyond the allowance"

    def test_one_meter_counts_for_all_plans_and_versions(
        self, stripe: SandboxHTTPClient, catalog: ArticleCatalog, version: PlanVersion
    ) -> None:
        make_version(
            make_plan(catalog.current, "another"),
            metered(catalog.credits, 500, overage="0.2"),
            prices=(fixed("49"),),
            overage_collection=OverageCollection.BILLING_METER,
        )
        publish_waiting(now=SUBSCRIBED)
        assert len(list(ask_for_all("billing.meters.list"))) == 1

    def test_a_meter_that_is_there_already_is_taken_over(
        self, stripe: SandboxHTTPClient, version: PlanVersion
    ) -> None:
        there = send(
            "billing.meters.create",
            {
                "display_name": "From an earlier life",
                "event_name": "tallybook_ai_credits",
                "default_aggregation": {"formula": "sum"},
            },
            key="earlier",
        )
        publish_plan_version(plan_version_id=version.pk, now=SUBSCRIBED)
        assert StripeMeter.objects.get().stripe_id == there["id"]


class TestFailures:
    def test_what_stripe_refuses_is_told_and_tried_again_after_a_growing_rest(
        self, stripe: SandboxHTTPClient, db: None
    ) -> None:
        plan = make_plan(make_group(), "odd")
        # The sandbox takes fewer currencies than there are.
        version = make_version(plan, prices=(fixed("49", currency="XOF"),))
        for attempt, rest in enumerate((1, 2, 4), start=1):
            now = SUBSCRIBED + timedelta(days=attempt)
            assert publish_waiting(now=now) == 1
            publication = publication_of(version)
            assert publication.status == PublicationStatus.FAILED
            assert publication.detail == "Invalid currency: xof."
            assert publication.next_attempt_at == now + timedelta(minutes=rest)
            assert publish_waiting(now=publication.next_attempt_at - timedelta(seconds=1)) == 0
        refused = StripeIntent.objects.filter(status=IntentStatus.REFUSED)
        assert refused.count() == 3
        with pytest.raises(NotPublished):
            price_ids_of(version_id=version.pk, currency="XOF", interval="month")

    def test_one_plan_that_stripe_refuses_keeps_no_other_from_being_published(
        self, stripe: SandboxHTTPClient, team: PlanVersion
    ) -> None:
        odd = make_version(make_plan(team.plan.group, "aaa"), prices=(fixed("49", currency="XOF"),))
        publish_waiting(now=SUBSCRIBED)
        assert publication_of(odd).status == PublicationStatus.FAILED
        assert publication_of(team).status == PublicationStatus.PUBLISHED

    def test_an_answer_that_was_lost_makes_nothing_twice(
        self, stripe: SandboxHTTPClient, team: PlanVersion
    ) -> None:
        lossy = Lossy(stripe, lost=3)
        with use_http_client(lossy):
            for minutes in range(0, 60, 10):
                publish_waiting(now=SUBSCRIBED + timedelta(minutes=minutes))
        assert publication_of(team).status == PublicationStatus.PUBLISHED
        assert len(list(list_products())) == 1
        assert len(list(list_prices())) == 4
        assert StripeProduct.objects.count() == 1

    @pytest.mark.parametrize("path", ["/v1/products", "/v1/prices"])
    def test_two_that_publish_at_once_make_nothing_twice(
        self, stripe: SandboxHTTPClient, team: PlanVersion, path: str
    ) -> None:
        overtaken = Overtaken(stripe, path=path, overtake=lambda: publish_waiting(now=SUBSCRIBED))
        with use_http_client(overtaken):
            publish_waiting(now=SUBSCRIBED)
        assert overtaken.is_overtaken
        assert publication_of(team).status == PublicationStatus.PUBLISHED
        assert len(list(list_products())) == 1
        assert len(list(list_prices())) == 4
        assert not StripeIntent.objects.exclude(status=IntentStatus.DONE).exists()

    def test_while_stripe_does_not_answer_the_plan_waits(
        self, stripe: SandboxHTTPClient, team: PlanVersion
    ) -> None:
        with use_http_client(Lossy(stripe, lost=1_000)):
            publish_waiting(now=SUBSCRIBED)
        publication = publication_of(team)
        assert publication.status == PublicationStatus.FAILED
        assert publication.published_at is None
        assert publication.detail == "The line is cut."
        publish_waiting(now=publication.next_attempt_at)
        assert publication_of(team).status == PublicationStatus.PUBLISHED


def test_without_stripe_nothing_is_noted_or_published(team: PlanVersion) -> None:
    assert publish_waiting(now=SUBSCRIBED) == 0
    assert not Publication.objects.exists()
    assert not StripeIntent.objects.exists()


def test_a_version_is_found_again_by_its_prices(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    publish_waiting(now=SUBSCRIBED)
    yearly = price_ids_of(version_id=team.pk, currency="USD", interval="year")
    ids = [price.stripe_id for price in yearly]
    assert find_version_of_prices(price_ids=ids) == SoldAs(team.pk, "USD", "year")
    assert kinds_of_prices(price_ids=[*ids, "price_unknown"]) == {
        ids[0]: "fixed",
        ids[1]: "per_seat",
    }
    (monthly, *_more) = price_ids_of(version_id=team.pk, currency="USD", interval="month")
    assert find_version_of_prices(price_ids=[*ids, monthly.stripe_id]) is None
    assert find_version_of_prices(price_ids=[*ids, "price_unknown"]) is None
    assert find_version_of_prices(price_ids=[]) is None


def test_a_preview_says_what_publishing_a_draft_would_do(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    publish_waiting(now=SUBSCRIBED)
    draft = make_draft(team.plan, prices=(fixed("59"),))
    plan = Plan.objects.select_related("group").get()
    terms = review_draft(plan_version=draft, now=LATER).terms
    assert [str(each) for each in preview(plan=plan, draft=terms)] == [
        "Price of version 2: USD, monthly, fixed: nothing → $59, on sale as team.usd.month.fixed",
        "Price of version 1: USD, monthly, fixed: "
        "$49, on sale as team.usd.month.fixed → $49, archived",
        "Price of version 1: USD, monthly, per seat: "
        "$9.50, on sale as team.usd.month.per_seat → $9.50, archived",
        "Price of version 1: USD, yearly, fixed: "
        "$490, on sale as team.usd.year.fixed → $490, archived",
        "Price of version 1: USD, yearly, per seat: "
        "$95, on sale as team.usd.year.per_seat → $95, archived",
    ]
    publish(plan_version=draft, actor=STAFF, now=LATER)
    publish_waiting(now=LATER)
    assert preview(plan=plan) == []
