"""What a move to other terms takes and brings. Pure: plain values in, plain values out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from numbers import Real
from typing import Any

from config.kernel.quantities import ZERO

from ..catalog.terms import FeatureTerms, VersionTerms


class Aspect(StrEnum):
    """What becomes another of a feature, or of the plan."""

    FEATURE = "feature"
    VALUE = "value"
    ALLOWANCE = "allowance"
    LIMIT = "limit"
    OVERAGE = "overage"
    ROLLOVER = "rollover"
    SEATS = "seats"


@dataclass(frozen=True, slots=True)
class Effect:
    """
    One thing that becomes another. Of an allowance, a limit and seats None is as much as one
    likes; of a value None is a feature that is not there; a feature of which nothing is included,
    overage and rollover are yes or no.
    """

    aspect: Aspect
    feature: str | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Effects:
    """What is lost, and what is gained, feature by feature in alphabetical order."""

    lost: tuple[Effect, ...]
    gained: tuple[Effect, ...]


def effects_of(before: VersionTerms, after: VersionTerms, *, currency: str) -> Effects:
    """
    Return what a move from one plan version to another takes and brings in a currency.

    A text that becomes another is both lost and gained. Prices are not compared: what is paid
    is told apart.
    """
    return Effects(
        lost=tuple(_losses(before, after, currency=currency)),
        gained=tuple(
            Effect(loss.aspect, loss.feature, loss.after, loss.before)
            for loss in _losses(after, before, currency=currency)
        ),
    )


def _losses(before: VersionTerms, after: VersionTerms, *, currency: str) -> Iterator[Effect]:
    for feature in before.features:
        then = after.feature(feature.code)
        if feature.is_metered:
            yield from _losses_of_meter(feature, then, currency=currency)
        elif not _is_worth_as_much(None if then is None else then.value, as_before=feature.value):
            yield Effect(
                Aspect.VALUE, feature.code, feature.value, None if then is None else then.value
            )
    if _is_less(before.included_seats, after.included_seats):
        yield Effect(Aspect.SEATS, None, before.included_seats, after.included_seats)


def _losses_of_meter(
    before: FeatureTerms, after: FeatureTerms | None, *, currency: str
) -> Iterator[Effect]:
    if after is None:
        if before.allowance == ZERO:
            yield Effect(Aspect.FEATURE, before.code, before=True, after=False)
        else:
            yield Effect(Aspect.ALLOWANCE, before.code, before.allowance, 0)
        return
    if _is_less(before.allowance, after.allowance):
        yield Effect(Aspect.ALLOWANCE, before.code, before.allowance, after.allowance)
    if _is_less(before.limit, after.limit):
        yield Effect(Aspect.LIMIT, before.code, before.limit, after.limit)
    if after.is_unlimited:
        return
    if currency in before.overage and currency not in after.overage:
        yield Effect(Aspect.OVERAGE, before.code, before=True, after=False)
    if before.rollover is not None and after.rollover is None:
        yield Effect(Aspect.ROLLOVER, before.code, before=True, after=False)


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
