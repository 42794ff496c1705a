"""Where the organization in use stands: what a page and everything around it both say."""

from django.http import HttpRequest

from billing.agreements.queries import ChangeView, Standing, describe_change, find_standing
from billing.models import Agreement, StripeCustomer
from billing.stripe.journeys.customers import find_customer

from .memo import once_per_request
from .tenancy import tenancy_of


@once_per_request
def standing_of(request: HttpRequest) -> Standing | None:
    """Return the agreement of the organization in use, and the change that waits for it."""
    membership = tenancy_of(request).membership
    return None if membership is None else find_standing(organization=membership.organization)


def agreement_in_force(request: HttpRequest) -> Agreement | None:
    """Return the agreement of the organization in use; None without one."""
    standing = standing_of(request)
    return None if standing is None else standing.agreement


def change_in_waiting(request: HttpRequest) -> ChangeView | None:
    """Return what the agreement is going to be; None if no change waits."""
    standing = standing_of(request)
    if standing is None or standing.change is None:
        return None
    return describe_change(agreement=standing.agreement, change=standing.change)


@once_per_request
def customer_at_stripe(request: HttpRequest) -> StripeCustomer | None:
    """Return who pays for the organization in use; None before anybody has tried to."""
    membership = tenancy_of(request).membership
    return None if membership is None else find_customer(organization=membership.organization)
