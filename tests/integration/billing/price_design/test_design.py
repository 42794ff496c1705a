"""What actions take, held against what they cost: the article's platform, and real usage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from billing.price_design.aims import usual_aim
from billing.price_design.queries import design_prices, price_to_show, usual_price
from billing.price_design.selling import SellingPrice, Sold, list_selling_prices
from billing.price_design.spreads import Spread, read_spreads
from billing.price_design.what_if import what_if
from billing.rating.margins import in_percent
from billing.usage.operations import report_usage, reverse_usage
from metering.models import Action
from metering.price_book.costs import TokensUsed
from metering.rate_card.operations import NewRate, set_rate
from metering.usage.rollups import fill_rollups
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.metering import report
from tests.factories.price_book import make_model, million

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shown(share: Decimal | None) -> str:
    assert share is not None
    return str(in_percent(share))


def test_the_lowest_price_of_overage_that_anybody_gets_is_the_usual_one(
    catalog: ArticleCatalog,
) -> None:
    selling = list_selling_prices(meter="ai_credits", currency="USD", at=NOW)
    assert usual_price(selling) == Decimal("0.12")
    included = {
        (each.plan, each.interval): each.price for each in selling if each.sold is Sold.INCLUDED
    }
    assert included["starter", "month"] == Decimal("0.099")
    assert included["professional", "month"] == Decimal("0.0598")


def test_without_such_a_plan_another_price_is_the_usual_one() -> None:
    included = SellingPrice("starter", "Starter", Sold.INCLUDED, Decimal("0.099"))
    free = replace(included, price=Decimal(0))
    negotiated = replace(included, sold=Sold.OVERAGE, price=Decimal("0.1"), is_self_serve=False)
    assert usual_price([free, included]) == Decimal("0.099")
    assert usual_price([included, negotiated]) == Decimal("0.1")
    assert usual_price([free]) == 1


def test_the_articles_actions_are_designed(catalog: ArticleCatalog) -> None:
    """Of "Step 1" and "Pitfall 2": the formula asks for 2, 8 and 62; it charges 5, 10 and 50."""
    design = design_prices(meter=catalog.meter, aim=usual_aim(), now=NOW)
    assert [
        (
            item.action.code,
            item.action.credits,
            item.suggested,
            shown(item.margins.plain),
            shown(item.margins.buffered),
            item.margins.misses_target,
        )
        for item in design.actions
    ] == [
        ("EXTRACT_TEXT", 5, 2, "94.2", "91.8", False),
        ("SUMMARIZE_SHORT", 10, 8, "84.2", "77.8", False),
        ("GENERATE_REPORT", 50, 62, "73.7", "63.1", True),
    ]
    assert [item.cost_per_credit for item in design.actions] == [
        Decimal("0.007"),
        Decimal("0.019"),
        Decimal("0.0316"),
    ]
    plans = {
        (check.selling.plan, check.selling.sold, check.selling.interval): [
            shown(each.plain) for each in check.margins
        ]
        for check in design.plans
    }
    # The same 50 credits, from an allowance that is used up: "At $0.12" is the price of overage.
    assert plans["professional", Sold.INCLUDED, "month"] == ["88.3", "68.2", "47.2"]
    assert plans["starter", Sold.INCLUDED, "month"] == ["92.9", "80.8", "68.1"]


def test_a_cost_of_a_credit_makes_the_articles_price() -> None:
    assert price_to_show(Decimal("0.035"), aim=usual_aim(), currency="USD") == (
        Decimal("0.1167"),
        Decimal("0.12"),
    )


def use(organization: Organization, number: int, cost: str | None, **fields: Any) -> None:
    report_usage(
        organization_id=organization.pk,
        reports=[
            report(
                f"e-{number}",
                action="EXTRACT_TEXT",
                at=NOW - HOUR,
                cost=None if cost is None else Decimal(cost),
                **fields,
            )
        ],
        api_key_id=None,
        received_at=NOW - HOUR,
    )


def test_what_nineteen_of_twenty_uses_cost_is_reckoned_with(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme)
    for number in range(1, 21):
        use(acme, number, f"0.{number:02}")
    use(acme, 99, "9")
    reverse_usage(organization_id=acme.pk, event_id="e-99", reason="a mistake", now=NOW)
    assert read_spreads(now=NOW) == {"EXTRACT_TEXT": Spread(20, Decimal("0.105"), Decimal("0.19"))}
    pessimistic, plain = (
        design_prices(
            meter=catalog.meter, aim=usual_aim(), now=NOW, is_pessimistic=is_pessimistic
        ).actions[0]
        for is_pessimistic in (True, False)
    )
    assert (pessimistic.cost, pessimistic.suggested, pessimistic.is_below) == (
        Decimal("0.19"),
        8,
        True,
    )
    assert (plain.cost, plain.suggested) == (Decimal("0.035"), 2)


def test_old_usage_says_nothing(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme)
    use(acme, 1, "5")
    assert read_spreads(now=NOW + timedelta(days=90)) == {}


def test_a_cheaper_model_is_tried_on_last_quarters_usage(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    """Of "AI cost deflation forces quarterly reviews": a price of a tenth, and what follows."""
    make_agreement(acme)
    make_model("opus", "10", "30", "1")
    action = Action.objects.get(code="EXTRACT_TEXT")
    set_rate(
        action=action,
        rate=NewRate(
            effective_at=NOW - 3 * HOUR,
            credits=Decimal(5),
            cost_components={"OCR": Decimal("0.005")},
            model_calls={"Extraction": TokensUsed("opus", 1_500, 500)},
        ),
        actor=STAFF,
        now=NOW - 4 * HOUR,
    )
    for number in range(4):
        use(acme, number, None)
    use(acme, 9, None, tokens=TokensUsed("opus", 3_000, 1_000, 10_000))
    fill_rollups(organization_id=acme.pk)
    found = what_if(
        meter=catalog.meter,
        model="opus",
        price=million("1", "3", "0.1"),
        credit_price=Decimal("0.12"),
        aim=usual_aim(),
        now=NOW,
    )
    extract, summarize, _report = found.actions
    # Four at 0.005 + 0.03, and one of 0.03 + 0.03 + 0.01 as reported; with the new price a tenth.
    assert (found.cost_booked, found.cost_now, found.cost_then) == (
        Decimal("0.21"),
        Decimal("0.21"),
        Decimal("0.039"),
    )
    assert (extract.unit_now, extract.unit_then) == (Decimal("0.042"), Decimal("0.0078"))
    assert (extract.suggested_now, extract.suggested_then) == (2, 1)
    assert (shown(extract.margins_now.plain), shown(extract.margins_then.plain)) == ("93.0", "98.7")
    assert (extract.is_touched, summarize.is_touched) == (True, False)
