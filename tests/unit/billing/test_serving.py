"""
Whom to look at first: the article's audit, its numbers, and the edges of its thresholds.

"The Math That Broke Per-Seat Pricing" and "Your Next Steps" are sections of the article.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rating.margins import in_percent
from billing.rating.serving import (
    Audit,
    Customer,
    Drift,
    Economics,
    SeatContraction,
    audit_margins,
    groups_by_use,
    heaviest_tenth,
    losses,
    total_of,
)

amounts = st.decimals(0, 10**7, places=2, allow_nan=False)


def economics(revenue: str, ai: str = "0", other: str = "0") -> Economics:
    return Economics(Decimal(revenue), Decimal(ai), Decimal(other))


def customer(name: str, revenue: str, ai: str = "0", other: str = "0") -> Customer[str]:
    return Customer(name, economics(revenue, ai, other))


def with_margins(*percents: str, revenue: str = "100") -> list[Customer[str]]:
    """Customers with the same revenue, each with a gross margin."""
    return [
        customer(f"c{index}", revenue, str(Decimal(100) - Decimal(percent)))
        for index, percent in enumerate(percents)
    ]


def percents(whole: Economics) -> tuple[str, str]:
    assert whole.ai_margin is not None and whole.margin is not None
    return str(in_percent(whole.ai_margin)), str(in_percent(whole.margin))


def names(customers: list[Customer[str]] | tuple[Customer[str], ...]) -> list[str]:
    return [each.key for each in customers]


@pytest.mark.parametrize(
    ("documents", "ai_cost", "ai_alone", "all_costs", "left"),
    [
        (2_000, "240.00", "95.2", "93.2", "4660.00"),
        (21_000, "2520.00", "49.6", "47.6", "2380.00"),
        (85_000, "10200.00", "-104.0", "-106.0", "-5300.00"),
    ],
)
def test_the_three_customers_of_one_plan_have_two_margins_each(
    documents: int, ai_cost: str, ai_alone: str, all_costs: str, left: str
) -> None:
    """The Math That Broke Per-Seat Pricing: customers A, B and C at $5,000, $0.12 a document."""
    whole = Economics(Decimal(5_000), documents * Decimal("0.12"), Decimal(100))
    assert f"{whole.ai_cost:.2f}" == ai_cost
    assert percents(whole) == (ai_alone, all_costs)
    assert f"{whole.left:.2f}" == left


def test_seats_alone_left_98_percent_and_documents_leave_48() -> None:
    """The Math That Broke Per-Seat Pricing: "a 98% margin business to a 48% margin business"."""
    before = economics("5000", other="100")
    after = economics("5000", "2520", "100")
    assert percents(before) == ("100.0", "98.0")
    assert percents(after) == ("49.6", "47.6")


def test_a_thousand_customers_of_twenty_seats_left_nearly_two_millions() -> None:
    """The Math That Broke Per-Seat Pricing: "$2M in monthly revenue against $40K in costs"."""
    one = Economics(revenue=20 * Decimal(100), other_cost=20 * Decimal(2))
    whole = total_of([one] * 1_000)
    assert (whole.revenue, whole.cost, whole.left) == (2_000_000, 40_000, 1_960_000)


def test_the_best_customer_of_a_document_company_lost_it_two_thousand() -> None:
    """The article's introduction: 100 seats at $20, 50,000 documents at $0.08."""
    whole = Economics(revenue=100 * Decimal(20), ai_cost=50_000 * Decimal("0.08"))
    assert (whole.revenue, whole.ai_cost, whole.left) == (2_000, 4_000, -2_000)
    assert whole.is_loss


def test_the_marketing_team_lost_sixteen_thousand() -> None:
    """The Math That Broke Per-Seat Pricing: 30 seats at $50, 126,000 generations at $0.14."""
    whole = Economics(revenue=30 * Decimal(50), ai_cost=126_000 * Decimal("0.14"))
    assert (whole.revenue, whole.ai_cost, whole.left) == (1_500, 17_640, -16_140)


@pytest.mark.parametrize(("below", "is_urgent"), [(2, False), (3, True), (4, True)])
def test_three_of_the_top_twenty_below_forty_percent_are_urgent(
    below: int, *, is_urgent: bool
) -> None:
    """Your Next Steps: "If three or more of your top 20 customers are below 40%"."""
    audit: Audit[str] = audit_margins(with_margins(*["39.9"] * below, *["70"] * (20 - below)))
    assert (len(audit.below), audit.is_urgent) == (below, is_urgent)


def test_exactly_forty_percent_is_not_below() -> None:
    audit = audit_margins(with_margins("40", "40", "39.99", "40.01"))
    assert names(audit.below) == ["c2"]
    assert not audit_margins(with_margins("40", "40", "40")).is_urgent


def test_forty_percent_of_an_amount_that_no_decimal_writes_is_not_below() -> None:
    third = Decimal(1) / 3
    exact = Economics(revenue=third, ai_cost=third - third * Decimal("0.40"))
    assert not exact.is_below(Decimal("0.40"))


def test_only_the_twenty_with_the_most_revenue_are_audited() -> None:
    poor = [customer(f"poor{index}", "10", "9") for index in range(5)]
    rich = [customer(f"rich{index}", "1000", "1") for index in range(20)]
    audit = audit_margins([*poor, *rich])
    assert names(audit.top) == [f"rich{index}" for index in range(20)]
    assert not audit.is_urgent


def test_customers_without_revenue_are_not_among_the_top() -> None:
    assert names(audit_margins([customer("free", "0", "50"), customer("pays", "1")]).top) == [
        "pays"
    ]


def test_a_customer_without_revenue_is_below_if_serving_it_costs_anything() -> None:
    assert economics("0", "1").is_below(Decimal("0.40"))
    assert not economics("0").is_below(Decimal("0.40"))
    assert economics("0", "1").margin is None


@pytest.mark.parametrize(
    ("customers", "rows"), [(0, 0), (1, 1), (10, 1), (11, 2), (40, 4), (41, 5)]
)
def test_the_heaviest_tenth_of_forty_customers_has_four_rows(customers: int, rows: int) -> None:
    """The Math That Broke Per-Seat Pricing: "Your top 10% of customers by AI feature usage"."""
    all_of_them = [customer(f"c{index}", "100", str(index + 1)) for index in range(customers)]
    assert len(heaviest_tenth(all_of_them)) == rows


def test_equals_keep_their_order_in_the_heaviest_tenth() -> None:
    alike = [customer(f"c{index:02}", "100", "7") for index in range(40)]
    assert names(heaviest_tenth(alike)) == ["c00", "c01", "c02", "c03"]
    assert names(audit_margins(alike).top) == [f"c{index:02}" for index in range(20)]


def test_nobody_who_uses_nothing_is_among_the_heaviest() -> None:
    assert heaviest_tenth([customer("idle", "100")]) == []


def test_losses_come_greatest_first_and_breaking_even_is_none() -> None:
    found = losses(
        [customer("small", "10", "11"), customer("even", "10", "10"), customer("big", "10", "99")]
    )
    assert names(found) == ["big", "small"]


def test_the_heaviest_users_cause_the_cost_and_others_pay_for_it() -> None:
    """The article's introduction: "You are creating adverse selection"."""
    heavy = [customer("heavy", "100", "910")]
    light = [customer(f"light{index}", "100", "10") for index in range(9)]
    first, *rest = groups_by_use([*light, *heavy])
    assert (first.customer_count, first.revenue_share, first.ai_cost_share) == (
        1,
        Decimal("0.1"),
        Decimal("0.91"),
    )
    assert first.economics.margin == Decimal("-8.1")
    assert {group.economics.margin for group in rest} == {Decimal("0.9")}


@given(st.lists(st.tuples(amounts, amounts), max_size=45))
def test_groups_hold_everybody_once_and_differ_by_one(
    figures: list[tuple[Decimal, Decimal]],
) -> None:
    customers = [
        Customer(index, Economics(revenue, ai)) for index, (revenue, ai) in enumerate(figures)
    ]
    groups = groups_by_use(customers)
    sizes = [group.customer_count for group in groups]
    assert sum(sizes) == len(customers)
    assert len(groups) == min(10, len(customers))
    assert not sizes or max(sizes) - min(sizes) <= 1
    whole = total_of(group.economics for group in groups)
    assert whole == total_of(each.economics for each in customers)
    costs = [group.economics.ai_cost / group.customer_count for group in groups]
    assert costs == sorted(costs, reverse=True)


@given(amounts, amounts, amounts)
def test_the_margin_after_all_costs_is_never_above_that_after_ai_alone(
    revenue: Decimal, ai: Decimal, other: Decimal
) -> None:
    whole = Economics(revenue, ai, other)
    assert whole.left == revenue - ai - other
    if whole.margin is None or whole.ai_margin is None:
        assert revenue == 0
    else:
        assert whole.margin <= whole.ai_margin <= 1


@pytest.mark.parametrize(
    ("before", "after", "price", "change", "share"),
    [(50, 10, "100", "-4000", "-0.8"), (10, 2, "75", "-600", "-0.8")],
)
def test_seats_that_ai_replaces_take_their_revenue_along(
    before: int, after: int, price: str, change: str, share: str
) -> None:
    """
    The article's introduction, 50 seats to 10 at $100; and The Math That Broke Per-Seat Pricing,
    $750 to $150 for 10 representatives of whom two stay.
    """
    contraction = SeatContraction(
        before,
        after,
        monthly_before=before * Decimal(price),
        monthly_after=after * Decimal(price),
        usage_before=Decimal(200),
        usage_now=Decimal(300),
    )
    assert (contraction.change, contraction.change_share) == (Decimal(change), Decimal(share))
    assert contraction.usage_trend == Decimal("0.5")
    assert contraction.is_replaced_by_use


def test_fewer_seats_with_less_use_are_no_replacement() -> None:
    shrinking = SeatContraction(50, 10, Decimal(5000), Decimal(1000), Decimal(10), Decimal(9))
    assert not shrinking.is_replaced_by_use
    unused = SeatContraction(50, 10, Decimal(5000), Decimal(1000))
    assert (unused.usage_trend, unused.is_replaced_by_use) == (None, False)


def test_drift_is_against_the_rate_card() -> None:
    drift = Drift(Decimal("0.10"), mean_cost=Decimal("0.12"), p95_cost=Decimal("0.15"))
    assert (drift.of_mean, drift.of_p95) == (Decimal("0.2"), Decimal("0.5"))
    assert Drift(Decimal(0), Decimal(1), Decimal(1)).of_mean is None
