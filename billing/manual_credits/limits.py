"""
How much one person gives alone.

What the same person gave the same customer within thirty days counts together, so that nobody
gives in small pieces what needs a second person. Of an app's key each order counts for itself:
the key is given by staff, with a scope of its own, and does by program what it was made for.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Sum

from config.kernel.money import Money
from metering.choices import GrantCategory

from ..choices import ManualCreditKind, ManualCreditStatus
from ..models import ManualCredit

COUNTED_TOGETHER: Final = timedelta(days=30)


def is_too_much(amount: Decimal, *, given: Decimal, limit: Decimal) -> bool:
    """Whether an amount, with what was given already, is above the limit; exactly at it is not."""
    return given + amount > limit


def needs_second_person(wish: ManualCredit) -> bool:
    """Whether what somebody wants to give is more than one person may give alone."""
    if wish.kind == ManualCreditKind.MONEY:
        assert wish.amount_minor is not None, wish
        if wish.currency != settings.REPORTING_CURRENCY:
            # Nothing is converted here, so nobody can say whether it is little.
            return True
        given = Money(_given_alone(wish, "amount_minor", currency=wish.currency), wish.currency)
        asked = Money(wish.amount_minor, wish.currency)
        limit = Decimal(settings.MANUAL_MONEY_LIMIT)
        return is_too_much(asked.amount, given=given.amount, limit=limit)
    assert wish.credits is not None, wish
    if wish.category == GrantCategory.PURCHASE and wish.asked_by_id is None:
        # Somebody has paid for them elsewhere, and the app that sold them says so.
        return False
    already = _given_alone(wish, "credits", feature=wish.feature)
    return is_too_much(
        wish.credits, given=Decimal(already), limit=Decimal(settings.MANUAL_CREDITS_LIMIT)
    )


def _given_alone(wish: ManualCredit, what: str, **of: object) -> Any:
    """What the same person gave the same customer alone lately."""
    if wish.asked_by_id is None:
        return 0
    since: datetime = wish.asked_at - COUNTED_TOGETHER
    given = ManualCredit.objects.filter(
        organization_id=wish.organization_id,
        asked_by_id=wish.asked_by_id,
        status=ManualCreditStatus.GIVEN,
        needs_second_person=False,
        asked_at__gt=since,
        **of,
    )
    return given.aggregate(sum=Sum(what))["sum"] or 0
