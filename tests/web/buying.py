"""Somebody who pays on the sandbox's pages, without a browser."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from re import search, sub
from urllib.parse import urlencode, urlsplit

from django.test import Client

from billing.sandbox import Answer
from tests.sandbox.selling import DECLINED, GOOD, typed
from tests.support.stripe_at_hand import URL, StripeAtHand

LATER = "4000000000000341"

__all__ = ["DECLINED", "GOOD", "LATER", "Buyer"]


@dataclass(frozen=True)
class Buyer:
    """A customer with a card, on the pages that Stripe shows."""

    stripe: StripeAtHand

    def pay(self, address: str, card: str = GOOD) -> str:
        """Pay on a payment page; return where it sends the buyer, or nothing if it refuses."""
        answer = self.submit(address, typed(card))
        if answer.status == 402:
            return ""
        assert answer.status == 303, answer.body.decode()
        return answer.headers["Location"]

    def read(self, address: str) -> str:
        """What a page says."""
        answer = self._ask("GET", address, b"")
        assert answer.status == 200, answer.body.decode()
        return " ".join(unescape(sub(r"<[^>]+>", " ", answer.body.decode())).split())

    def submit(self, address: str, fields: dict[str, str]) -> Answer:
        """Post a form of a page."""
        return self._ask("POST", address, urlencode(fields).encode())

    def _ask(self, method: str, address: str, body: bytes) -> Answer:
        parts = urlsplit(address)
        return self.stripe.sandbox.handle(
            method=method,
            target=parts.path + (f"?{parts.query}" if parts.query else ""),
            headers={
                "Host": urlsplit(URL).netloc,
                "Origin": URL,
                "Sec-Fetch-Site": "same-origin",
            },
            body=body,
        )


def agree(
    client: Client, buyer: Buyer, *, plan: str, interval: str = "month", card: str = GOOD
) -> str:
    """
    Agree on a plan as a customer does, with all that Stripe then tells; return the address of the
    page that they come back to.
    """
    answer = client.post("/plan/start/", {"plan": plan, "interval": interval})
    assert answer.status_code == 303, answer.content.decode()
    back = urlsplit(buyer.pay(answer["location"], card)).path
    assert client.get(back).status_code == 200
    buyer.stripe.deliver()
    return back


def hidden(client: Client, address: str) -> dict[str, str]:
    """What a page's form would send without anything typed."""
    html = client.get(address).content.decode()
    found = {}
    for field in ("plan", "interval", "seats", "at", "due"):
        match = search(rf'type="hidden" name="{field}" value="([^"]*)"', html)
        if match is not None:
            found[field] = unescape(match[1])
    return found
