"""What the organization's own plan gives: seats and features."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Organization
from billing.agreements.queries import agreed_price, describe_agreement
from billing.choices import FeatureKind
from billing.entitlements.queries import Entitlement, list_entitlements
from billing.models import Agreement

from ...formatting import value_text


@dataclass(frozen=True, slots=True)
class PlanFeature:
    """A flag of the plan in words; `upgrade` names the plan that would allow it."""

    name: str
    value: str
    is_allowed: bool
    upgrade: str


def find_seat_limit(agreement: Agreement) -> int | None:
    """Return how many people may belong to the organization; None if as many as it likes."""
    view = describe_agreement(agreement=agreement)
    is_unlimited = view.included_seats is None and agreed_price(agreement).per_seat is None
    return None if is_unlimited else view.seats


def list_plan_features(
    *, organization: Organization, now: datetime, people: int
) -> tuple[PlanFeature, ...]:
    """Return the features that are not counted, and which plan would bring the missing ones."""
    return tuple(
        PlanFeature(
            name=entitlement.name,
            value=_value(entitlement),
            is_allowed=entitlement.allowed,
            upgrade=entitlement.upgrade_plan.name if entitlement.upgrade_plan else "",
        )
        for entitlement in list_entitlements(
            organization=organization, now=now, kind=FeatureKind.UNMETERED, people=people
        )
    )


def _value(entitlement: Entitlement) -> str:
    if not entitlement.allowed:
        return _("Not included")
    if entitlement.value is True or isinstance(entitlement.value, dict):
        return _("Included")
    return value_text(entitlement.value)
