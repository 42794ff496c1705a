"""
The customer portal: what a customer can do alone.

Stripe's documentation: "Customer portal" and "Deep links in the customer portal".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billing.sandbox.call import Call, Tools, Visit, id_of
from billing.sandbox.engine.calendar import HOUR
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.pages.answers import Page, Redirect
from billing.sandbox.pages.html import Content, Markup, join, tag
from billing.sandbox.pages.layout import notice
from billing.sandbox.resources.portal_configurations import CONFIGURATION
from billing.sandbox.resources.portal_sessions import SESSION
from billing.sandbox.routing import Handler
from billing.sandbox.store import Row

LASTS: Final = HOUR
OVER: Final = frozenset({"canceled", "incomplete_expired"})


@dataclass(frozen=True)
class Portal:
    """A visit to the portal: whose it is, and what the seller lets him do there."""

    tools: Tools
    session: Row
    customer: Row
    features: Row
    said: str = ""

    @property
    def path(self) -> str:
        return f"/p/session/{self.session['id']}"

    @property
    def flow(self) -> Row | None:
        """The one task that the session leads to, if it leads to one and it is not done."""
        if self.session["_sandbox"].get("flow_is_done"):
            return None
        return self.session["flow"] or None

    def subscription(self, id: str) -> Row:
        """A subscription of this customer that is not over. Raises StripeError."""
        found = self.tools.store.get("subscription", id)
        if id_of(found["customer"]) != self.customer["id"] or found["status"] in OVER:
            return self.tools.store.get("subscription", "")
        return found

    def method(self, id: str) -> Row:
        """A payment method of this customer. Raises StripeError."""
        found = self.tools.store.get("payment_method", id)
        if found["customer"] != self.customer["id"]:
            return self.tools.store.get("payment_method", "")
        return found

    def require(self, feature: str) -> Row:
        """The settings of a feature. Raises StripeError if the seller has switched it off."""
        settings: Row = self.features[feature]
        if not settings["enabled"]:
            raise invalid("This is switched off in the portal's configuration.")
        return settings

    def ask(self, handler: Handler, params: Row, **ids: str) -> Row:
        """Do what an operation of the API does."""
        return handler(Call(path=self.path, ids=ids, params=params, tools=self.tools))

    def page(self, title: str, *contents: Content, status: int = 200) -> Page:
        """A page of the portal, with the way back to the seller."""
        urls = [self.session["return_url"], self._after_flow()]
        body = join(self._way_back(), contents)
        leads_to = tuple(url for url in urls if url)
        return Page(title, body, status, leads_to=leads_to)

    def finished(self, message: str) -> Page | Redirect:
        """What comes after the task of a flow; without one, the portal's first page."""
        completion = (self.flow or {}).get("after_completion") or {"type": "portal_homepage"}
        if completion["type"] == "redirect":
            return Redirect(completion["redirect"]["return_url"])
        if completion["type"] == "hosted_confirmation":
            text = (completion["hosted_confirmation"] or {}).get("custom_message")
            return self.page("Done", tag("h1", "Done"), notice(text or message, "good"))
        self.tools.store.save(
            {**self.session, "_sandbox": {**self.session["_sandbox"], "flow_is_done": True}}
        )
        return Redirect(self.path)

    def _after_flow(self) -> str | None:
        completion = (self.flow or {}).get("after_completion") or {}
        return (completion.get("redirect") or {}).get("return_url")

    def _way_back(self) -> Markup | None:
        url = self.session["return_url"]
        return tag("p", tag("a", "Back to where you came from", href=url)) if url else None


def portal_of(visit: Visit) -> Portal:
    """The portal that a visit is to. Raises StripeError once its session is too old."""
    tools = visit.tools
    session = tools.store.get(SESSION, visit.ids["session"])
    now = int(tools.now.timestamp())
    facts = session.get("_sandbox", {})
    used_at = facts.get("used_at", session["created"])
    if now > used_at + LASTS:
        raise StripeError(410, "invalid_request_error", "This portal session has expired.")
    session = tools.store.save({**session, "_sandbox": {**facts, "used_at": now}})
    customer = tools.store.get("customer", session["customer"])
    if customer.get("deleted"):
        raise StripeError(410, "invalid_request_error", "This customer has been deleted.")
    configuration = tools.store.get(CONFIGURATION, id_of(session["configuration"]))
    return Portal(tools, session, customer, configuration["features"])
