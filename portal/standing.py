"""Where the organization in use stands: what a page and everything around it both say."""

from django.http import HttpRequest

from billing.agreements.queries import ChangeView, find_live_agreement, find_scheduled_change
from billing.models import Agreement, StripeCustomer
from billing.stripe.journeys.customers import find_customer

from .memo import once_per_request
from .tenancy import tenancy_of


@once_per_request
def agreement_in_force(request: HttpRequest) -> Agreement | None:
    """Return the agreement of the organization in use; None without one."""
    membership = tenancy_of(request).membership
    return None if membership is None else find_live_agreement(organization=membership.organization)


@once_per_request
def change_in_waiting(request: HttpRequest) -> ChangeView | None:
    """Return what the agreement is going to be; None if no change waits."""
    agreement = agreement_in_force(request)
    return None if agreement is None else find_scheduled_change(agreement=agreement)


@once_per_request
def customer_at_stripe(request: HttpRequest) -> StripeCustomer | None:
    """Return who pays for the organization in use; None before anybody has tried to."""
    membership = tenancy_of(request).membership
    return None if membership is None else find_customer(organization=membership.organization)
