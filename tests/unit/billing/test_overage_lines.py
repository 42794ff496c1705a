"""How a finished line is written for Stripe: in minor units, exact, in whole seconds."""

from datetime import UTC, datetime
from decimal import Decimal

from billing.invoicing.finished_lines import FinishedLine
from billing.stripe.settling.collectors import line_params
from config.kernel.money import Money

SEPTEMBER = datetime(2026, 9, 10, 8, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


def line(amount: Money, *, quantity: str | None = None, price: str | None = None) -> FinishedLine:
    return FinishedLine(
        settlement_id="stl_1",
        description="Credits",
        amount=amount,
        quantity=None if quantity is None else Decimal(quantity),
        unit_amount=None if price is None else Decimal(price),
        starts_at=SEPTEMBER,
        ends_at=OCTOBER,
    )


def test_quantity_and_price_are_told_where_they_make_the_amount() -> None:
    params = line_params(line(Money(69_00, "USD"), quantity="460.000000", price="15.0000000000"))
    assert params == {
        "currency": "usd",
        "description": "Credits",
        "period": {"start": 1_789_027_200, "end": 1_791_619_200},
        "quantity_decimal": "460",
        "unit_amount_decimal": "15",
    }


def test_a_price_below_a_cent_keeps_its_decimals() -> None:
    params = line_params(line(Money(6, "USD"), quantity="1.2", price="5.00"))
    assert (params["quantity_decimal"], params["unit_amount_decimal"]) == ("1.2", "5")
    params = line_params(line(Money(1, "USD"), quantity="8", price="0.125"))
    assert params["unit_amount_decimal"] == "0.125"


def test_a_large_quantity_is_written_out() -> None:
    params = line_params(line(Money(1_000_000, "JPY"), quantity="1000000", price="1"))
    assert (params["currency"], params["quantity_decimal"]) == ("jpy", "1000000")


def test_else_the_amount_is_told() -> None:
    params = line_params(line(Money(-6_00, "USD")))
    assert params["amount"] == -600
    assert "quantity_decimal" not in params
