"""What was edited at Stripe is reported, and set right only when somebody asks for it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from billing.catalog.operations import PlanDetails, update_plan
from billing.choices import OverageCollection, PublicationStatus
from billing.models import Plan, PlanVersion, Publication, StripeDifference
from billing.sandbox import Sandbox
from billing.stripe.gateway.client import ask, send
from billing.stripe.gateway.facts import PriceFacts, ProductFacts
from billing.stripe.publishing import (
    check_drift,
    compare_plan,
    price_ids_of,
    publish_waiting,
    repair_plan,
)
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_group,
    make_plan,
    make_version,
    metered,
)
from tests.support.stripe_sandbox import SandboxHTTPClient

LATER = SUBSCRIBED + timedelta(days=1)
DAY_AFTER = LATER + timedelta(days=1)


@pytest.fixture
def team(stripe: SandboxHTTPClient, db: None) -> PlanVersion:
    """A plan that Stripe knows."""
    version = make_version(make_plan(make_group(), "team"), prices=(fixed("49"),))
    publish_waiting(now=SUBSCRIBED)
    return version


@pytest.fixture
def another_account() -> Iterator[Sandbox]:
    """An account in which nothing was ever sold."""
    sandbox = Sandbox(clock=lambda: LATER, send=lambda *sent: 200)
    yield sandbox
    sandbox.close()


def product_of(version: PlanVersion) -> ProductFacts:
    return ProductFacts.read(ask("products.retrieve", target=f"tallybook_{version.plan.public_id}"))


def price_of(version: PlanVersion) -> PriceFacts:
    (price,) = price_ids_of(version_id=version.pk, currency="USD", interval="month")
    return PriceFacts.read(ask("prices.retrieve", target=price.stripe_id))


def edit_product(version: PlanVersion, **values: object) -> None:
    """As somebody does on Stripe's dashboard."""
    send("products.update", values, target=product_of(version).id, key=f"edit {values}")


def edit_price(version: PlanVersion, **values: object) -> None:
    send("prices.update", values, target=price_of(version).id, key=f"edit {values}")


def publication_of(version: PlanVersion) -> Publication:
    return Publication.objects.get(plan_version=version)


def plan_of(version: PlanVersion) -> Plan:
    return Plan.objects.select_related("group").get(pk=version.plan_id)


def test_nothing_edited_is_nothing_reported(stripe: SandboxHTTPClient, team: PlanVersion) -> None:
    stripe.requests.clear()
    assert check_drift(now=LATER) == 0
    assert {method for method, _target in stripe.requests} == {"GET"}
    publication = publication_of(team)
    assert (publication.status, publication.detail) == (PublicationStatus.PUBLISHED, "")
    assert publication.checked_at == LATER
    assert compare_plan(plan=plan_of(team)) == []


def test_a_product_edited_at_stripe_is_reported_and_left_alone(
    stripe: SandboxHTTPClient, team: PlanVersion
) -> None:
    edit_product(team, name="Squad", active=False)
    assert check_drift(now=LATER) == 1
    publication = publication_of(team)
    assert publication.status == PublicationStatus.DRIFTED
    assert publication.detail == "Product: Squad, archived → Team"
    assert publish_waiting(now=DAY_AFTER) == 0
    assert product_of(team).name == "Squad"


def test_a_price_archived_at_stripe_is_reported(team: PlanVersion) -> None:
    edit_price(team, active=False)
    check_drift(now=LATER)
    assert publication_of(team).detail == (
        "Price of version 1: USD, monthly, fixed: "
        "$49, archived → $49, on sale as team.usd.month.fixed"
    )


def test_a_lookup_key_that_was_moved_away_is_reported(team: PlanVersion) -> None:
    send(
        "prices.create",
        {
            "product": product_of(team).id,
            "currency": "usd",
            "unit_amount": 1,
            "recurring": {"interval": "month"},
            "lookup_key": "team.usd.month.fixed",
            "transfer_lookup_key": True,
        },
        key="theft",
    )
    check_drift(now=LATER)
    assert publication_of(team).detail == (
        "Price of version 1: USD, monthly, fixed: "
        "$49, on sale without a lookup key → $49, on sale as team.usd.month.fixed"
    )


def test_an_old_price_that_was_put_on_sale_again_is_told_by_its_version(team: PlanVersion) -> None:
    second = make_version(team.plan, prices=(fixed("59"),), published_at=LATER)
    publish_waiting(now=LATER)
    edit_price(team, active=True)
    assert check_drift(now=DAY_AFTER) == 1
    assert publication_of(team).status == PublicationStatus.DRIFTED
    assert publication_of(second).status == PublicationStatus.PUBLISHED


def test_what_is_set_right_at_stripe_by_hand_is_no_drift_any_more(team: PlanVersion) -> None:
    edit_product(team, name="Squad")
    check_drift(now=LATER)
    edit_product(team, name="Team")
    assert check_drift(now=DAY_AFTER) == 0
    publication = publication_of(team)
    assert (publication.status, publication.detail) == (PublicationStatus.PUBLISHED, "")


def test_a_new_name_that_is_not_at_stripe_yet_is_no_drift(team: PlanVersion) -> None:
    details = PlanDetails("team", "Crew", team.plan.group)
    update_plan(plan=team.plan, details=details, actor=STAFF, now=LATER)
    assert check_drift(now=LATER) == 0
    assert publication_of(team).status == PublicationStatus.PUBLISHED


def test_a_repair_overwrites_every_edit_and_is_written_down(team: PlanVersion) -> None:
    edit_product(team, name="Squad", description="Mine!", active=False)
    edit_price(team, active=False, lookup_key="mine")
    check_drift(now=LATER)
    assert repair_plan(plan=plan_of(team), actor=STAFF, now=LATER)
    product, price = product_of(team), price_of(team)
    assert (product.name, product.description, product.is_active) == ("Team", "", True)
    assert (price.is_active, price.lookup_key) == (True, "team.usd.month.fixed")
    publication = publication_of(team)
    assert (publication.status, publication.detail) == (PublicationStatus.PUBLISHED, "")
    assert publication.published_at == SUBSCRIBED
    assert check_drift(now=DAY_AFTER) == 0
    entry = AuditEntry.objects.get(action="plan.repaired_at_stripe")
    assert entry.target == team.plan.public_id
    assert entry.changes["differences"][0] == [
        "Price of version 1: USD, monthly, fixed: "
        "$49, archived → $49, on sale as team.usd.month.fixed",
        "Product: Squad, Mine!, archived → Team",
    ]


def test_the_same_edit_can_be_repaired_twice(team: PlanVersion) -> None:
    for number, name in enumerate(("Squad", "Gang", "Squad")):
        product_id = product_of(team).id
        send("products.update", {"name": name}, target=product_id, key=f"edit {number}")
        assert repair_plan(plan=plan_of(team), actor=STAFF, now=LATER)
        assert product_of(team).name == "Team"


def test_what_stripe_does_not_have_at_all_is_made_again(
    stripe: SandboxHTTPClient, team: PlanVersion, another_account: Sandbox
) -> None:
    gone = price_of(team).id
    stripe.sandbox = another_account
    assert check_drift(now=LATER) == 1
    assert "Product: nothing → Team" in publication_of(team).detail
    assert repair_plan(plan=plan_of(team), actor=STAFF, now=LATER)
    assert price_of(team).id != gone
    assert check_drift(now=DAY_AFTER) == 0


def test_a_meter_that_was_switched_off_is_reported_and_switched_on_again(
    stripe: SandboxHTTPClient, catalog: ArticleCatalog
) -> None:
    version = make_version(
        make_plan(catalog.current, "metered"),
        metered(catalog.credits, 500, overage="0.2"),
        prices=(fixed("49"),),
        overage_collection=OverageCollection.BILLING_METER,
    )
    publish_waiting(now=SUBSCRIBED)
    overage = price_ids_of(version_id=version.pk, currency="USD", interval="month")[1]
    meter_id = ask("prices.retrieve", target=overage.stripe_id)["recurring"]["meter"]
    send("billing.meters.deactivate", target=meter_id, key="off")
    assert check_drift(now=LATER) == 1
    assert publication_of(version).detail == "Billing Meter: switched off → ai_credits"
    assert repair_plan(plan=plan_of(version), actor=STAFF, now=LATER)
    assert check_drift(now=DAY_AFTER) == 0
    assert ask("billing.meters.retrieve", target=meter_id)["status"] == "active"


def test_a_product_that_looks_like_ours_but_is_not_is_noted_until_it_is_gone(
    team: PlanVersion,
) -> None:
    send(
        "products.create",
        {"id": "stray", "name": "Stray", "metadata": {"tallybook_plan": "plan_of_another"}},
        key="stray",
    )
    send("products.create", {"name": "Somebody else's"}, key="foreign")
    for now in (LATER, DAY_AFTER):
        assert check_drift(now=now) == 0
        noted = StripeDifference.objects.get()
        assert (noted.kind, noted.subject, noted.theirs) == ("unknown_product", "stray", "Stray")
        assert (noted.found_at, noted.seen_at, noted.resolved_at) == (LATER, now, None)
    send("products.update", {"active": False}, target="stray", key="gone")
    check_drift(now=DAY_AFTER)
    assert StripeDifference.objects.get().resolved_at == DAY_AFTER


def test_without_stripe_there_is_nothing_to_compare(catalog: ArticleCatalog) -> None:
    assert check_drift(now=LATER) == 0
