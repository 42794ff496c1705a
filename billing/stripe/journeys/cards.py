"""How a customer pays: the card is kept by Stripe, and changed on Stripe's pages."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from accounts.models import Organization
from config.kernel.ids import new_id

from ...models import Checkout
from ..gateway.client import briefly
from ..intents import Call, perform
from ..levelling.cards import bring_card_level
from .customers import ensure_customer, find_customer


class PortalPage(StrEnum):
    """Where Stripe's portal opens."""

    OVERVIEW = "overview"
    PAYMENT_METHOD = "payment_method_update"


_AFTERWARDS: Final = "redirect"
_FEATURES: Final[dict[str, Any]] = {
    "payment_method_update": {"enabled": True},
    "invoice_history": {"enabled": True},
    "customer_update": {
        "enabled": True,
        "allowed_updates": ["address", "email", "name", "phone", "tax_id"],
    },
    "subscription_cancel": {"enabled": False},
    "subscription_update": {"enabled": False},
}


def open_portal(
    *,
    organization: Organization,
    return_url: str,
    now: datetime,
    page: PortalPage = PortalPage.OVERVIEW,
) -> str:
    """
    Return an address, good for minutes, at which the customer's cards, invoices and tax ids are
    kept. Plans are not changed there.

    Raises `StripeNotConnected` and what `perform` raises.
    """
    customer = ensure_customer(organization=organization, now=now)
    params: dict[str, Any] = {"customer": customer.stripe_id, "return_url": return_url}
    if page is not PortalPage.OVERVIEW:
        params["flow_data"] = _flow(page, return_url=return_url)
    params["configuration"] = _configuration(now=now)
    answer = perform(
        Call(
            operation="billing_portal.sessions.create",
            params=params,
            key=f"portal:{customer.stripe_id}:{new_id('req')}",
            subject=organization.public_id,
            organization_id=organization.pk,
        ),
        now=now,
    )
    return str(answer["url"])


def make_default(*, organization: Organization, payment_method_id: str, now: datetime) -> None:
    """
    Charge this payment method from now on, wherever no other is named, and know it from now on.
    """
    customer = ensure_customer(organization=organization, now=now)
    perform(
        Call(
            operation="customers.update",
            target=customer.stripe_id,
            params={"invoice_settings": {"default_payment_method": payment_method_id}},
            key=f"default-card:{customer.stripe_id}:{payment_method_id}:{new_id('req')}",
            subject=organization.public_id,
            organization_id=organization.pk,
        ),
        now=now,
    )
    bring_card_level(customer_id=customer.stripe_id, now=now)


def pay_by_customer(*, subscription_id: str, checkout: Checkout, now: datetime) -> None:
    """
    Let a subscription have no payment method of its own, so that the customer's pays for it:
    whoever changes their card on Stripe's pages has then changed all there is to change.
    """
    perform(
        Call(
            operation="subscriptions.update",
            target=subscription_id,
            params={"default_payment_method": ""},
            key=f"pay-by-customer:{subscription_id}",
            subject=checkout.public_id,
            organization_id=checkout.organization_id,
        ),
        now=now,
    )


def _configuration(*, now: datetime) -> str:
    """
    What the portal offers: one configuration, made the first time.

    Plans are changed on our own page, where nobody leaves an old price by accident.
    """
    written = json.dumps(_FEATURES, sort_keys=True)
    answer = perform(
        Call(
            operation="billing_portal.configurations.create",
            params={"features": _FEATURES},
            key=f"portal-configuration:{sha256(written.encode()).hexdigest()[:16]}",
        ),
        now=now,
    )
    return str(answer["id"])


def bring_card_of(*, organization: Organization, now: datetime) -> None:
    """
    Know the card that the organization pays with now: for the page that people come back to from
    Stripe's. Waits seconds for the answer; does nothing for one that never paid. Raises what the
    gateway raises.
    """
    customer = find_customer(organization=organization)
    if customer is not None:
        with briefly():
            bring_card_level(customer_id=customer.stripe_id, now=now)


def _flow(page: PortalPage, *, return_url: str) -> Mapping[str, Any]:
    return {
        "type": page.value,
        "after_completion": {"type": _AFTERWARDS, "redirect": {"return_url": return_url}},
    }
