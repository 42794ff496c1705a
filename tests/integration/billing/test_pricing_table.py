from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from billing.catalog.offers import PricingTable
from billing.catalog.queries import (
    PlanVersionNotFound,
    find_offer,
    get_plan_version_terms,
    get_pricing_table,
)
from billing.catalog.summary import MOST_WORDS
from billing.choices import Audience, ValueType
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    QUARTER_FOR_A_MONTH,
    ArticleCatalog,
    fixed,
    flag,
    make_draft,
    make_flag,
    make_group,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.factories.pricing import graduated, package, per_unit

LATER = SUBSCRIBED


def test_the_table_shows_the_plans_on_sale_in_their_order(catalog: ArticleCatalog) -> None:
    table = get_pricing_table(at=LATER)
    assert [plan.code for plan in table.plans] == ["starter", "professional", "enterprise"]
    assert table.currencies == ("USD",)
    assert table.intervals == ("month", "year")
    assert [(action.code, action.credits) for action in table.actions] == [
        ("EXTRACT_TEXT", Decimal(5)),
        ("SUMMARIZE_SHORT", Decimal(10)),
        ("GENERATE_REPORT", Decimal(50)),
    ]


def test_an_offer_says_all_that_a_card_shows(catalog: ArticleCatalog) -> None:
    offer = find_offer(plan_code="professional", at=LATER)
    assert offer is not None
    assert (offer.name, offer.highlight, offer.is_self_serve) == (
        "Professional",
        "Most popular",
        True,
    )
    assert offer.included_seats == 20
    assert [(price.interval, price.unit_amount_minor) for price in offer.prices] == [
        ("month", 299_00),
        ("year", 2_990_00),
    ]
    credits = offer.feature("ai_credits")
    assert credits is not None
    assert credits.allowance == Decimal(5_000)
    assert dict(credits.overage) == {"USD": per_unit("0.12")}
    assert credits.rollover == QUARTER_FOR_A_MONTH
    assert (credits.unit, credits.unit_plural) == ("credit", "credits")
    advanced = offer.feature("advanced_ai")
    assert advanced is not None
    assert advanced.value is True


def test_legacy_and_private_plans_are_not_offered(catalog: ArticleCatalog) -> None:
    private = make_group("private", is_default=False)
    make_version(make_plan(private, "special"), prices=(fixed("10"),))
    assert find_offer(plan_code="per_seat", at=LATER) is None
    assert find_offer(plan_code="special", at=LATER) is None
    assert find_offer(plan_code="nothing", at=LATER) is None
    codes = {plan.code for plan in get_pricing_table(at=LATER).plans}
    assert codes == {"starter", "professional", "enterprise"}


def test_a_draft_is_not_offered(catalog: ArticleCatalog) -> None:
    make_draft(make_plan(catalog.current, "team"), prices=(fixed("149"),))
    assert find_offer(plan_code="team", at=LATER) is None
    assert "team" not in {plan.code for plan in get_pricing_table(at=LATER).plans}


def test_the_newest_published_version_is_on_sale_from_its_publication(
    catalog: ArticleCatalog,
) -> None:
    second = make_version(
        catalog.starter.plan,
        metered(catalog.credits, 1_500, overage="0.15"),
        prices=(fixed("129"),),
        included_seats=5,
        published_at=LATER,
    )
    before = find_offer(plan_code="starter", at=LATER - timedelta(microseconds=1))
    after = find_offer(plan_code="starter", at=LATER)
    assert before is not None and after is not None
    assert before.version_id == catalog.starter.pk
    assert after.version_id == second.pk
    assert get_pricing_table(at=LATER).plans[0].version_id == second.pk


def test_a_table_for_individuals_is_separate(catalog: ArticleCatalog) -> None:
    assert get_pricing_table(at=LATER, audience=Audience.INDIVIDUALS).plans == ()


def test_an_empty_catalog_gives_an_empty_table(db: None) -> None:
    assert get_pricing_table(at=LATER) == PricingTable((), (), (), ())


def test_the_reporting_currency_comes_first(catalog: ArticleCatalog, settings: Settings) -> None:
    make_version(
        make_plan(catalog.current, "team"),
        prices=tuple(fixed("149", currency=currency) for currency in ("CHF", "EUR", "USD")),
    )
    assert get_pricing_table(at=LATER).currencies == ("USD", "CHF", "EUR")
    settings.REPORTING_CURRENCY = "EUR"
    assert get_pricing_table(at=LATER).currencies == ("EUR", "CHF", "USD")


def query_count(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


def test_more_plans_and_features_take_no_more_queries(catalog: ArticleCatalog) -> None:
    few = query_count(lambda: get_pricing_table(at=LATER))
    for number in range(12):
        feature = make_flag(f"extra_{number}")
        make_version(
            make_plan(catalog.current, f"plan_{number}"),
            metered(catalog.credits, 100, overage="0.20"),
            flag(feature, True),
            prices=(fixed("10"), fixed("100", interval="year")),
        )
    assert query_count(lambda: get_pricing_table(at=LATER)) == few == 6


def test_plans_are_compared_by_the_month(catalog: ArticleCatalog) -> None:
    yearly = make_version(
        make_plan(catalog.current, "yearly"), prices=(fixed("100", interval="year"),)
    )
    seats = make_version(make_plan(catalog.current, "seats"), prices=(per_seat("9"),))
    terms = {
        version.pk: get_plan_version_terms(plan_version_id=version.pk)
        for version in (catalog.starter, yearly, seats)
    }
    starter = terms[catalog.starter.pk]
    assert starter.monthly_minor(currency="USD", seats=3) == 99_00
    assert starter.monthly_minor(currency="EUR", seats=3) is None
    assert terms[yearly.pk].monthly_minor(currency="USD", seats=3) == Fraction(10_000, 12)
    assert terms[seats.pk].monthly_minor(currency="USD", seats=3) == 27_00


def test_each_summary_says_price_inclusion_overage_and_expiry(catalog: ArticleCatalog) -> None:
    summaries = {plan.code: plan.summary for plan in get_pricing_table(at=LATER).plans}
    assert summaries["starter"] == (
        "Starter costs $99 a month, or $990 a year. It includes 5 seats and 1,000 credits a month. "
        "Each further credit costs $0.15. "
        "Unused credits expire at the monthly reset; nothing rolls over."
    )
    assert summaries["professional"] == (
        "Professional costs $299 a month, or $2,990 a year. "
        "It includes 20 seats, 5,000 credits a month and Advanced AI. "
        "Each further credit costs $0.12. "
        "25 % of unused credits roll over for one month, once; "
        "the rest expires at the monthly reset."
    )
    assert summaries["enterprise"] == (
        "Enterprise costs $1,499 a month, or $14,990 a year. "
        "It includes unlimited seats, 20,000 credits a month, Advanced AI and Support: phone. "
        "Each further credit costs $0.10. "
        "50 % of unused credits roll over and never expire, "
        "up to 100 % of the monthly allowance in total; the rest expires at the monthly reset."
    )


def test_a_summary_says_a_price_that_is_more_than_one_number(catalog: ArticleCatalog) -> None:
    make_version(
        make_plan(catalog.current, "tiered"),
        metered(catalog.credits, 500, overage=graduated((1_000, "0.01"), (None, "0.008"))),
        metered(catalog.documents, 0, overage=package("15", size=10)),
        prices=(fixed("299"),),
    )
    assert get_pricing_table(at=LATER).plans[0].summary == (
        "Tiered costs $299 a month. It includes unlimited seats and 500 credits a month. "
        "Further credits: first 1,000 at $0.01 each, then at $0.008 each. "
        "Documents: $15 per 10 documents begun. "
        "Unused credits expire at the monthly reset; nothing rolls over."
    )


def test_a_summary_writes_numbers_as_people_do(catalog: ArticleCatalog) -> None:
    pages = make_flag("pages", name="Pages in a file", value_type=ValueType.NUMBER)
    rate = make_flag("rate", name="Rate", value_type=ValueType.NUMBER)
    make_version(
        make_plan(catalog.current, "large"),
        flag(pages, 3_000),
        flag(rate, 0.5),
        prices=(fixed("299"),),
        included_seats=1_500,
    )
    assert get_pricing_table(at=LATER).plans[0].summary == (
        "Large costs $299 a month. It includes 1,500 seats, Pages in a file: 3,000 and Rate: 0.5."
    )


def test_a_summary_never_has_more_than_sixty_words(catalog: ArticleCatalog) -> None:
    wordy = [
        flag(make_flag(f"flag_{number}", name="A feature with a name of many words"), True)
        for number in range(12)
    ]
    make_version(
        make_plan(catalog.current, "wordy"),
        metered(catalog.credits, 5_000, overage="0.12", rollover=QUARTER_FOR_A_MONTH),
        *wordy,
        prices=(fixed("299"),),
    )
    summaries = [plan.summary for plan in get_pricing_table(at=LATER).plans]
    assert len(summaries) == 4
    assert max(len(summary.split()) for summary in summaries) <= MOST_WORDS
    assert summaries[0] == (
        "Wordy costs $299 a month. Each further credit costs $0.12. "
        "25 % of unused credits roll over for one month, once; "
        "the rest expires at the monthly reset."
    )


def test_published_terms_are_read_once_and_hold_nothing_that_can_change(
    catalog: ArticleCatalog,
) -> None:
    terms = get_plan_version_terms(plan_version_id=catalog.professional.pk)
    assert query_count(lambda: get_plan_version_terms(plan_version_id=catalog.professional.pk)) == 0
    assert get_plan_version_terms(plan_version_id=catalog.professional.pk) is terms
    credits = terms.feature("ai_credits")
    assert credits is not None
    assert credits.meter_id == catalog.meter.pk
    assert (credits.aggregation, credits.unique_property, credits.source) == ("sum", "", "reports")
    assert credits.when_past_due == "allow"
    assert terms.metered == (credits,)
    assert terms.feature("documents") is None
    assert terms.currencies == ("USD",)


def test_the_terms_of_a_draft_are_not_kept(catalog: ArticleCatalog) -> None:
    draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("149"),))
    with pytest.raises(PlanVersionNotFound):
        get_plan_version_terms(plan_version_id=draft.pk)
    with pytest.raises(PlanVersionNotFound):
        get_plan_version_terms(plan_version_id=0)
