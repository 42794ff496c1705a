"""
The messages of the product and their translations, read and written without the gettext tools.

`make messages` brings `locale/` level with the code; a test refuses a catalog that is not.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

from config.env import PROJECT_FOLDER
from config.names import list_names

LOCALES: Final = PROJECT_FOLDER / "locale"
_SOURCES: Final = ("accounts", "billing", "config", "metering", "portal", "templates")
# Templates are turned into calls of gettext that only the lenient reader understands.
_READERS: Final = {".py": "python", ".html": "javascript", ".txt": "javascript"}
_CALLS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class PlainCatalog(Catalog):
    """A catalog whose header says only what is needed to read it: no time, no machine."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", self.locale_identifier or ""),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def languages() -> list[str]:
    """The languages that have a catalog; English is written in the code."""
    return sorted(path.name for path in LOCALES.iterdir() if path.is_dir())


def path_of(language: str, suffix: str) -> Path:
    """The catalog for people (`.po`) or for programs (`.mo`)."""
    return LOCALES / language / "LC_MESSAGES" / f"django{suffix}"


def messages_in_use(language: str) -> PlainCatalog:
    """Every message that code and templates name, in their order, untranslated; then names."""
    catalog = PlainCatalog(locale=language, header_comment="", fuzzy=False)
    for folder in _SOURCES:
        for path in sorted((PROJECT_FOLDER / folder).rglob("*")):
            if path.suffix in _READERS and "migrations" not in path.parts:
                _add_messages(catalog, path)
    for name in list_names():
        catalog.add(name)
    return catalog


def translated(language: str) -> PlainCatalog:
    """The messages in use with the translations that are there; what has none stays empty."""
    catalog = messages_in_use(language)
    with path_of(language, ".po").open("rb") as file:
        known = read_po(file, locale=language)
    for message in catalog:
        before = known.get(message.id, message.context)
        if message.id and before is not None and before.pluralizable == message.pluralizable:
            message.string = before.string
    return catalog


def untranslated(catalog: Catalog) -> list[Message]:
    """The messages without words, or without one of their plural forms."""
    return [message for message in catalog if message.id and not all(words_of(message))]


def words_of(message: Message) -> list[str]:
    """A translation as a list: one text, or one for each plural form."""
    words = message.string
    return [words or ""] if words is None or isinstance(words, str) else [*words]


def for_people(catalog: Catalog) -> bytes:
    """The `.po`: one message after the other, without line numbers."""
    file = BytesIO()
    write_po(file, catalog, no_location=True, width=100)
    return file.getvalue().strip() + b"\n"


def for_programs(catalog: Catalog) -> bytes:
    """The `.mo`: what is translated."""
    whole = PlainCatalog(locale=catalog.locale)
    for message in catalog:
        if message.id and all(words_of(message)):
            whole.add(message.id, message.string, context=message.context)
    file = BytesIO()
    write_mo(file, whole)
    return file.getvalue()


def _add_messages(catalog: Catalog, path: Path) -> None:
    text = path.read_text()
    source = text if path.suffix == ".py" else templatize(text, origin=str(path))
    found = extract(
        _READERS[path.suffix],
        BytesIO(source.encode()),
        keywords=_CALLS,
        comment_tags=["Translators"],
    )
    for _line, message, comments, context in found:
        catalog.add(message, auto_comments=comments, context=context)
