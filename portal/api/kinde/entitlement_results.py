"""What Kinde's clients are told an organization may use."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from ..fields import DecimalText
from .answers import HasMore


class KindeEntitlement(msgspec.Struct, frozen=True, kw_only=True):
    """
    A price of the plan, or a feature that it grants. Money is in whole minor units.

    The fields from `unit_amount_decimal` on are not Kinde's.
    """

    id: str
    fixed_charge: Annotated[int | None, Meta(description="What the plan costs per period.")] = None
    price_name: str
    unit_amount: Annotated[
        int | None, Meta(description="What one costs; null where that is no whole number of cents.")
    ] = None
    feature_code: str
    feature_name: str
    entitlement_limit_max: Annotated[
        int | None,
        Meta(description="How many there may be; `max_value` stands where there is no end to it."),
    ] = None
    entitlement_limit_min: int | None = None
    unit_amount_decimal: Annotated[
        DecimalText | None, Meta(description="What one costs in cents, exact.")
    ] = None
    currency: str
    allowance: Annotated[DecimalText | None, Meta(description="Included per month.")] = None
    usage: Annotated[DecimalText | None, Meta(description="Used in this period.")] = None
    remaining: Annotated[DecimalText | None, Meta(description="What is left of it.")] = None
    resets_at: datetime | None = None


class SubscribedPlan(msgspec.Struct, frozen=True):
    """A plan that the customer is on."""

    code: str
    subscribed_on: datetime


class KindeEntitlements(msgspec.Struct, frozen=True, kw_only=True):
    """What a billing customer is entitled to."""

    code: str = "OK"
    message: str = "Success"
    has_more: HasMore
    entitlements: list[KindeEntitlement]
    plans: Annotated[
        list[SubscribedPlan] | msgspec.UnsetType, Meta(description="With `expand=plans`.")
    ] = msgspec.UNSET
