"""What a price at Stripe is for, in one word that is the same for every version of a plan."""

from typing import Final

from ...models import StripePrice

# Codes have no dot, so no feature can be taken for a kind of base price.
_OVERAGE: Final = "overage."


def overage_kind(feature_code: str) -> str:
    """The kind of the price that charges the overage of a feature."""
    return f"{_OVERAGE}{feature_code}"


def is_overage(kind: str) -> bool:
    """Whether a price of this kind charges overage."""
    return kind.startswith(_OVERAGE)


def feature_of(kind: str) -> str:
    """The code of the feature whose overage a price of this kind charges."""
    assert is_overage(kind), kind
    return kind.removeprefix(_OVERAGE)


def kind_of(row: StripePrice) -> str:
    """The kind of a price that is published; read with its price and feature."""
    if row.price is not None:
        return row.price.kind
    assert row.feature is not None, row
    return overage_kind(row.feature.code)
