"""Whether moving to another plan version is an upgrade. Pure: plain values in, plain values out."""

from collections.abc import Iterator
from numbers import Real
from typing import Any

from config.kernel.money import Money

from ..catalog.terms import FeatureTerms, VersionTerms


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
    losses = [
        feature.code
        for feature in before.features
        if any(_losses(feature, after.feature(feature.code), currency=currency))
    ]
    if _is_less(before.included_seats, after.included_seats):
        losses.append("seats")
    return losses


def _losses(before: FeatureTerms, after: FeatureTerms | None, *, currency: str) -> Iterator[bool]:
    """Each way in which one feature could become less, and whether it does."""
    if after is None:
        yield before.value not in (None, False) or before.is_metered
        return
    if not before.is_metered:
        yield not _is_worth_as_much(after.value, as_before=before.value)
        return
    yield _is_less(before.allowance, after.allowance)
    yield _is_less(before.limit, after.limit)
    yield currency in before.overage and currency not in after.overage and not after.is_unlimited
    yield before.rollover is not None and after.rollover is None and not after.is_unlimited


def _is_less(before: Any, after: Any) -> bool:
    """Whether a quantity becomes smaller, where None means as much as one likes."""
    return after is not None and (before is None or after < before)


def _is_worth_as_much(after: Any, *, as_before: Any) -> bool:
    """Of two values of a flag: on is more than off, a number is compared, a text is kept."""
    if as_before in (None, False):
        return True
    if as_before is not True and isinstance(as_before, Real):
        return isinstance(after, Real) and bool(after >= as_before)
    return bool(after == as_before)
