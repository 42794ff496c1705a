"""Whether moving to another plan version is an upgrade. Pure: plain values in, plain values out."""

from config.kernel.money import Money

from ..catalog.terms import VersionTerms
from .effects import effects_of


def is_upgrade(
    before: VersionTerms, after: VersionTerms, *, base_before: Money, base_after: Money
) -> bool:
    """
    Whether a move may take effect at once: it is dearer, or it takes nothing away.

    The bases are what a billing period costs before and after, in the agreement's currency.
    """
    assert base_before.currency == base_after.currency
    is_dearer = base_after.minor > base_before.minor
    return is_dearer or not list_losses(before, after, currency=base_after.currency)


def list_losses(before: VersionTerms, after: VersionTerms, *, currency: str) -> list[str]:
    """Return the codes of the features of which there would be less; `seats` is one of them."""
    lost = effects_of(before, after, currency=currency).lost
    return list(dict.fromkeys(effect.feature or effect.aspect.value for effect in lost))
