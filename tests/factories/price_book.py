"""Models and what their tokens cost, for tests."""

from datetime import datetime
from decimal import Decimal

from accounts.audit.actor import SYSTEM
from metering.models import LanguageModel, TokenPrice
from metering.price_book.costs import MillionPrice
from metering.price_book.operations import add_model, set_price
from tests.factories.metering import BEGINNING


def make_model(code: str = "gpt-4o-mini", *prices: str, provider: str = "OpenAI") -> LanguageModel:
    """A model; its tokens cost input, output and cached so much a million from the beginning."""
    model = add_model(
        code=code, name=code.capitalize(), provider=provider, actor=SYSTEM, now=BEGINNING
    )
    if prices:
        price(model, *prices)
    return model


def price(
    model: LanguageModel, *prices: str, at: datetime = BEGINNING, now: datetime = BEGINNING
) -> TokenPrice:
    """Set what a million tokens of input, output and cached input cost from an instant on."""
    return set_price(model=model, effective_at=at, price=million(*prices), actor=SYSTEM, now=now)


def million(*prices: str) -> MillionPrice:
    """Input, output and cached."""
    return MillionPrice(*map(Decimal, prices))
