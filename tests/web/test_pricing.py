"""The public pricing page says what is on sale, in figures and in words."""

from decimal import Decimal

import pytest
from django.test import Client

from billing.choices import ValueType
from billing.models import Plan
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    flag,
    make_flag,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import make_meter
from tests.factories.pricing import graduated, per_unit
from tests.support.statements import at_most

from .reading import part_of, text_of


def card_of(page: str, plan: str) -> str:
    """The words of one plan's card."""
    start = page.index(f'id="{plan}"')
    return page[start : page.index("</article>", start)]


def test_shows_the_plans_on_sale_in_their_order(client: Client, catalog: ArticleCatalog) -> None:
    words = text_of(client.get("/pricing/"))
    assert "Starter $99 a month Billed monthly Start with Starter" in words
    assert "Professional Most popular $299 a month Billed monthly" in words
    assert "Enterprise $1,499 a month Billed monthly Talk to sales" in words
    assert "Starter $99 Professional $299 Enterprise $1,499" in words
    cards = words[words.index("Starter $99 a month") :]
    assert cards.index("Professional Most popular") < cards.index("Enterprise $1,499 a month")


def test_legacy_plans_are_never_on_it(client: Client, catalog: ArticleCatalog) -> None:
    page = client.get("/pricing/").content.decode().lower()
    assert "per seat" not in page
    assert "per_seat" not in page
    assert "documents" not in page


def test_says_what_a_plan_includes_and_what_is_missing(
    client: Client, catalog: ArticleCatalog
) -> None:
    words = text_of(client.get("/pricing/"))
    assert (
        "5 seats 1,000 credits a month $0.15 for each further credit Not included: Advanced AI"
        in (words)
    )
    assert "20 seats 5,000 credits a month $0.12 for each further credit Advanced AI" in words
    assert "Unlimited seats 20,000 credits a month $0.10 for each further credit" in words


def test_says_what_the_credits_of_a_plan_buy(client: Client, catalog: ArticleCatalog) -> None:
    assert "1,000 credits buy 200 text extractions or 100 summaries or 20 reports" in (
        text_of(client.get("/pricing/"))
    )


def test_answers_whether_credits_expire_for_each_plan(
    client: Client, catalog: ArticleCatalog
) -> None:
    assert part_of(client.get("/pricing/"), "expiry-title") == (
        "Do my credits expire? "
        "Starter Unused credits expire at the monthly reset; nothing rolls over. "
        "Professional 25 % of unused credits roll over for one month, once; "
        "the rest expires at the monthly reset. "
        "Enterprise 50 % of unused credits roll over and never expire, "
        "up to 100 % of the monthly allowance in total; the rest expires at the monthly reset."
    )


def test_yearly_prices_have_an_address_of_their_own(
    client: Client, catalog: ArticleCatalog
) -> None:
    words = text_of(client.get("/pricing/?interval=year"))
    assert "Starter $990 a year Billed yearly, 17 % less than monthly" in words
    assert "Professional Most popular $2,990 a year" in words


def test_a_button_carries_the_plan_and_the_interval(
    client: Client, catalog: ArticleCatalog
) -> None:
    page = client.get("/pricing/?interval=year").content.decode()
    assert 'href="/signup/?plan_interest=professional&amp;interval=year"' in page


def test_a_plan_that_is_not_self_serve_leads_to_sales(
    client: Client, catalog: ArticleCatalog
) -> None:
    page = client.get("/pricing/").content.decode()
    assert "plan_interest=enterprise" not in page
    assert 'href="mailto:sales@tallybook.example?subject=Enterprise"' in page


@pytest.mark.parametrize(
    ("credits", "answer"),
    [
        (
            "2500",
            "Starter $99 $225.00 1,500 over $324.00 "
            "Professional cheapest $299 none $299.00 Enterprise $1,499 none $1,499.00",
        ),
        (
            "900",
            "Starter cheapest $99 none $99.00 "
            "Professional $299 none $299.00 Enterprise $1,499 none $1,499.00",
        ),
        (
            "30000",
            "Starter $99 $4,350.00 29,000 over $4,449.00 "
            "Professional $299 $3,000.00 25,000 over $3,299.00 "
            "Enterprise cheapest $1,499 $1,000.00 10,000 over $2,499.00",
        ),
    ],
)
def test_reckons_what_a_month_costs_on_each_plan(
    client: Client, catalog: ArticleCatalog, credits: str, answer: str
) -> None:
    words = part_of(client.get("/pricing/", {"credits": credits}), "calculator-title")
    assert answer in words


def test_reckons_what_the_credits_buy(client: Client, catalog: ArticleCatalog) -> None:
    words = part_of(client.get("/pricing/?credits=2500"), "calculator-title")
    assert "2,500 credits are 500 text extractions 250 summaries 50 reports" in words


@pytest.mark.parametrize(
    "query",
    ["interval=week", "credits=many", "credits=-1", "credits=1e99", "currency=XXX", "%00=%00"],
)
def test_what_cannot_be_read_counts_as_not_asked(
    client: Client, catalog: ArticleCatalog, query: str
) -> None:
    page = client.get(f"/pricing/?{query}")
    assert page.status_code == 200
    assert "Starter $99 a month" in text_of(page)


def test_offers_each_currency_that_is_sold(client: Client, catalog: ArticleCatalog) -> None:
    make_version(
        Plan.objects.get(code="starter"),
        metered(catalog.credits, 1_000, overage={"USD": "0.15", "EUR": "0.14"}),
        prices=(fixed("99"), fixed("89", currency="EUR")),
        included_seats=5,
    )
    words = text_of(client.get("/pricing/?currency=eur"))
    assert "Starter €89 a month" in words
    assert "€0.14 for each further credit" in words


def test_a_plan_that_sells_no_overage_is_not_reckoned_beyond_its_allowance(
    client: Client, catalog: ArticleCatalog
) -> None:
    make_version(
        make_plan(catalog.current, "free", position=0),
        metered(catalog.credits, 50),
        prices=(fixed("0"),),
    )
    words = part_of(client.get("/pricing/?credits=100"), "calculator-title")
    assert "Free $0 - ask us".replace("-", "\N{EN DASH}") in words
    assert "Starter cheapest $99" in words


def test_a_price_in_tiers_is_said_and_reckoned_with(
    client: Client, catalog: ArticleCatalog
) -> None:
    make_version(
        make_plan(catalog.current, "tiered", position=0),
        metered(catalog.credits, 500, overage=graduated((1_000, "0.10"), (None, "0.05"))),
        prices=(fixed("49"),),
    )
    page = client.get("/pricing/?credits=2500")
    sentence = "first 1,000 at $0.10 each, then at $0.05 each"
    assert f"Further credits: {sentence}" in text_of(page)
    assert f"Further credits {sentence} $0.15 per credit $0.12 per credit" in text_of(page)
    assert "Tiered cheapest $49 $150.00 2,000 over $199.00" in part_of(page, "calculator-title")


def test_a_minimum_is_reckoned_with_while_credits_last(
    client: Client, catalog: ArticleCatalog
) -> None:
    make_version(
        make_plan(catalog.current, "least", position=0),
        metered(catalog.credits, 500, overage=per_unit("0.10", minimum=20)),
        prices=(fixed("49"),),
    )
    words = part_of(client.get("/pricing/?credits=100"), "calculator-title")
    assert "Least cheapest $49 $20.00 $69.00" in words


def test_costs_as_many_queries_with_more_plans(client: Client, catalog: ArticleCatalog) -> None:
    for number in range(5):
        make_version(
            make_plan(catalog.current, f"more_{number}", position=9),
            metered(catalog.credits, 100 * (number + 1), overage="0.2"),
            prices=(fixed(str(Decimal(10) * (number + 1))),),
        )
    with at_most(8):
        client.get("/pricing/")


def test_where_nothing_is_included_each_has_a_price_and_none_is_a_further_one(
    client: Client, catalog: ArticleCatalog
) -> None:
    tickets = make_metered(make_meter("tickets", unit="ticket"))
    make_version(
        make_plan(catalog.current, "helpdesk"),
        metered(catalog.credits, 500, overage="0.15"),
        metered(tickets, 0, overage="0.99"),
        prices=(fixed("49"),),
    )
    page = client.get("/pricing/")
    assert "$0.99 per ticket" in card_of(page.content.decode(), "helpdesk")
    words = text_of(page)
    assert "$0.15 for each further credit $0.99 per ticket" in words
    assert "further ticket" not in words
    assert "Tickets a month" not in words


def test_plans_that_differ_in_a_list_say_its_values(
    client: Client, catalog: ArticleCatalog
) -> None:
    """An object is for apps, so that its name has to do; nothing in a list is nothing."""
    formats, rules = (
        make_flag(code, name=name, value_type=ValueType.JSON, default_value=[])
        for code, name in (("formats", "Export formats"), ("rules", "Rules"))
    )
    for code, names in (("small", ["csv"]), ("large", ["csv", "pdf"]), ("none", [])):
        plan = make_plan(catalog.current, code)
        included = (flag(formats, names), flag(rules, [{"most": 3}]))
        make_version(plan, *included, prices=(fixed("49"),))
    page = text_of(client.get("/pricing/"))
    assert "Export formats: csv Rules" in page
    assert "Export formats: csv, pdf Rules" in page
    assert "Not included: Export formats" in page
    assert "most" not in page.replace("most popular", "").replace("Most popular", "")


def test_an_empty_catalog_is_said_so(client: Client, db: None) -> None:
    assert "No plans are on sale right now." in text_of(client.get("/pricing/"))
