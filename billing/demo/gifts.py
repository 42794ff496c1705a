"""What staff gave by hand: money at once, and credits that wait for a second person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from accounts.audit.actor import Actor
from accounts.models import Organization
from config.kernel.money import Money
from metering.choices import GrantCategory

from ..manual_credits.operations import CreditsWish, MoneyWish, give_by_hand
from .customers import COLLEAGUE, PROFESSIONAL
from .organizations import ensure_person

_LATELY: Final = timedelta(hours=20)
_GOOD_FOR: Final = timedelta(days=365)


def ensure_gifts(organizations: Mapping[str, Organization], *, now: datetime) -> None:
    """Have a colleague of the staff give $25, and ask for more credits than one person gives."""
    organization = organizations.get(PROFESSIONAL.external_id)
    if organization is None:
        return
    at = now - _LATELY
    colleague = Actor.for_user(ensure_person(COLLEAGUE, now=at))
    money = MoneyWish(
        request="demo_money",
        amount=Money(2_500, "USD"),
        reason="Sorry for the slow answers of our support last week",
        expires_at=now + _GOOD_FOR,
    )
    credits = CreditsWish(
        request="demo_credits",
        feature="ai_credits",
        category=GrantCategory.PROMOTION,
        amount=Decimal(5_000),
        reason="A month of more credits to try the new reports",
        expires_at=now + _GOOD_FOR,
    )
    for wish in (money, credits):
        give_by_hand(organization=organization, wish=wish, actor=colleague, now=at)
