"""A language in which every translated text stands between marks: what has none was forgotten."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any, Final

from django.utils.translation import trans_real

BEGIN, END = "⟦", "⟧"
# What people do not read, or read as it is: code, and the addresses of organizations and people.
_UNREAD: Final = frozenset({"script", "style", "code", "pre", "kbd"})
_READ_ATTRIBUTES: Final = frozenset({"alt", "aria-label", "placeholder", "title", "label"})
_EMPTY: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "use", "line"})
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
# Addresses, ids, codes such as usage:write or invoice.paid, and the initials of people.
_NAMES: Final = re.compile(
    r"\S+@\S+|https?://\S+|\S+_[0-9a-z]{10,}\S*|\b[a-z_]+[.:][a-z_]+\b|\b[A-Z]{2}\b"
)


class MarkingTranslations(gettext.NullTranslations):
    """Translates nothing, and marks what was to be translated."""

    def gettext(self, message: str) -> str:
        return f"{BEGIN}{message.split(trans_real.CONTEXT_SEPARATOR)[-1]}{END}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def language(self) -> str:
        return "de"

    def to_language(self) -> str:
        return "de"


@contextmanager
def marked_german() -> Iterator[None]:
    """Whoever asks for German gets English between marks, with the figures of German."""
    before = trans_real.translation("de")
    catalogs: dict[str, Any] = vars(trans_real)["_translations"]
    catalogs["de"] = MarkingTranslations()
    try:
        yield
    finally:
        catalogs["de"] = before


class _Reader(HTMLParser):
    """Collects the texts of a page, and what its attributes say to people."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self.open.append(tag)
        is_button = tag == "input" and dict(attrs).get("type") in {"submit", "button"}
        for name, value in attrs:
            if value and (name in _READ_ATTRIBUTES or (is_button and name == "value")):
                self.texts.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _UNREAD & set(self.open):
            self.texts.append(data)


def texts_of(html: str) -> str:
    """What people read on a page, in its order; a mark may begin in one element and end later."""
    reader = _Reader()
    reader.feed(html)
    return "\n".join(reader.texts)


def unmarked(text: str) -> Iterator[str]:
    """What stands outside of every mark."""
    depth, outside = 0, ""
    for character in text:
        if character == BEGIN:
            depth += 1
        elif character == END:
            depth -= 1
            outside += "\n"
        elif not depth:
            outside += character
    assert depth == 0, text[-200:]
    yield from (line.strip() for line in outside.splitlines() if line.strip())


def forgotten(html: str, *, names: set[str]) -> list[str]:
    """The lines with words that are neither translated nor names."""
    return [
        line
        for line in unmarked(texts_of(html))
        if set(_WORD.findall(_NAMES.sub(" ", line))) - names
    ]


def words(*values: Any) -> set[str]:
    """The words that names are made of."""
    return {word for value in values for word in _WORD.findall(str(value))}
