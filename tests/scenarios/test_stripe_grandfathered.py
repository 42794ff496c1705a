"""Whoever subscribed at an old price keeps it: nothing that is sold later touches it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing.agreements.operations import bring_all_current
from billing.catalog.operations import PlanDetails, update_plan
from billing.models import Agreement, Plan, StripeDifference, StripePrice, StripeProduct
from billing.settlements.operations import close_due_periods
from billing.stripe.publishing import publish_waiting
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.settling.operations import collect_all_overage
from tests.factories.agreements import use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_article_catalog,
    make_version,
    metered,
)
from tests.support.shopping import Shopper, make_shopper
from tests.support.stripe_at_hand import NOW, StripeAtHand, stripe

__all__ = ["stripe"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalog(stripe: StripeAtHand) -> ArticleCatalog:
    catalog = make_article_catalog()
    publish_waiting(now=NOW)
    return catalog


@pytest.fixture
def shopper(stripe: StripeAtHand, catalog: ArticleCatalog) -> Shopper:
    """Subscribed to Starter for $99 a month, 1,000 credits, and $0.15 for each further one."""
    shopper = make_shopper(stripe)
    shopper.subscribe("starter")
    stripe.deliver()
    return shopper


def publish_dearer_version(catalog: ArticleCatalog, shopper: Shopper) -> None:
    """Starter costs $149 from now on, for fewer credits."""
    make_version(
        catalog.starter.plan,
        metered(catalog.credits, 500, overage="0.30"),
        prices=(fixed("149"), fixed("1490", interval="year")),
        included_seats=2,
        published_at=shopper.now,
    )
    publish_waiting(now=shopper.now)


def retire(plan: Plan, shopper: Shopper, *, to: ArticleCatalog) -> None:
    """Take the plan off the pricing table."""
    details = PlanDetails(code=plan.code, name=plan.name, group=to.legacy, is_self_serve=False)
    update_plan(plan=plan, details=details, actor=STAFF, now=shopper.now)
    publish_waiting(now=shopper.now)


def period_passes(shopper: Shopper) -> None:
    """A billing period with 1,100 credits used, and all that is done at its end."""
    use(shopper.organization, f"use-{shopper.now:%m}", 1_100, at=shopper.now)
    shopper.stripe.now = shopper.agreement.current_period_end + timedelta(minutes=1)
    shopper.stripe.run_due()
    for _ in range(3):
        shopper.stripe.now += timedelta(hours=1)
        bring_all_current(now=shopper.now)
        close_due_periods(now=shopper.now)
        collect_all_overage(now=shopper.now)
        shopper.stripe.run_due()


def newest_invoice(shopper: Shopper) -> dict[str, Any]:
    told: dict[str, Any] = shopper.stripe.ask("invoices.list", customer=shopper.customer_id)
    newest: dict[str, Any] = told["data"][0]
    return newest


def lines_of(invoice: dict[str, Any]) -> list[int]:
    return sorted(line["amount"] for line in invoice["lines"]["data"])


def test_renewals_stay_at_the_old_price_through_a_new_version_and_the_plans_retirement(
    shopper: Shopper, catalog: ArticleCatalog
) -> None:
    period_passes(shopper)
    assert (newest_invoice(shopper)["status"], lines_of(newest_invoice(shopper))) == (
        "paid",
        [1_500, 9_900],
    )

    publish_dearer_version(catalog, shopper)
    period_passes(shopper)
    assert lines_of(newest_invoice(shopper)) == [1_500, 9_900]

    retire(catalog.starter.plan, shopper, to=catalog)
    assert not StripeProduct.objects.get(plan=catalog.starter.plan).is_active
    period_passes(shopper)
    assert lines_of(newest_invoice(shopper)) == [1_500, 9_900]

    assert shopper.agreement.plan_version == catalog.starter
    assert Agreement.objects.owned_by(shopper.organization).count() == 1
    reconcile(now=shopper.now)
    found = StripeDifference.objects.filter(resolved_at=None)
    assert list(found.values_list("kind", "ours", "theirs")) == []


def test_the_archived_price_is_the_one_that_goes_on(
    shopper: Shopper, catalog: ArticleCatalog
) -> None:
    publish_dearer_version(catalog, shopper)
    period_passes(shopper)

    [subscription] = shopper.stripe.ask("subscriptions.list")["data"]
    [item] = subscription["items"]["data"]
    kept = StripePrice.objects.get(stripe_id=item["price"]["id"])
    assert (kept.plan_version, kept.is_on_sale) == (catalog.starter, False)
    archived = shopper.stripe.ask("prices.retrieve", target=item["price"]["id"])
    assert archived["active"] is False


def test_another_interval_of_the_same_plan_is_that_of_the_old_version(
    shopper: Shopper, catalog: ArticleCatalog
) -> None:
    publish_dearer_version(catalog, shopper)

    shopper.change(interval="year")
    period_passes(shopper)
    period_passes(shopper)

    assert shopper.agreement.plan_version == catalog.starter
    assert shopper.agreement.interval == "year"
    yearly = [
        invoice
        for invoice in shopper.stripe.ask("invoices.list", limit=100)["data"]
        if 99_000 in lines_of(invoice)
    ]
    assert len(yearly) == 2
    assert 149_000 not in {amount for each in yearly for amount in lines_of(each)}


def test_a_newcomer_pays_the_new_price(shopper: Shopper, catalog: ArticleCatalog) -> None:
    publish_dearer_version(catalog, shopper)

    newcomer = make_shopper(shopper.stripe, "Newcomer")
    newcomer.subscribe("starter")

    assert lines_of(newest_invoice(newcomer)) == [14_900]


def test_who_leaves_for_another_plan_and_comes_back_pays_the_new_price(
    shopper: Shopper, catalog: ArticleCatalog
) -> None:
    publish_dearer_version(catalog, shopper)
    shopper.change(plan_code="professional")

    shopper.change(plan_code="starter")
    period_passes(shopper)
    period_passes(shopper)

    assert shopper.agreement.plan_version.number == 2
    assert 14_900 in lines_of(newest_invoice(shopper))
