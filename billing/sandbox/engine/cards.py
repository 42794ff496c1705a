"""Stripe's test cards: what each one does when it is kept and when it is charged.

Stripe's documentation: "Testing", the sections on test cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from billing.sandbox.errors import StripeError, card_error
from billing.sandbox.store import Row


@dataclass(frozen=True)
class Decline:
    """A refusal in Stripe's words."""

    code: str
    decline_code: str
    message: str

    def error(self, **more: object) -> StripeError:
        """The same as an answer of the API: 402."""
        return card_error(self.message, code=self.code, decline_code=self.decline_code, **more)


@dataclass(frozen=True)
class Card:
    """One test number. ``asks`` says when its bank wants to see the holder: ``unless_set_up``
    (charges without the holder pass once the card was set up with the holder present) or
    ``always``.
    """

    number: str
    brand: str = "visa"
    country: str = "US"
    declined: Decline | None = None
    declined_when_kept: bool = False
    asks: str | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]


GENERIC: Final = Decline("card_declined", "generic_decline", "Your card was declined.")
INSUFFICIENT: Final = Decline(
    "card_declined", "insufficient_funds", "Your card has insufficient funds."
)
LOST: Final = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN: Final = Decline("card_declined", "stolen_card", "Your card was declined.")
EXPIRED: Final = Decline("expired_card", "expired_card", "Your card has expired.")
WRONG_CVC: Final = Decline(
    "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."
)
PROCESSING: Final = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
# What a bank says to a charge made while the holder is away, if it wants to see the holder.
AUTHENTICATION: Final = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


def _refused(number: str, decline: Decline) -> Card:
    return Card(number, declined=decline, declined_when_kept=True)


CARDS: Final[Mapping[str, Card]] = MappingProxyType(
    {
        card.number: card
        for card in (
            Card("4242424242424242"),
            Card("4000056655665556"),
            Card("5555555555554444", brand="mastercard"),
            Card("378282246310005", brand="amex"),
            Card("6011111111111117", brand="discover"),
            Card("4000002760000016", country="DE"),
            _refused("4000000000000002", GENERIC),
            _refused("4000000000009995", INSUFFICIENT),
            _refused("4000000000009987", LOST),
            _refused("4000000000009979", STOLEN),
            _refused("4000000000000069", EXPIRED),
            _refused("4000000000000127", WRONG_CVC),
            _refused("4000000000000119", PROCESSING),
            Card("4000000000000341", declined=GENERIC),
            Card("4000002500003155", asks="unless_set_up"),
            Card("4000002760003184", asks="always"),
            Card("4000000000003220", asks="always"),
            Card("4000008260003178", asks="always", declined=INSUFFICIENT),
        )
    }
)
TOKENS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pm_card_visa": "4242424242424242",
        "pm_card_visa_debit": "4000056655665556",
        "pm_card_mastercard": "5555555555554444",
        "pm_card_amex": "378282246310005",
        "pm_card_discover": "6011111111111117",
        "pm_card_de": "4000002760000016",
        "pm_card_visa_chargeDeclined": "4000000000000002",
        "pm_card_chargeDeclined": "4000000000000002",
        "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
        "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
        "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
        "pm_card_chargeDeclinedLostCard": "4000000000009987",
        "pm_card_chargeDeclinedStolenCard": "4000000000009979",
        "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
        "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
        "pm_card_chargeDeclinedProcessingError": "4000000000000119",
        "pm_card_chargeCustomerFail": "4000000000000341",
        "pm_card_authenticationRequiredOnSetup": "4000002500003155",
        "pm_card_authenticationRequired": "4000002760003184",
        "pm_card_threeDSecure2Required": "4000000000003220",
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    }
)


def find_card(number_or_token: str) -> Card | None:
    """The test card of this number (blanks allowed) or of this ``pm_card_…`` name."""
    number = TOKENS.get(number_or_token, number_or_token)
    return CARDS.get(number.replace(" ", ""))


def card_of(method: Row) -> Card:
    """The test card behind a payment method, whose sandbox facts hold its ``number``."""
    return CARDS[method["_sandbox"]["number"]]


def check_keeping(card: Card) -> None:
    """Raises ``StripeError`` if the bank refuses a card that is to be attached to a customer."""
    if card.declined is not None and card.declined_when_kept:
        raise card.declined.error()


def asks_for_holder(method: Row) -> bool:
    """Whether the bank wants to see the holder before it pays with this payment method."""
    card = card_of(method)
    was_set_up = bool(method["_sandbox"].get("set_up"))
    return card.asks == "always" or (card.asks == "unless_set_up" and not was_set_up)
