"""
Kinde's names for what we call otherwise.

A billing customer is an organization, so its id is the organization's with another prefix. What
stands for an entitlement or a plan group in Kinde's answers is made of codes that never change.
"""

import re
from typing import Final

from accounts.models import Organization
from accounts.webhooks import kinde
from billing.models import PlanGroup

# Under which code the plan's own price stands among the entitlements, as it does at Kinde.
BASE_PRICE: Final = "base_price"
SEAT_PRICE: Final = "seat_price"

_CUSTOMER: Final = re.compile(r"customer_([0-9a-z]{26})")


def customer_id_of(organization: Organization) -> str:
    """Return the id of the organization as a billing customer."""
    return kinde.customer_id(organization_code=organization.public_id)


def organization_reference(customer_id: str) -> str:
    """
    Return by what name to look for the organization of a billing customer.

    What is no customer id of ours may be one that Kinde once gave, kept as the external id.
    """
    own = _CUSTOMER.fullmatch(customer_id)
    return customer_id if own is None else f"{Organization.id_prefix}_{own[1]}"


def entitlement_id_of(organization: Organization, *, feature_code: str) -> str:
    """Return the id of what an organization has of a feature; it outlives changes of the plan."""
    return f"entitlement_{_body_of(organization)}_{feature_code}"


def billing_group_id_of(group: PlanGroup) -> str:
    """Return the id of a plan group."""
    return f"sbg_{group.code}"


def _body_of(organization: Organization) -> str:
    return organization.public_id.removeprefix(f"{Organization.id_prefix}_")
