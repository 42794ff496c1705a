"""Reads of the price book: what tokens of a model cost at a moment."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..models import LanguageModel, TokenPrice
from .costs import MillionPrice, TokensUsed, cost_of


@dataclass(frozen=True, slots=True)
class ModelInBook:
    """A model with the price in force at the moment that was asked for; None without one."""

    code: str
    name: str
    provider: str
    price: MillionPrice | None
    effective_at: datetime | None


class PriceBook:
    """The prices of some models over all time: what it says of a moment never changes later."""

    def __init__(self, prices: Iterable[tuple[str, datetime, MillionPrice]]) -> None:
        self._prices: dict[str, list[tuple[datetime, MillionPrice]]] = {}
        for model, effective_at, price in sorted(prices, key=lambda row: row[1]):
            self._prices.setdefault(model, []).append((effective_at, price))

    def price_at(self, model: str, *, at: datetime) -> MillionPrice | None:
        """What a million tokens of a model cost at a moment; None before its first price."""
        found = self._entry_at(model, at=at)
        return None if found is None else found[1]

    def cost_of(self, tokens: TokensUsed, *, at: datetime) -> Decimal | None:
        """What tokens cost at a moment, to twelve places; None without a price."""
        price = self.price_at(tokens.model, at=at)
        return None if price is None else cost_of(tokens, price=price)

    def since(self, model: str, *, at: datetime) -> datetime | None:
        """From when on the price in force at a moment holds."""
        found = self._entry_at(model, at=at)
        return None if found is None else found[0]

    def _entry_at(self, model: str, *, at: datetime) -> tuple[datetime, MillionPrice] | None:
        prices = self._prices.get(model, [])
        index = bisect_right(prices, at, key=lambda entry: entry[0])
        return prices[index - 1] if index else None


def read_price_book(*, models: Collection[str] | None = None) -> PriceBook:
    """Return every price of these models (of all by default), in one query."""
    prices = TokenPrice.objects.all()
    if models is not None:
        prices = prices.filter(model__code__in=models)
    rows = prices.values_list(
        "model__code", "effective_at", "input_price", "output_price", "cached_price"
    )
    return PriceBook((model, at, MillionPrice(*price)) for model, at, *price in rows)


def list_models(*, at: datetime) -> list[ModelInBook]:
    """Return the models of the price book with the prices in force at a moment, by code."""
    book = read_price_book()
    return [
        ModelInBook(
            code=model.code,
            name=model.name,
            provider=model.provider,
            price=book.price_at(model.code, at=at),
            effective_at=book.since(model.code, at=at),
        )
        for model in LanguageModel.objects.order_by("code")
    ]
