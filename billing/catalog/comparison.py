"""The terms of a draft in words, beside those of the version on sale. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kernel.money import Money
from metering.credits.rollover import RolloverPolicy

from ..choices import BillingInterval, OverageCollection, PriceKind, ValueType, WhenPastDue
from ..wording import free_days_words, money_words, quantity_words
from .overage_words import overage_words
from .queries import FeatureLabel
from .terms import FeatureTerms, VersionTerms


@dataclass(frozen=True, slots=True)
class ComparedTerm:
    """One term; None in words where a version does not have it."""

    name: str
    on_sale: str | None
    drafted: str | None
    differs: bool


@dataclass(frozen=True, slots=True)
class ComparedTerms:
    """What belongs together: the prices, or a feature."""

    title: str
    terms: tuple[ComparedTerm, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A term as it is stored, which tells whether it differs, and in words."""

    value: Any
    words: str


def compare_terms(
    *, draft: VersionTerms, on_sale: VersionTerms | None, labels: Mapping[str, FeatureLabel]
) -> tuple[ComparedTerms, ...]:
    """
    Say every term of both versions, side by side. `labels` names the features of both.

    Without a version on sale nothing differs.
    """
    drafted = _said(draft, labels)
    before = _said(on_sale, labels) if on_sale is not None else {}
    titles = list(dict.fromkeys([*drafted, *before]))
    return tuple(
        ComparedTerms(
            title=title,
            terms=tuple(
                _compared(drafted.get(title, {}), before.get(title, {}), is_first=on_sale is None)
            ),
        )
        for title in titles
    )


def _compared(
    drafted: Mapping[str, _Said], before: Mapping[str, _Said], *, is_first: bool
) -> Iterator[ComparedTerm]:
    for name in dict.fromkeys([*drafted, *before]):
        new, old = drafted.get(name), before.get(name)
        yield ComparedTerm(
            name=name,
            on_sale=old.words if old is not None else None,
            drafted=new.words if new is not None else None,
            differs=not is_first
            and (new is None or old is None or _stored(new.value) != _stored(old.value)),
        )


def _stored(value: Any) -> tuple[str, Any]:
    """True and 1 are the same to Python, but not to the app that asks for the value."""
    return type(value).__name__, value


def _said(terms: VersionTerms, labels: Mapping[str, FeatureLabel]) -> dict[str, dict[str, _Said]]:
    said = {
        _("Prices and seats"): dict(_prices_and_seats(terms)),
        _("Trial and collection"): dict(_trial_and_collection(terms)),
    }
    for code, label in labels.items():
        feature = terms.feature(code)
        if feature is not None:
            said[f"{label.name} ({code})"] = dict(_feature(feature, label))
    return said


def _prices_and_seats(terms: VersionTerms) -> Iterator[tuple[str, _Said]]:
    for price in terms.prices:
        name = _("%(currency)s, %(interval)s, %(kind)s") % {
            "currency": price.currency,
            "interval": BillingInterval(price.interval).label.lower(),
            "kind": PriceKind(price.kind).label.lower(),
        }
        amount = Money(price.unit_amount_minor, price.currency)
        yield name, _Said(price.unit_amount_minor, money_words(amount))
    seats = terms.included_seats
    yield (
        _("Included seats"),
        _Said(seats, _("unlimited") if seats is None else quantity_words(seats)),
    )


def _trial_and_collection(terms: VersionTerms) -> Iterator[tuple[str, _Said]]:
    days, needs_card = terms.trial_days, terms.trial_needs_card
    if days == 0:
        yield _("Trial"), _Said(0, _("none"))
    else:
        begins = _("with a payment method") if needs_card else _("without a payment method")
        yield _("Trial"), _Said([days, needs_card], f"{free_days_words(days)}, {begins}")
    collection = OverageCollection(terms.overage_collection)
    yield _("Overage reaches Stripe"), _Said(collection.value, collection.label.lower())


def _feature(feature: FeatureTerms, label: FeatureLabel) -> Iterator[tuple[str, _Said]]:
    if not feature.is_metered or feature.value is not None:
        yield _("Value"), _Said(feature.value, _value_words(feature))
    if not feature.is_metered:
        return
    allowance, limit = feature.allowance, feature.limit
    yield (
        _("Allowance a month"),
        _Said(allowance, _("unlimited") if allowance is None else quantity_words(allowance)),
    )
    yield _("Overage"), _Said(dict(feature.overage), _overage_words(feature, label))
    yield _("Rollover"), _Said(feature.rollover, _rollover_words(feature.rollover))
    yield (
        _("Limit a month"),
        _Said(limit, _("none") if limit is None else quantity_words(limit)),
    )
    past_due = WhenPastDue(feature.when_past_due)
    yield _("While a payment is overdue"), _Said(past_due.value, past_due.label.lower())


def _value_words(feature: FeatureTerms) -> str:
    value = feature.value
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if feature.value_type == ValueType.NUMBER and not isinstance(value, str | list | dict):
        return quantity_words(Decimal(str(value)))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _overage_words(feature: FeatureTerms, label: FeatureLabel) -> str:
    sentences = [
        overage_words(pricing, unit=label.unit, unit_plural=label.unit_plural)
        for pricing in feature.overage.values()
    ]
    return "; ".join(sentences) or _("not sold")


def _rollover_words(rollover: RolloverPolicy | None) -> str:
    if rollover is None:
        return _("none")
    months, cap = rollover.term_periods, rollover.cap_percent
    basis = (
        _("%(percent)s %% of what is unused")
        if rollover.basis == "unused"
        else _("%(percent)s %% of the allowance")
    )
    parts = [
        basis % {"percent": rollover.percent},
        _("for ever") if months is None else _months_words(months),
    ]
    if cap is not None:
        parts.append(_("at most %(cap)s %% of the allowance") % {"cap": cap})
    if rollover.rerolls:
        parts.append(_("rolls over again"))
    return ", ".join(parts)


def _months_words(months: int) -> str:
    return ngettext("for %(months)s month", "for %(months)s months", months) % {"months": months}
