"""What a pricing table says, as plain values: cards in their order, and texts by language."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import sha256
from typing import Any, Final, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

LONGEST: Final = {
    "heading": 80,
    "description": 300,
    "call_to_action": 40,
    "highlight": 40,
    "features_heading": 80,
}
MOST_FEATURES: Final = 20
LONGEST_FEATURE: Final = 160


@dataclass(frozen=True, slots=True)
class TableTexts:
    """What stands above the cards. What is empty is said by the page itself."""

    heading: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class CardTexts:
    """What a card says beside its price. What is empty is said by the plan itself."""

    heading: str = ""
    description: str = ""
    call_to_action: str = ""
    highlight: str = ""
    features_heading: str = ""
    features: tuple[str, ...] = ()


Texts = TypeVar("Texts", TableTexts, CardTexts)


@dataclass(frozen=True, slots=True)
class CardContent:
    """One plan on a table, and what its card says in each language."""

    plan_code: str
    is_highlighted: bool = False
    texts: Mapping[str, CardTexts] = field(default_factory=dict)

    def said_in(self, language: str) -> CardTexts:
        """The texts in a language; what it lacks, in the installation's."""
        return said_in(language, self.texts, nothing=CardTexts())


@dataclass(frozen=True, slots=True)
class TableContent:
    """Everything that a version of a table says, the cards in their order."""

    cards: tuple[CardContent, ...] = ()
    texts: Mapping[str, TableTexts] = field(default_factory=dict)

    def said_in(self, language: str) -> TableTexts:
        """The texts in a language; what it lacks, in the installation's."""
        return said_in(language, self.texts, nothing=TableTexts())

    def fingerprint(self) -> str:
        """The same for the same content, and for no other."""
        written = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return sha256(written.encode()).hexdigest()

    def check(self) -> None:
        """Raise `Invalid` for what no table can hold."""
        codes = [card.plan_code for card in self.cards]
        if len(set(codes)) < len(codes):
            raise Invalid(_("A plan has one card on a table."))
        for language, said in self.texts.items():
            _check_texts(language, said)
        for card in self.cards:
            for language, on_card in card.texts.items():
                _check_texts(language, on_card)


def said_in(language: str, texts: Mapping[str, Texts], *, nothing: Texts) -> Texts:
    """Return the texts in a language; each one that it lacks, in the installation's language."""
    asked = texts.get(language, nothing)
    usual = texts.get(settings.LANGUAGE_CODE, nothing)
    missing = {
        each.name: getattr(usual, each.name)
        for each in fields(nothing)
        if not getattr(asked, each.name)
    }
    return replace(asked, **missing)


def written(texts: Mapping[str, Texts]) -> dict[str, dict[str, Any]]:
    """Texts as they are stored: only what somebody wrote."""
    stored = {
        language: {name: value for name, value in asdict(said).items() if value}
        for language, said in texts.items()
    }
    return {language: said for language, said in stored.items() if said}


def read_table_texts(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, TableTexts]:
    """What `written` stored of a table."""
    return {language: TableTexts(**said) for language, said in stored.items()}


def read_card_texts(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, CardTexts]:
    """What `written` stored of a card."""
    return {
        language: CardTexts(**{**said, "features": tuple(said.get("features", ()))})
        for language, said in stored.items()
    }


def _check_texts(language: str, said: TableTexts | CardTexts) -> None:
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("There is no language “%(language)s” here.") % {"language": language})
    lines = said.features if isinstance(said, CardTexts) else ()
    if len(lines) > MOST_FEATURES:
        raise Invalid(_("A card lists at most %(most)s features.") % {"most": MOST_FEATURES})
    for line in lines:
        _check_text(line, longest=LONGEST_FEATURE)
    for name, longest in LONGEST.items():
        _check_text(getattr(said, name, ""), longest=longest)


def _check_text(text: str, *, longest: int) -> None:
    if len(text) > longest or not text.isprintable():
        raise Invalid(
            _("A text on a pricing table has one line and at most %(longest)s characters.")
            % {"longest": longest}
        )
