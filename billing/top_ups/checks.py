"""What people enter."""

from decimal import Decimal

from config.kernel.errors import Invalid
from config.kernel.quantities import PLACES, ZERO


def check_quantity(quantity: Decimal, *, what: str, largest: Decimal) -> None:
    """Raise `Invalid` unless the quantity is positive, small enough and can be stored exactly."""
    if not (
        quantity.is_finite() and ZERO < quantity <= largest and quantity == round(quantity, PLACES)
    ):
        raise Invalid(
            f"{what} must be above 0 and at most {largest:,f}, with at most {PLACES} decimals."
        )
