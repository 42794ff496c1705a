"""Packs as they are sold: what one brings and costs."""

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from config.kernel.money import Money

from ..models import PackPrice


@dataclass(frozen=True, slots=True)
class PackOffer:
    """
    A pack on sale in one currency.

    Its credits expire `expires_after_months` after they are granted (None: never).
    """

    pack_id: int
    feature_id: int
    code: str
    name: str
    feature: str
    credits: Decimal
    expires_after_months: int | None
    price: Money

    @property
    def fingerprint(self) -> str:
        """A short text that is the same for the same terms, and for no others."""
        terms = (
            self.pack_id,
            f"{self.credits.normalize():f}",
            self.expires_after_months,
            self.price.minor,
            self.price.currency,
        )
        return sha256(repr(terms).encode()).hexdigest()


def offer_of(price: PackPrice) -> PackOffer:
    """Return the offer behind a price that was read with its pack and feature, in one go."""
    pack = price.pack
    return PackOffer(
        pack_id=pack.pk,
        feature_id=pack.feature_id,
        code=pack.code,
        name=pack.name,
        feature=pack.feature.code,
        credits=pack.credits,
        expires_after_months=pack.expires_after_months,
        price=Money(price.amount_minor, price.currency),
    )
