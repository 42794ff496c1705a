"""What the customer in overage has set: when to be told, and what it wants to spend."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from accounts.audit.actor import Actor
from accounts.models import Organization, User

from ..choices import CapAction, ThresholdUnit
from ..limits.operations import set_spend_cap, set_threshold
from ..models import SpendCap
from .customers import PROFESSIONAL

_CAP_MINOR: Final = 10_000
_TOLD_AT_MINOR: Final = 2_500
_SET_BEFORE: Final = timedelta(days=21)


def ensure_limits(organizations: Mapping[str, Organization], *, now: datetime) -> None:
    """Let it be told at $25 of overage and at 90 percent, and at its cap of $100."""
    organization = organizations.get(PROFESSIONAL.external_id)
    if organization is None or SpendCap.objects.owned_by(organization).exists():
        return
    actor = Actor.for_user(User.objects.get(email=PROFESSIONAL.owner.email))
    at = now - _SET_BEFORE
    for unit, value, feature in (
        (ThresholdUnit.PERCENT, Decimal(90), "ai_credits"),
        (ThresholdUnit.MONEY, Decimal(_TOLD_AT_MINOR), None),
    ):
        set_threshold(
            organization=organization,
            unit=unit,
            value=value,
            feature=feature,
            actor=actor,
            now=at,
        )
    set_spend_cap(
        organization=organization,
        amount_minor=_CAP_MINOR,
        action=CapAction.NOTIFY,
        actor=actor,
        now=at,
    )
