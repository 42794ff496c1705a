"""
Database checks that several models share.

In PostgreSQL `NaN` is greater than every number, so a lower bound alone lets it in:
each check names an upper bound as well.
"""

from decimal import Decimal

from django.db.models import CheckConstraint, Q

from .quantities import LARGEST, LARGEST_TOTAL

LARGEST_UNIT_PRICE = Decimal(10) ** 9
CODE_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"


def quantity_check(field: str, *, name: str, positive: bool = False) -> CheckConstraint:
    """A quantity that is finite and not negative (or, with `positive`, above zero)."""
    lowest = "gt" if positive else "gte"
    return CheckConstraint(
        condition=Q(**{f"{field}__{lowest}": 0, f"{field}__lt": LARGEST}), name=name
    )


def total_check(field: str, *, name: str) -> CheckConstraint:
    """A sum of quantities that is finite and not negative."""
    return CheckConstraint(
        condition=Q(**{f"{field}__gte": 0, f"{field}__lt": LARGEST_TOTAL}), name=name
    )


def unit_price_check(field: str, *, name: str) -> CheckConstraint:
    """A unit price or cost that is finite and not negative."""
    return CheckConstraint(
        condition=Q(**{f"{field}__gte": 0, f"{field}__lt": LARGEST_UNIT_PRICE}), name=name
    )


def currency_check(field: str, *, name: str) -> CheckConstraint:
    """Three capital letters."""
    return CheckConstraint(condition=Q(**{f"{field}__regex": CURRENCY_PATTERN}), name=name)
