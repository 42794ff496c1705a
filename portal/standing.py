"""Where the organization in use stands: what a page and everything around it both say."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Organization
from billing.agreements.operations import bring_current
from billing.agreements.queries import ChangeView, Standing, describe_change, find_standing
from billing.models import Agreement, StripeCustomer
from billing.stripe.journeys.customers import find_customer

from .memo import once_per_request, remember
from .tenancy import tenancy_of


def see_to_what_is_due(request: HttpRequest, *, organization: Organization, now: datetime) -> None:
    """
    Bring the agreement of the organization in use current, so that what is read next is true.

    One statement unless it has come to something, and `standing_of` has its answer then.
    """
    standing = find_standing(organization=organization, now=now)
    if standing is not None and standing.is_due:
        bring_current(organization=organization, now=now)
        standing = find_standing(organization=organization, now=now)
    remember(request, standing_of, standing)


@once_per_request
def standing_of(request: HttpRequest) -> Standing | None:
    """Return the agreement of the organization in use, and the change that waits for it."""
    membership = tenancy_of(request).membership
    if membership is None:
        return None
    return find_standing(organization=membership.organization, now=timezone.now())


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


def offer_in_view(request: HttpRequest) -> str:
    """Where a move stands of which the organization in use was told; empty if there is none."""
    standing = standing_of(request)
    return "" if standing is None else standing.offer_status


@once_per_request
def customer_at_stripe(request: HttpRequest) -> StripeCustomer | None:
    """Return who pays for the organization in use; None before anybody has tried to."""
    membership = tenancy_of(request).membership
    return None if membership is None else find_customer(organization=membership.organization)


def is_offered_a_plan(request: HttpRequest) -> bool:
    """Whether the organization in use, which has a plan, is offered another one privately."""
    standing = standing_of(request)
    return standing is not None and standing.has_private_offer


def is_guaranteed(request: HttpRequest) -> bool:
    """Whether the organization in use was promised that its move costs no more, until lately."""
    standing = standing_of(request)
    return standing is not None and standing.has_guarantee
