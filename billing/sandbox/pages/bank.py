"""3-D Secure: the bank asks its customer."""

from __future__ import annotations

from billing.sandbox.pages.answers import Page
from billing.sandbox.pages.html import join, tag
from billing.sandbox.pages.layout import button, card, form

# The code of a payment that waits for its holder.
ASKS_HOLDER = "invoice_payment_intent_requires_action"


def bank_page(question: str, *, action: str, leads_to: tuple[str, ...] = ()) -> Page:
    """The question, which can be answered well or badly."""
    answers = tag(
        "div",
        button("Complete", value="confirm", kind="main"),
        button("Fail", value="fail", kind="danger"),
        class_="actions",
    )
    body = join(
        tag("h1", "Your bank wants to know"),
        card(
            "3-D Secure",
            tag("p", question),
            tag("p", "Play the card's holder: say yes, or fail.", class_="note"),
            form(action, answers),
        ),
    )
    return Page("Confirm", body, leads_to=leads_to)
