from __future__ import annotations

from decimal import Decimal

from billing.sandbox.engine.reductions import Line, Reduction, apply


def test_a_percentage_is_taken_off_each_line_and_rounded_there() -> None:
    """Coupons and promotion codes: percent_off applies to the invoice's lines."""
    lines = [Line(9900, "prod_a"), Line(15, "prod_b"), Line(-500, "prod_a")]
    tenth = Reduction("di_1", percent_off=Decimal(10), amount_off=None)

    assert apply(lines, of_lines=[], of_invoice=[tenth]) == [{"di_1": 990}, {"di_1": 2}, {}]


def test_an_amount_is_spread_over_the_lines_in_proportion() -> None:
    """Compare classic and flexible billing mode: discounts are applied proportionally."""
    lines = [Line(3000, None), Line(1000, None)]
    off = Reduction("di_1", percent_off=None, amount_off=1001)

    assert apply(lines, of_lines=[], of_invoice=[off]) == [{"di_1": 751}, {"di_1": 250}]


def test_an_amount_never_takes_more_than_there_is() -> None:
    off = Reduction("di_1", percent_off=None, amount_off=5000)

    assert apply([Line(1200, None)], of_lines=[], of_invoice=[off]) == [{"di_1": 1200}]


def test_a_second_discount_sees_what_the_first_has_left() -> None:
    """Stackable discounts: the order in which discounts are given matters."""
    half = Reduction("di_1", percent_off=Decimal(50), amount_off=None)
    fixed = Reduction("di_2", percent_off=None, amount_off=100)

    assert apply([Line(1000, None)], of_lines=[], of_invoice=[half, fixed]) == [
        {"di_1": 500, "di_2": 100}
    ]
    assert apply([Line(1000, None)], of_lines=[], of_invoice=[fixed, half]) == [
        {"di_2": 100, "di_1": 450}
    ]


def test_a_coupon_for_some_products_leaves_the_others_alone() -> None:
    """Coupons: applies_to.products limits what a coupon reaches."""
    lines = [Line(1000, "prod_a"), Line(1000, "prod_b"), Line(1000, "prod_a", discountable=False)]
    limited = Reduction(
        "di_1", percent_off=Decimal(20), amount_off=None, products=frozenset({"prod_a"})
    )

    assert apply(lines, of_lines=[], of_invoice=[limited]) == [{"di_1": 200}, {}, {}]


def test_a_discount_of_a_line_touches_no_other_line() -> None:
    lines = [Line(1000, None, own=("di_1",)), Line(1000, None)]
    own = Reduction("di_1", percent_off=Decimal(20), amount_off=None)
    shared = Reduction("di_2", percent_off=Decimal(50), amount_off=None)

    assert apply(lines, of_lines=[own], of_invoice=[shared]) == [
        {"di_1": 200, "di_2": 400},
        {"di_2": 500},
    ]
