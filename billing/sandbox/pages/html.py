"""HTML that is escaped unless it was built here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias


class Markup(str):
    """HTML that needs no escaping, because `tag` wrote it."""

    __slots__ = ()


Content: TypeAlias = "str | Iterable[Content] | None"
Attribute: TypeAlias = "str | int | None"

_VOID = frozenset({"br", "hr", "input", "link", "meta"})


def tag(element: str, /, *contents: Content, **attributes: Attribute) -> Markup:
    """
    One element. Text is escaped, `None` and `False` leave a child or an attribute out.

    `class_` and `aria_label` stand for `class` and `aria-label`.
    """
    opening = f"<{element}{''.join(_attribute(*one) for one in attributes.items())}>"
    if element in _VOID:
        return Markup(opening)
    return Markup(f"{opening}{join(*contents)}</{element}>")


def join(*contents: Content) -> Markup:
    """Several pieces, one after the other."""
    return Markup("".join(_render(content) for content in contents))


def _render(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return escape(content)
    return join(*content)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
