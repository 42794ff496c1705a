"""Margins of the article, with its own numbers. Cases are named by their id."""

from decimal import Decimal

import pytest

from billing.rating.margins import (
    ActionCost,
    in_percent,
    included_credit_margins,
    included_credit_price,
    margin,
)

ACTIONS = (
    ActionCost("EXTRACT_TEXT", "Extract text", Decimal(5), Decimal("0.035")),
    ActionCost("SUMMARIZE_SHORT", "Summarize", Decimal(10), Decimal("0.19")),
    ActionCost("GENERATE_REPORT", "Generate report", Decimal(50), Decimal("1.58")),
)
BUFFER = Decimal("1.4")


def percent(revenue: str, cost: str) -> str:
    share = margin(revenue=Decimal(revenue), cost=Decimal(cost))
    assert share is not None
    return str(in_percent(share))


@pytest.mark.parametrize(
    ("documents", "cost", "of_ai_alone", "of_all_costs"),
    [
        (2_000, "240.00", "95.2", "93.2"),
        (21_000, "2520.00", "49.6", "47.6"),
        (85_000, "10200.00", "-104.0", "-106.0"),
    ],
)
def test_ac_136_documents_eat_the_margin_of_fifty_seats(
    documents: int, cost: str, of_ai_alone: str, of_all_costs: str
) -> None:
    parts = [Decimal(part) for part in ("0.06", "0.01", "0.04", "0.01")]
    assert documents * sum(parts) == Decimal(cost)
    assert percent("5000", cost) == of_ai_alone
    assert percent("5000", str(Decimal(cost) + 100)) == of_all_costs


def test_ac_137_the_writing_tool_loses_more_than_ten_times_its_price() -> None:
    cost = 126_000 * Decimal("0.14")
    assert cost == Decimal("17640.00")
    assert Decimal(1_500) - cost == Decimal("-16140.00")
    assert percent("1500", str(cost)) == "-1076.0"


def test_ac_149_the_best_customer_costs_twice_what_it_pays() -> None:
    cost = 50_000 * Decimal("0.08")
    assert cost == Decimal("4000.00")
    assert percent("2000", str(cost)) == "-100.0"


def charged_margins(price: Decimal, *, buffer: Decimal = Decimal(1)) -> list[str]:
    """The margin on each action if every credit earns this price."""
    buffered = [
        ActionCost(action.code, action.name, action.credits, action.unit_cost * buffer)
        for action in ACTIONS
    ]
    found = included_credit_margins(base=price, allowance=Decimal(1), actions=buffered)
    return [str(in_percent(item.margin)) for item in found if item.margin is not None]


def test_ac_139_margins_at_twelve_cents_for_a_credit() -> None:
    assert charged_margins(Decimal("0.12")) == ["94.2", "84.2", "73.7"]
    assert charged_margins(Decimal("0.12"), buffer=BUFFER) == ["91.8", "77.8", "63.1"]


def test_ac_140_margins_at_the_price_of_a_credit_included_in_professional() -> None:
    price = included_credit_price(base=Decimal(299), allowance=Decimal(5_000))
    assert price == Decimal("0.0598")
    assert charged_margins(price) == ["88.3", "68.2", "47.2"]
    assert charged_margins(price, buffer=BUFFER) == ["83.6", "55.5", "26.0"]


def test_ac_141_margins_at_the_price_of_a_credit_included_in_starter() -> None:
    price = included_credit_price(base=Decimal(99), allowance=Decimal(1_000))
    assert price == Decimal("0.099")
    assert charged_margins(price) == ["92.9", "80.8", "68.1"]


def test_only_an_action_below_the_target_misses_it() -> None:
    target = Decimal("0.70")
    starter = included_credit_margins(base=Decimal(99), allowance=Decimal(1_000), actions=ACTIONS)
    assert [item.action.code for item in starter if item.misses(target)] == ["GENERATE_REPORT"]
    exact = included_credit_margins(
        base=Decimal(10),
        allowance=Decimal(1),
        actions=[ActionCost("EXACT", "Exact", Decimal(1), Decimal(3))],
    )
    assert not exact[0].misses(target)


def test_without_revenue_there_is_no_margin_and_every_cost_misses_the_target() -> None:
    assert margin(revenue=Decimal(0), cost=Decimal(1)) is None
    costs = [
        ActionCost("COSTS", "Costs", Decimal(1), Decimal("0.01")),
        ActionCost("FREE", "Free", Decimal(1), Decimal(0)),
    ]
    given_away = included_credit_margins(base=Decimal(0), allowance=Decimal(100), actions=costs)
    assert [item.misses(Decimal("0.70")) for item in given_away] == [True, False]
