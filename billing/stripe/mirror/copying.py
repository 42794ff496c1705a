"""Bringing dj-stripe's copy of an object level with Stripe."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from djstripe import models as djstripe

from ..gateway.client import ask
from ..gateway.errors import ObjectMissing
from ..gateway.facts import Json
from ..gateway.facts.json_values import part
from ..gateway.storable import storable

# What is copied, and how it is asked for.
COPIED: Final = {
    "checkout.session": (djstripe.Session, "checkout.sessions.retrieve"),
    "customer": (djstripe.Customer, "customers.retrieve"),
    "invoice": (djstripe.Invoice, "invoices.retrieve"),
    "invoiceitem": (djstripe.InvoiceItem, "invoice_items.retrieve"),
    "payment_intent": (djstripe.PaymentIntent, "payment_intents.retrieve"),
    "payment_method": (djstripe.PaymentMethod, "payment_methods.retrieve"),
    "price": (djstripe.Price, "prices.retrieve"),
    "product": (djstripe.Product, "products.retrieve"),
    "setup_intent": (djstripe.SetupIntent, "setup_intents.retrieve"),
    "subscription": (djstripe.Subscription, "subscriptions.retrieve"),
    "subscription_schedule": (djstripe.SubscriptionSchedule, "subscription_schedules.retrieve"),
}


def copy_object(event: Json) -> bool:
    """
    Copy the object that an event is about, as Stripe has it now; say whether there was one.

    What is not copied, or no longer there, is left alone. Raises what dj-stripe raises.
    """
    told = part(event, "data", "object")
    if told.get("object") not in COPIED or not told.get("id"):
        return False
    model, operation = COPIED[told["object"]]
    try:
        found = ask(operation, target=told["id"])
    except ObjectMissing:
        return False
    if found.get("deleted"):
        return False
    fit = _without_discounts(storable(found))
    # dj-stripe turns the pages of lists inside the object, with the key that it knows.
    key, version = settings.STRIPE_SECRET_KEY, settings.STRIPE_API_VERSION
    turnable = model.stripe_class.construct_from(fit, key, stripe_version=version)
    model.sync_from_stripe_data(turnable, api_key=key)
    return True


def _without_discounts(said: Mapping[str, Any]) -> dict[str, Any]:
    """dj-stripe looks for a discount's coupon where Stripe no longer puts it, and fails."""
    return {
        name: [] if name == "discounts" else value
        for name, value in said.items()
        if name != "discount"
    }
