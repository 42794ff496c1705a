"""What publishing a draft would change, in words, and what stands against it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from ..choices import Visibility
from ..models import PlanVersion, PricingTable, PricingTableVersion
from .content import CardContent, CardTexts, TableContent, TableTexts
from .queries import content_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that visitors would read otherwise; empty where there is nothing to read."""

    what: str
    shown: str
    drafted: str


@dataclass(frozen=True, slots=True)
class DraftReview:
    """What publishing a draft would change, and why it cannot be published, if so."""

    differences: tuple[Difference, ...]
    objections: tuple[str, ...]
    fingerprint: str


def review_version(
    *, draft: PricingTableVersion, shown: PricingTableVersion | None, now: datetime
) -> DraftReview:
    """Compare a draft with what is shown, and judge whether it can be."""
    content = content_of(draft)
    before = content_of(shown) if shown is not None else TableContent()
    return DraftReview(
        differences=tuple(list_differences(before, content)),
        objections=tuple(_list_objections(draft.table, content, now=now)),
        fingerprint=content.fingerprint(),
    )


def list_differences(before: TableContent, after: TableContent) -> list[Difference]:
    """Return what differs between two contents, what is unchanged left out."""
    found = [
        Difference(_("Plans in their order"), _order(before), _order(after)),
        Difference(_("Highlighted"), _highlighted(before), _highlighted(after)),
    ]
    for language, name in settings.LANGUAGES:
        one, other = (content.texts.get(language, TableTexts()) for content in (before, after))
        found += _between(one, other, where=_in_language(_("Table"), str(name)))
    codes = [card.plan_code for card in (*before.cards, *after.cards)]
    for code in dict.fromkeys(codes):
        found += _between_cards(_card(before, code), _card(after, code))
    return [difference for difference in found if difference.shown != difference.drafted]


def _between_cards(before: CardContent, after: CardContent) -> list[Difference]:
    found = []
    for language, name in settings.LANGUAGES:
        one, other = (card.texts.get(language, CardTexts()) for card in (before, after))
        found += _between(one, other, where=_in_language(after.plan_code, str(name)))
    return found


def _between(
    before: TableTexts | CardTexts, after: TableTexts | CardTexts, *, where: str
) -> list[Difference]:
    return [
        Difference(f"{where}: {label}", _text(before, name), _text(after, name))
        for name, label in _labels().items()
        if hasattr(after, name)
    ]


def _labels() -> dict[str, str]:
    return {
        "heading": _("heading"),
        "description": _("description"),
        "call_to_action": _("button"),
        "highlight": _("highlight label"),
        "features_heading": _("heading of the features"),
        "features": _("features"),
    }


def _text(texts: TableTexts | CardTexts, name: str) -> str:
    value = getattr(texts, name)
    return value if isinstance(value, str) else "\n".join(value)


def _in_language(what: str, language: str) -> str:
    return _("%(what)s, %(language)s") % {"what": what, "language": language}


def _order(content: TableContent) -> str:
    return ", ".join(card.plan_code for card in content.cards)


def _highlighted(content: TableContent) -> str:
    return ", ".join(card.plan_code for card in content.cards if card.is_highlighted)


def _card(content: TableContent, code: str) -> CardContent:
    found = (card for card in content.cards if card.plan_code == code)
    return next(found, CardContent(code))


def _list_objections(table: PricingTable, content: TableContent, *, now: datetime) -> list[str]:
    """Say why visitors could not be shown this."""
    if table.plan_group.visibility == Visibility.LEGACY:
        return [_("The plans of a legacy group are shown to nobody new.")]
    if not content.cards:
        return [_("There is no plan on the table.")]
    codes = [card.plan_code for card in content.cards]
    sold = set(
        PlanVersion.objects.filter(
            plan__code__in=codes, plan__group=table.plan_group, published_at__lte=now
        ).values_list("plan__code", flat=True)
    )
    return [
        _("“%(plan)s” has no published version in this plan group.") % {"plan": code}
        for code in codes
        if code not in sold
    ]
