"""Reads of the price book: what tokens of a model cost at a moment."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from ..models import TokenPrice
from .costs import MillionPrice, TokensUsed, cost_of


class PriceBook:
    """The prices of some models over all time: what it says of a moment never changes later."""

    def __init__(self, prices: Iterable[tuple[str, datetime, MillionPrice]]) -> None:
        self._prices: dict[str, list[tuple[datetime, MillionPrice]]] = {}
        for model, effective_at, price in sorted(prices, key=lambda row: row[1]):
            self._prices.setdefault(model, []).append((effective_at, price))

    def price_at(self, model: str, *, at: datetime) -> MillionPrice | None:
        """What a million tokens of a model cost at a moment; None before its first price."""
        prices = self._prices.get(model, [])
        index = bisect_right(prices, at, key=lambda entry: entry[0])
        return prices[index - 1][1] if index else None

    def cost_of(self, tokens: TokensUsed, *, at: datetime) -> Decimal | None:
        """What tokens cost at a moment, to twelve places; None without a price."""
        price = self.price_at(tokens.model, at=at)
        return None if price is None else cost_of(tokens, price=price)


def read_price_book(*, models: Collection[str] | None = None) -> PriceBook:
    """Return every price of these models (of all by default), in one query."""
    prices = TokenPrice.objects.all()
    if models is not None:
        prices = prices.filter(model__code__in=models)
    rows = prices.values_list(
        "model__code", "effective_at", "input_price", "output_price", "cached_price"
    )
    return PriceBook((model, at, MillionPrice(*price)) for model, at, *price in rows)
