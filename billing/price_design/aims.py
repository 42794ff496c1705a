"""What the prices of this installation are designed for."""

from decimal import Decimal

from django.conf import settings

from ..rating.credit_price import Aim


def usual_aim() -> Aim:
    """The target margin and the buffer on costs that the settings name."""
    return Aim(
        target=Decimal(settings.TARGET_MARGIN_BPS) / 10_000,
        buffer=Decimal(settings.COST_BUFFER_BPS) / 10_000,
    )
