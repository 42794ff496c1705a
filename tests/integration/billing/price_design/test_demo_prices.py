"""The demo's price book says of its actions' calls what its price list does."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing.demo.price_book import calls_of, create_price_book
from billing.demo.price_list import ACTIONS, DemoAction
from metering.price_book.queries import read_price_book

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: str(action.code))
def test_the_tokens_of_an_action_cost_what_the_price_list_says(
    db: None, action: DemoAction
) -> None:
    create_price_book(now=NOW)
    book = read_price_book()
    for part, tokens in calls_of(action).items():
        assert book.cost_of(tokens, at=NOW) == Decimal(action.cost[part])
