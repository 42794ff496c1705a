"""The models that the demo's actions ask, and a review of prices that is due."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from accounts.audit.actor import SYSTEM
from metering.price_book.costs import MillionPrice, TokensUsed
from metering.price_book.operations import add_model, set_price

from ..price_design.reviews import open_due_review
from .price_list import DemoAction

# Which model the actions ask.
_ASKED: Final = "gpt-4o"
# Code, name and provider, and dollars for a million tokens of input, output and cached input.
_MODELS: Final = (
    (_ASKED, "GPT-4o", "OpenAI", "2.50", "10", "1.25"),
    ("gpt-4o-mini", "GPT-4o mini", "OpenAI", "0.15", "0.60", "0.075"),
    ("claude-sonnet-4", "Claude Sonnet 4", "Anthropic", "3", "15", "0.30"),
)


def create_price_book(*, now: datetime) -> None:
    """Put the models into the price book."""
    for code, name, provider, *prices in _MODELS:
        model = add_model(code=code, name=name, provider=provider, actor=SYSTEM, now=now)
        set_price(
            model=model,
            effective_at=now,
            price=MillionPrice(*map(Decimal, prices)),
            actor=SYSTEM,
            now=now,
        )


def calls_of(action: DemoAction) -> dict[str, TokensUsed]:
    """The parts of an action's cost that are calls to a model."""
    return {
        part: TokensUsed(_ASKED, input_tokens, output_tokens)
        for part, (input_tokens, output_tokens) in action.calls.items()
    }


def ensure_review(*, now: datetime) -> None:
    """Have the prices of the demo due for their review: nobody has looked at them so far."""
    open_due_review(now=now)
