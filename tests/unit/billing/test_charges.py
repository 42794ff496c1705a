"""What is charged, to the cent. Cases of the acceptance list are named by their id."""

from decimal import Decimal

import pytest

from billing.rating.charges import (
    BasePrice,
    base_charge,
    fixed_line,
    overage_line,
    seats_line,
    total,
)
from billing.rating.pricing import OveragePricing
from config.kernel.money import Money
from tests.factories.pricing import graduated, per_unit

STARTER = BasePrice(fixed=Money(99_00, "USD"))
PROFESSIONAL = BasePrice(fixed=Money(299_00, "USD"))


def bill(price: BasePrice, *, allowance: int, unit_price: str, credits: str) -> Money:
    """A month on a plan with one allowance: the base price and what is used beyond it."""
    beyond = max(Decimal(0), Decimal(credits) - allowance)
    return base_charge(price=price, seats=1) + per_unit(unit_price).charge(beyond)


def starter(credits: str) -> Money:
    return bill(STARTER, allowance=1_000, unit_price="0.15", credits=credits)


def professional(credits: str) -> Money:
    return bill(PROFESSIONAL, allowance=5_000, unit_price="0.12", credits=credits)


@pytest.mark.parametrize(
    ("credits", "minor"),
    [("0", 99_00), ("1000", 99_00), ("1001", 99_15), ("1800", 219_00)],
)
def test_starter_costs_its_base_and_fifteen_cents_for_each_further_credit(
    credits: str, minor: int
) -> None:
    assert starter(credits) == Money(minor, "USD")


@pytest.mark.parametrize(
    ("credits", "minor"), [("1800", 299_00), ("5000", 299_00), ("6000", 419_00)]
)
def test_professional_costs_its_base_and_twelve_cents_for_each_further_credit(
    credits: str, minor: int
) -> None:
    assert professional(credits) == Money(minor, "USD")


def test_ac_103_recurring_price_and_usage_beyond_what_is_included() -> None:
    price = BasePrice(fixed=Money(59_99, "USD"))
    assert per_unit("0.50").charge(Decimal(140)) == Money(70_00, "USD")
    assert bill(price, allowance=500, unit_price="0.50", credits="640") == Money(129_99, "USD")


def test_ac_143_both_plans_are_cheaper_than_750_dollars_of_seats_for_1_800_credits() -> None:
    seats = base_charge(price=BasePrice(per_seat=Money(50_00, "USD")), seats=15)
    assert seats == Money(750_00, "USD")
    assert seats.minor - professional("1800").minor == 451_00
    assert seats.minor - starter("1800").minor == 531_00


def test_ac_144_starter_becomes_dearer_than_professional_after_2_333_credits() -> None:
    assert starter("2333") == Money(298_95, "USD")
    assert starter("2334") == Money(299_10, "USD")
    assert professional("2334") == Money(299_00, "USD")


def test_ac_145_professional_costs_more_than_750_dollars_from_8_759_credits() -> None:
    assert professional("8758") == Money(749_96, "USD")
    assert professional("8759") == Money(750_08, "USD")


def test_every_seat_is_charged_besides_the_fixed_price() -> None:
    price = BasePrice(fixed=Money(20_00, "USD"), per_seat=Money(9_50, "USD"))
    assert base_charge(price=price, seats=3) == Money(48_50, "USD")


def test_the_article_s_fifty_seats_at_a_hundred_dollars() -> None:
    price = BasePrice(per_seat=Money(100_00, "USD"))
    assert base_charge(price=price, seats=50) == Money(5_000_00, "USD")


@pytest.mark.parametrize(
    ("credits", "unit_price", "currency", "minor"),
    [
        ("1", "0.005", "USD", 1),
        ("1", "0.004999999999", "USD", 0),
        ("3", "0.005", "USD", 2),
        ("0.333333", "0.15", "USD", 5),
        ("1", "0.5", "JPY", 1),
        ("1", "0.4", "JPY", 0),
        ("1", "0.0005", "KWD", 1),
        ("999999999999.999999", "0.000000000001", "USD", 100),
        ("0", "0.15", "USD", 0),
    ],
)
def test_overage_is_rounded_once_half_up_to_the_currency_s_minor_unit(
    credits: str, unit_price: str, currency: str, minor: int
) -> None:
    pricing = OveragePricing.per_unit(Decimal(unit_price), currency=currency)
    assert pricing.charge(Decimal(credits)) == Money(minor, currency)


def test_many_small_events_are_rounded_together_and_not_one_by_one() -> None:
    together = per_unit("0.15").charge(Decimal("0.02") * 1_000)
    assert together == Money(3_00, "USD")


def test_the_lines_of_a_bill_say_what_is_multiplied_and_add_up() -> None:
    lines = [
        fixed_line(description="Plan", unit="month", amount=Money(299_00, "USD")),
        seats_line(description="Seats", unit="seat", per_seat=Money(9_50, "USD"), seats=3),
        overage_line(
            description="AI credits",
            unit="credit",
            quantity=Decimal(1_000),
            pricing=per_unit("0.12"),
            price_words="$0.12 per credit",
        ),
    ]
    assert [(line.quantity, line.unit_price, line.amount.minor) for line in lines] == [
        (Decimal(1), Decimal("299.00"), 299_00),
        (Decimal(3), Decimal("9.50"), 28_50),
        (Decimal(1_000), Decimal("0.12"), 120_00),
    ]
    assert total(lines, currency="USD") == Money(447_50, "USD")


def test_a_line_says_in_words_what_is_more_than_one_price() -> None:
    line = overage_line(
        description="AI credits",
        unit="credit",
        quantity=Decimal(31),
        pricing=graduated((10, 2), (30, 3), (None, 5)),
        price_words="first 10 at $2 each, ...",
    )
    assert (line.unit_price, line.price_words) == (None, "first 10 at $2 each, ...")
    assert line.amount == Money(85_00, "USD")


def test_a_bill_without_lines_is_zero_in_its_currency() -> None:
    assert total([], currency="EUR") == Money(0, "EUR")


def test_a_base_price_has_an_amount_and_one_currency() -> None:
    with pytest.raises(AssertionError):
        BasePrice()
    with pytest.raises(AssertionError):
        BasePrice(fixed=Money(1, "USD"), per_seat=Money(1, "EUR"))
