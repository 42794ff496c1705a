from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import AuditEntry
from billing.catalog.operations import (
    DraftChanged,
    DraftFeature,
    NotPublishable,
    PricingMalformed,
    VersionPublished,
    edit_draft,
    publish,
    review_draft,
)
from billing.catalog.operations.drafts import DraftTerms
from billing.catalog.review import Objection
from billing.catalog.terms import PriceOffer
from billing.choices import ValueType, WhenPastDue
from billing.models import OverageTier, PlanVersion
from metering.choices import Aggregation
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    QUARTER_FOR_A_MONTH,
    STAFF,
    ArticleCatalog,
    fixed,
    flag,
    make_draft,
    make_flag,
    make_metered,
    make_plan,
    metered,
    per_seat,
)
from tests.factories.metering import make_meter
from tests.factories.pricing import graduated, package, per_unit, percentage, volume


def objections_to(
    catalog: ArticleCatalog,
    *features: DraftFeature,
    prices: tuple[PriceOffer, ...] = (fixed("49"),),
    included_seats: int | None = 5,
) -> list[Objection]:
    """What publishing a draft with these terms would say."""
    draft = make_draft(
        make_plan(catalog.current, "tried"), *features, prices=prices, included_seats=included_seats
    )
    review = review_draft(plan_version=draft, now=SUBSCRIBED)
    if review.objections:
        with pytest.raises(NotPublishable) as refusal:
            publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
        assert refusal.value.objections == review.objections
        assert PlanVersion.objects.get(pk=draft.pk).published_at is None
    else:
        publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
        assert PlanVersion.objects.get(pk=draft.pk).published_at == SUBSCRIBED
    return list(review.objections)


def test_publishing_puts_a_version_on_sale_and_is_written_down(catalog: ArticleCatalog) -> None:
    draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("149"),))
    report = publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
    assert report.version.published_at == SUBSCRIBED
    assert report.warnings == ()
    entry = AuditEntry.objects.get(
        action="plan_version.published", target__startswith=draft.plan.public_id
    )
    assert entry.occurred_at == SUBSCRIBED
    assert entry.changes["terms"][1]["prices"] == {"USD month fixed": 149_00}


def test_the_terms_that_were_reviewed_are_published_or_none(catalog: ArticleCatalog) -> None:
    draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("149"),))
    reviewed = review_draft(plan_version=draft, now=SUBSCRIBED).fingerprint
    edited = DraftTerms(included_seats=None, prices=(fixed("148"),), features=())
    edit_draft(plan_version=draft, terms=edited, actor=STAFF, now=SUBSCRIBED)
    with pytest.raises(DraftChanged) as refusal:
        publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED, reviewed=reviewed)
    assert refusal.value.detail == (
        "The draft has changed since this page was opened, so nothing was published. "
        "Please read the terms again."
    )
    assert PlanVersion.objects.get(pk=draft.pk).published_at is None
    edited = DraftTerms(included_seats=None, prices=(fixed("149"),), features=())
    edit_draft(plan_version=draft, terms=edited, actor=STAFF, now=SUBSCRIBED)
    publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED, reviewed=reviewed)
    assert PlanVersion.objects.get(pk=draft.pk).published_at == SUBSCRIBED


@pytest.mark.parametrize(
    "other",
    [
        {"allowance": Decimal("500.000001")},
        {"overage": {"USD": per_unit("0.21")}},
        {"overage": {"USD": per_unit("0.20", minimum=5)}},
        {"overage": {"USD": per_unit("0.20", maximum=5)}},
        {"overage": {"USD": percentage("0.20")}},
        {"overage": {"USD": package("0.20", size=10)}},
        {"overage": {"USD": package("0.20", size=10, free=5)}},
        {"overage": {"USD": package("0.20", size=11)}},
        {"overage": {"USD": graduated((None, "0.20"))}},
        {"overage": {"USD": graduated((5, "0.20"), (None, "0.20"))}},
        {"overage": {"USD": graduated((6, "0.20"), (None, "0.20"))}},
        {"overage": {"USD": graduated((5, "0.20", 1), (None, "0.20"))}},
        {"overage": {"USD": graduated((5, "0.20"), (None, "0.19"))}},
        {"overage": {"USD": volume((5, "0.20"), (None, "0.20"))}},
        {"overage": {}},
        {"limit": Decimal(900)},
        {"rollover": QUARTER_FOR_A_MONTH},
        {"when_past_due": WhenPastDue.REFUSE},
    ],
)
def test_each_term_of_a_feature_is_in_the_fingerprint(
    catalog: ArticleCatalog, other: dict[str, Any]
) -> None:
    fingerprint = fingerprints_of_drafts(catalog)
    usual = {"allowance": Decimal(500), "overage": {"USD": per_unit("0.20")}}
    assert fingerprint(**usual) == fingerprint(**usual)
    assert fingerprint(**usual) != fingerprint(**(usual | other))


def test_every_two_prices_of_overage_have_different_fingerprints(catalog: ArticleCatalog) -> None:
    prices = [
        graduated((5, "0.20"), (None, "0.20")),
        graduated((6, "0.20"), (None, "0.20")),
        volume((5, "0.20"), (None, "0.20")),
        package("0.20", size=5),
        package("0.20", size=5, free=1),
    ]
    fingerprint = fingerprints_of_drafts(catalog)
    found = {fingerprint(allowance=Decimal(500), overage={"USD": price}) for price in prices}
    assert len(found) == len(prices)


def fingerprints_of_drafts(catalog: ArticleCatalog) -> Callable[..., str]:
    """Write these terms of AI credits into one draft, and return the fingerprint to publish by."""
    draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("149"),))

    def fingerprint(**terms: Any) -> str:
        feature = DraftFeature(catalog.credits, **terms)
        written = DraftTerms(included_seats=5, prices=(fixed("149"),), features=(feature,))
        edit_draft(plan_version=draft, terms=written, actor=STAFF, now=SUBSCRIBED)
        return review_draft(plan_version=draft, now=SUBSCRIBED).fingerprint

    return fingerprint


def test_a_version_is_published_once(catalog: ArticleCatalog) -> None:
    with pytest.raises(VersionPublished):
        publish(plan_version=catalog.starter, actor=STAFF, now=SUBSCRIBED)
    with pytest.raises(VersionPublished):
        edit_draft(
            plan_version=catalog.starter,
            terms=DraftTerms(included_seats=1, prices=(), features=()),
            actor=STAFF,
            now=SUBSCRIBED,
        )


def test_a_plan_needs_a_price(catalog: ArticleCatalog) -> None:
    assert objections_to(catalog, prices=()) == [
        Objection("prices", "The plan has no price. A free plan has a price of 0.")
    ]


def test_a_free_plan_has_a_price_of_zero(catalog: ArticleCatalog) -> None:
    assert objections_to(catalog, prices=(fixed("0"),)) == []


def test_each_currency_has_each_interval(catalog: ArticleCatalog) -> None:
    prices = (fixed("49"), fixed("490", interval="year"), fixed("45", currency="EUR"))
    assert objections_to(catalog, prices=prices) == [
        Objection("prices", "In EUR there is no yearly fixed price, but elsewhere there is one.")
    ]


def test_each_interval_has_each_kind_of_price(catalog: ArticleCatalog) -> None:
    prices = (fixed("49"), per_seat("5"), fixed("490", interval="year"))
    assert objections_to(catalog, prices=prices, included_seats=None) == [
        Objection("prices", "In USD there is no yearly per seat price, but elsewhere there is one.")
    ]


def test_a_price_is_in_a_currency_in_use(catalog: ArticleCatalog) -> None:
    assert objections_to(catalog, prices=(fixed("49", currency="XQX"),)) == [
        Objection("prices", "XQX is not a currency in use.")
    ]


def test_overage_is_priced_in_the_currencies_of_the_plan(catalog: ArticleCatalog) -> None:
    prices = (fixed("49"), fixed("45", currency="EUR"))
    features = metered(catalog.credits, 500, overage={"USD": "0.20", "GBP": "0.18"})
    assert objections_to(catalog, features, prices=prices) == [
        Objection(
            "ai_credits", "The overage price is in GBP, USD, but the plan is sold in EUR, USD."
        )
    ]


@pytest.mark.parametrize(
    ("overage", "limit"), [(None, None), ("0.20", None), ("0", None), (None, 500), ("0.20", 501)]
)
def test_a_complete_metered_feature_is_published(
    catalog: ArticleCatalog, overage: str | None, limit: int | None
) -> None:
    feature = metered(catalog.credits, 500, overage=overage, limit=limit)
    assert objections_to(catalog, feature) == []


@pytest.mark.parametrize(
    ("terms", "detail"),
    [
        ({"value": 5}, "A metered feature has an allowance, not a value."),
        (
            {"allowance": None, "overage": {"USD": per_unit("0.1")}},
            "Unlimited usage leaves no room for a limit, an overage price or a rollover.",
        ),
        (
            {"allowance": None, "limit": Decimal(5)},
            "Unlimited usage leaves no room for a limit, an overage price or a rollover.",
        ),
        (
            {"allowance": Decimal(0), "rollover": QUARTER_FOR_A_MONTH},
            "Without an allowance there is nothing to roll over.",
        ),
        ({"limit": Decimal(499)}, "The limit of 499 is below the allowance of 500."),
        (
            {"limit": Decimal(500), "overage": {"USD": per_unit("0.1")}},
            "With a limit that equals the allowance there is no overage to sell.",
        ),
    ],
)
def test_the_terms_of_a_metered_feature_fit_together(
    catalog: ArticleCatalog, terms: dict[str, Any], detail: str
) -> None:
    feature = DraftFeature(catalog.credits, **({"allowance": Decimal(500)} | terms))
    assert objections_to(catalog, feature) == [Objection("ai_credits", detail)]


def test_a_price_that_nothing_can_be_charged_by_is_not_even_written(
    catalog: ArticleCatalog,
) -> None:
    draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("49"),))
    feature = metered(catalog.credits, 500, overage=graduated((10, 1), (5, 2)))
    terms = DraftTerms(included_seats=None, prices=(fixed("48"),), features=(feature,))
    with pytest.raises(PricingMalformed) as refusal:
        edit_draft(plan_version=draft, terms=terms, actor=STAFF, now=SUBSCRIBED)
    assert refusal.value.detail == (
        "AI credits, USD: The last tier must have no end. "
        "Each tier must end above the one before it."
    )
    assert refusal.value.extra == {"feature": "ai_credits", "currency": "USD"}
    assert draft.prices.get().unit_amount_minor == 49_00


def test_a_price_without_its_tiers_is_not_published(catalog: ArticleCatalog) -> None:
    draft = make_draft(
        make_plan(catalog.current, "team"),
        metered(catalog.credits, 500, overage=volume((5, 1), (None, 2))),
        prices=(fixed("49"),),
    )
    OverageTier.objects.filter(up_to=None).delete()
    with pytest.raises(NotPublishable) as refusal:
        publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
    assert refusal.value.objections == (
        Objection("ai_credits", "USD: The last tier must have no end."),
    )


def test_a_percentage_needs_reported_values(catalog: ArticleCatalog) -> None:
    calls = make_metered(make_meter("calls", unit="call", aggregation=Aggregation.COUNT))
    feature = metered(calls, 500, overage=percentage("0.015"))
    assert objections_to(catalog, feature) == [
        Objection("calls", "A percentage is taken of a reported value, but the meter only counts.")
    ]


@pytest.mark.parametrize(
    ("value_type", "value", "detail"),
    [
        (ValueType.BOOLEAN, None, "The feature has no value."),
        (ValueType.BOOLEAN, "yes", "The value must be of the type boolean."),
        (ValueType.NUMBER, True, "The value must be of the type number."),
        (ValueType.STRING, 5, "The value must be of the type string."),
    ],
)
def test_the_value_of_a_flag_is_of_its_type(
    catalog: ArticleCatalog, value_type: str, value: Any, detail: str
) -> None:
    feature = make_flag("tried", value_type=value_type)
    assert objections_to(catalog, flag(feature, value)) == [Objection("tried", detail)]


@pytest.mark.parametrize(
    ("value_type", "value"),
    [
        (ValueType.BOOLEAN, False),
        (ValueType.NUMBER, 0),
        (ValueType.STRING, ""),
        (ValueType.JSON, {"models": ["small"]}),
    ],
)
def test_values_that_look_empty_are_values(
    catalog: ArticleCatalog, value_type: str, value: Any
) -> None:
    feature = make_flag("tried", value_type=value_type)
    assert objections_to(catalog, flag(feature, value)) == []


def test_only_metered_features_are_counted(catalog: ArticleCatalog) -> None:
    feature = DraftFeature(catalog.advanced_ai, value=True, allowance=Decimal(5))
    detail = "Only a metered feature has an allowance, a limit, a rollover or an overage price."
    assert objections_to(catalog, feature) == [Objection("advanced_ai", detail)]


def test_seats_are_included_or_charged_but_not_both(catalog: ArticleCatalog) -> None:
    assert objections_to(catalog, prices=(per_seat("9"),)) == [
        Objection("seats", "A price per seat charges every seat, so none is included.")
    ]


def test_a_plan_includes_a_seat(catalog: ArticleCatalog) -> None:
    assert objections_to(catalog, included_seats=0) == [
        Objection("seats", "A plan includes at least one seat, or any number.")
    ]


def test_all_objections_are_named_at_once(catalog: ArticleCatalog) -> None:
    feature = metered(catalog.credits, 500, limit=1)
    found = objections_to(catalog, feature, prices=(), included_seats=0)
    assert [objection.where for objection in found] == ["prices", "seats", "ai_credits"]


def warnings_of(
    catalog: ArticleCatalog, *features: DraftFeature, prices: tuple[PriceOffer, ...]
) -> list[tuple[str, str | None, str | None]]:
    """Action, interval and margin of each warning for a plan of five seats."""
    draft = make_draft(
        make_plan(catalog.current, "tried"), *features, prices=prices, included_seats=5
    )
    report = publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
    return [
        (
            warning.action,
            warning.interval,
            None if warning.margin_percent is None else str(warning.margin_percent),
        )
        for warning in report.warnings
    ]


def test_starter_warns_of_reports_alone(catalog: ArticleCatalog) -> None:
    feature = metered(catalog.credits, 1_000, overage="0.15")
    assert warnings_of(catalog, feature, prices=(fixed("99"),)) == [
        ("GENERATE_REPORT", "month", "68.1")
    ]


def test_professional_warns_of_summaries_and_reports(catalog: ArticleCatalog) -> None:
    feature = metered(catalog.credits, 5_000, overage="0.12")
    assert warnings_of(catalog, feature, prices=(fixed("299"),)) == [
        ("SUMMARIZE_SHORT", "month", "68.2"),
        ("GENERATE_REPORT", "month", "47.2"),
    ]


def test_a_yearly_price_is_judged_by_its_twelfth(catalog: ArticleCatalog) -> None:
    feature = metered(catalog.credits, 1_000, overage="0.15")
    prices = (fixed("99"), fixed("990", interval="year"))
    assert warnings_of(catalog, feature, prices=prices) == [
        ("GENERATE_REPORT", "month", "68.1"),
        ("GENERATE_REPORT", "year", "61.7"),
    ]


def test_a_plan_that_meets_the_target_warns_of_nothing(catalog: ArticleCatalog) -> None:
    feature = metered(catalog.credits, 1_000, overage="0.15")
    assert warnings_of(catalog, feature, prices=(fixed("120"),)) == []


def test_the_target_is_a_setting(catalog: ArticleCatalog, settings: Settings) -> None:
    settings.TARGET_MARGIN_BPS = 8_100
    feature = metered(catalog.credits, 1_000, overage="0.15")
    assert warnings_of(catalog, feature, prices=(fixed("99"),)) == [
        ("SUMMARIZE_SHORT", "month", "80.8"),
        ("GENERATE_REPORT", "month", "68.1"),
    ]


def test_a_free_allowance_earns_nothing_on_every_action(catalog: ArticleCatalog) -> None:
    assert warnings_of(catalog, metered(catalog.credits, 50), prices=(fixed("0"),)) == [
        ("EXTRACT_TEXT", "month", None),
        ("SUMMARIZE_SHORT", "month", None),
        ("GENERATE_REPORT", "month", None),
    ]


def test_unlimited_usage_at_a_flat_price_is_warned_of(catalog: ArticleCatalog) -> None:
    assert warnings_of(catalog, metered(catalog.credits, None), prices=(fixed("999"),)) == [
        ("EXTRACT_TEXT", None, None),
        ("SUMMARIZE_SHORT", None, None),
        ("GENERATE_REPORT", None, None),
    ]


def test_what_is_paid_for_as_used_is_not_included(catalog: ArticleCatalog) -> None:
    feature = metered(catalog.credits, 0, overage="0.12")
    assert warnings_of(catalog, feature, prices=(fixed("0"),)) == []


def test_a_price_in_another_currency_than_the_costs_is_not_judged(
    catalog: ArticleCatalog,
) -> None:
    feature = metered(catalog.credits, 5_000)
    assert warnings_of(catalog, feature, prices=(fixed("1", currency="EUR"),)) == []


def test_a_warning_shows_its_numbers(catalog: ArticleCatalog) -> None:
    draft = make_draft(
        make_plan(catalog.current, "tried"),
        metered(catalog.credits, 1_000, overage="0.15"),
        prices=(fixed("99"),),
    )
    (warning,) = publish(plan_version=draft, actor=STAFF, now=SUBSCRIBED).warnings
    assert warning.detail == (
        "Generate report costs $1.58 and, at the monthly price, earns $4.95 when the whole "
        "allowance is used: a margin of 68.1 %, below the target of 70 %."
    )
    entry = AuditEntry.objects.filter(action="plan_version.published").order_by("-pk").first()
    assert entry is not None
    assert entry.changes["warnings"] == [None, [warning.detail]]
