"""What people enter."""

from decimal import Decimal

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid
from config.kernel.quantities import PLACES, ZERO

from ..wording import quantity_words


def check_quantity(quantity: Decimal, *, what: str, largest: Decimal) -> None:
    """Raise `Invalid` unless the quantity is positive, small enough and can be stored exactly."""
    if not (
        quantity.is_finite() and ZERO < quantity <= largest and quantity == round(quantity, PLACES)
    ):
        raise Invalid(
            _("%(what)s must be above 0 and at most %(largest)s, with at most %(places)s decimals.")
            % {"what": what, "largest": quantity_words(largest), "places": PLACES}
        )
