"""The fields of a card, and what was typed into them."""

from __future__ import annotations

import re
from typing import Final

from billing.sandbox.call import Visit
from billing.sandbox.engine.cards import Card, find_card
from billing.sandbox.errors import invalid
from billing.sandbox.pages.answers import said
from billing.sandbox.pages.html import Markup, join, tag
from billing.sandbox.pages.layout import field

EXPIRY: Final = re.compile(r"(\d{1,2}) ?/ ?(?:20)?(\d{2})")
EXAMPLES: Final = (
    ("4242 4242 4242 4242", "is paid"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has too little money"),
    ("4000 0000 0000 0341", "is kept, and declined when it is charged"),
    ("4000 0025 0000 3155", "asks its holder once, when it is set up"),
    ("4000 0000 0000 3220", "asks its holder every time"),
)


def card_fields(visit: Visit | None = None) -> Markup:
    """Number, expiry and security code; an expiry that was typed before is kept."""
    typed = said(visit, "expiry") if visit else ""
    return join(
        field(
            "Card number",
            "number",
            autocomplete="off",
            inputmode="numeric",
            placeholder="4242 4242 4242 4242",
            required=True,
            maxlength=30,
        ),
        tag(
            "div",
            field(
                "Expiry", "expiry", value=typed, placeholder="12 / 34", required=True, maxlength=9
            ),
            field(
                "Security code",
                "cvc",
                inputmode="numeric",
                placeholder="123",
                required=True,
                maxlength=4,
            ),
            class_="pair",
        ),
    )


def test_numbers() -> Markup:
    """The numbers that can be typed, and what each of them does."""
    listed = [tag("li", tag("code", number), f" {what}") for number, what in EXAMPLES]
    return tag("details", tag("summary", "Test cards"), tag("ul", listed))


def typed_card(visit: Visit) -> Card:
    """The test card whose number was typed. Raises StripeError for any other number."""
    card = find_card(said(visit, "number"))
    if card is None:
        raise invalid(
            "This is not one of Stripe's test cards. Nothing that you typed was kept.",
            param="number",
        )
    if not re.fullmatch(r"\d{3,4}", said(visit, "cvc"), re.ASCII):
        raise invalid("The security code is 3 or 4 digits.", param="cvc")
    return card


def typed_expiry(visit: Visit) -> tuple[int, int]:
    """Month and year (of two digits). Raises StripeError for anything that is no expiry."""
    match = EXPIRY.fullmatch(said(visit, "expiry"))
    if match is None or not said(visit, "expiry").isascii():
        raise invalid("The expiry is a month and a year, such as 12 / 34.", param="expiry")
    return int(match[1]), int(match[2])
