"""Which card a customer pays with, as people recognize it."""

from datetime import datetime

from django.db import transaction

from accounts.organizations.locking import lock_organization

from ...models import StripeCustomer
from ..gateway.reading import retrieve_customer


def bring_card_level(*, customer_id: str, now: datetime) -> StripeCustomer | None:
    """
    Ask Stripe for a customer and keep what is known of its card; None for nobody whom we know.

    Doing it again changes nothing. Called outside of any transaction; raises what the gateway
    raises.
    """
    if not StripeCustomer.objects.filter(stripe_id=customer_id).exists():
        return None
    told = retrieve_customer(customer_id)
    with transaction.atomic(durable=True):
        customer = StripeCustomer.objects.get(stripe_id=customer_id)
        lock_organization(organization_id=customer.organization_id)
        customer.has_payment_method = told.has_payment_method
        customer.card_brand = told.card_brand
        customer.card_last4 = told.card_last4
        customer.card_expires = told.card_expires
        customer.synced_at = now
        customer.save(
            update_fields=[
                "has_payment_method",
                "card_brand",
                "card_last4",
                "card_expires",
                "synced_at",
            ]
        )
    return customer
