"""What another plan takes and brings, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.agreements.effects import Aspect, Effect, effects_of
from billing.catalog.terms import FeatureTerms, VersionTerms

from ...formatting import credits_text, unit_price_text, value_text


class Label(Protocol):
    """What people read about a feature, wherever it was read."""

    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def unit_plural(self) -> str: ...


Labels = Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class EffectLines:
    """
    What there would be more of, what less, and what would be another thing: neither more nor less,
    or the price of each unit beyond.
    """

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    changed: tuple[str, ...]


def describe_effects(
    before: VersionTerms, after: VersionTerms, *, currency: str, labels: Labels
) -> EffectLines:
    """Return what a move from one plan version to another means, a line for each thing."""
    effects = effects_of(before, after, currency=currency)
    # What has no order, such as a text, is both gained and lost.
    changed = [effect for effect in effects.gained if effect in effects.lost]
    return EffectLines(
        gained=tuple(_words(effect, labels) for effect in effects.gained if effect not in changed),
        lost=tuple(_words(effect, labels) for effect in effects.lost if effect not in changed),
        changed=(
            *(_words(effect, labels) for effect in changed),
            *_price_lines(before, after, currency=currency, labels=labels),
        ),
    )


def _words(effect: Effect, labels: Labels) -> str:
    if effect.aspect is Aspect.SEATS or effect.feature is None:
        return _("%(seats)s instead of %(before)s") % {
            "seats": _seats(effect.after),
            "before": _quantity(effect.before),
        }
    label = labels[effect.feature]
    match effect.aspect:
        case Aspect.VALUE:
            return _value(effect, label)
        case Aspect.FEATURE:
            return label.name if effect.after else _("No %(feature)s") % {"feature": label.name}
        case Aspect.ALLOWANCE:
            return _allowance(effect, label)
        case Aspect.LIMIT:
            return _limit(effect, label)
        case Aspect.OVERAGE:
            return _overage(effect, label)
        case Aspect.ROLLOVER:
            return _rollover(effect, label)
        case _:
            assert_never(effect.aspect)


def _value(effect: Effect, label: Label) -> str:
    if effect.after in (None, False):
        return _("No %(feature)s") % {"feature": label.name}
    if effect.after is True or isinstance(effect.after, dict):
        return label.name
    named = {"feature": label.name, "after": value_text(effect.after)}
    if effect.before in (None, False):
        return _("%(feature)s: %(after)s") % named
    return _("%(feature)s: %(after)s instead of %(before)s") % {
        **named,
        "before": value_text(effect.before),
    }


def _allowance(effect: Effect, label: Label) -> str:
    named = {
        "after": _quantity(effect.after),
        "before": _quantity(effect.before),
        "units": label.unit_plural,
    }
    if effect.after is None:
        return _("Unlimited %(units)s instead of %(before)s a month") % named
    if not effect.after:
        return _("No %(units)s included, instead of %(before)s a month") % named
    if not effect.before and effect.before is not None:
        return _("%(after)s %(units)s a month") % named
    return _("%(after)s %(units)s a month instead of %(before)s") % named


def _limit(effect: Effect, label: Label) -> str:
    named = {"after": _quantity(effect.after), "units": label.unit_plural}
    if effect.after is None:
        return _("No limit of %(units)s a month") % named
    return _("At most %(after)s %(units)s a month") % named


def _overage(effect: Effect, label: Label) -> str:
    named = {"units": label.unit_plural}
    if effect.after:
        return _("Further %(units)s once the included ones are spent") % named
    return _("No further %(units)s once the included ones are spent") % named


def _rollover(effect: Effect, label: Label) -> str:
    named = {"units": label.unit_plural}
    if effect.after:
        return _("Unused %(units)s roll over") % named
    return _("Unused %(units)s no longer roll over") % named


def _price_lines(
    before: VersionTerms, after: VersionTerms, *, currency: str, labels: Labels
) -> Iterator[str]:
    """Where a unit beyond what is included has one price, before and after, and not the same."""
    for feature in after.metered:
        was = _only_price(before.feature(feature.code), currency)
        becomes = _only_price(feature, currency)
        if was is None or becomes is None or was == becomes:
            continue
        yield _("Each further %(unit)s for %(after)s instead of %(before)s") % {
            "unit": labels[feature.code].unit,
            "after": unit_price_text(becomes, currency=currency),
            "before": unit_price_text(was, currency=currency),
        }


def _only_price(feature: FeatureTerms | None, currency: str) -> Decimal | None:
    pricing = None if feature is None else feature.overage.get(currency)
    return None if pricing is None else pricing.only_price


def _quantity(quantity: Decimal | int | None) -> str:
    return _("unlimited") if quantity is None else credits_text(Decimal(quantity))


def _seats(seats: int | None) -> str:
    if seats is None:
        return _("Unlimited seats")
    return ngettext("%(count)s seat", "%(count)s seats", seats) % {
        "count": credits_text(Decimal(seats))
    }
