"""Packs of credits: put on sale, as staff would, and one of them ordered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from accounts.audit.actor import SYSTEM, Actor
from accounts.models import Organization, User

from ..models import Feature, TopUp
from ..top_ups.operations import PackDetails, create_pack, order_top_up
from .customers import PROFESSIONAL

# Code, name, credits, price in whole units per currency. The larger, the cheaper a credit.
_PACKS: Final = (
    ("credits_500", "Small pack", 500, {"USD": 65, "EUR": 59}),
    ("credits_2500", "Medium pack", 2_500, {"USD": 300, "EUR": 275}),
    ("credits_10000", "Large pack", 10_000, {"USD": 1_100, "EUR": 999}),
)
_LAST_FOR_MONTHS: Final = 12
_LATELY: Final = timedelta(hours=20)


def create_packs(*, now: datetime) -> None:
    """Sell AI credits in three sizes, which last for a year."""
    feature = Feature.objects.get(code="ai_credits")
    for position, (code, name, credits, prices) in enumerate(_PACKS, start=1):
        details = PackDetails(
            code=code,
            name=name,
            feature=feature,
            credits=Decimal(credits),
            prices={currency: amount * 100 for currency, amount in prices.items()},
            expires_after_months=_LAST_FOR_MONTHS,
            position=position,
        )
        create_pack(details=details, actor=SYSTEM, now=now)


def ensure_order(organizations: Mapping[str, Organization], *, now: datetime) -> None:
    """Let the customer that ran into overage have a pack on order, not paid yet."""
    organization = organizations.get(PROFESSIONAL.external_id)
    if organization is None or TopUp.objects.owned_by(organization).exists():
        return
    owner = User.objects.get(email=PROFESSIONAL.owner.email)
    order_top_up(
        organization=organization,
        pack_code="credits_500",
        pack_count=1,
        actor=Actor.for_user(owner),
        now=now - _LATELY,
    )
