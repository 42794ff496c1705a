"""Which function answers which address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from billing.sandbox import spec
from billing.sandbox.call import Answer, Call, Tools, Visit
from billing.sandbox.store import Row

Handler = Callable[[Call], Row]
Page = Callable[[Visit], Answer]
Work = Callable[[Tools], bool]
Include = Callable[[Tools, Row], Any]

PLACEHOLDER = re.compile(r"\{(\w+)\}")

OPERATIONS: dict[tuple[str, str], Handler] = {}
PAGES: dict[tuple[str, str], Page] = {}
WORKS: list[Work] = []
INCLUDABLES: dict[tuple[str, str], Include] = {}


@dataclass(frozen=True)
class Match:
    """Where an address leads, and the names found in it."""

    path: str
    ids: Mapping[str, str]


def operation(method: str, path: str) -> Callable[[Handler], Handler]:
    """The function answers this call of the API; the path is written as in Stripe's description."""

    def register(handler: Handler) -> Handler:
        if (method, path) not in spec.load().operations:
            raise LookupError(f"The trimmed description has no {method} {path}.")
        if (method, path) in OPERATIONS:
            raise LookupError(f"{method} {path} has two handlers.")
        OPERATIONS[method, path] = handler
        return handler

    return register


def page(method: str, path: str) -> Callable[[Page], Page]:
    """The function answers this address outside of the API: hosted pages and /_sandbox/ knobs."""

    def register(visited: Page) -> Page:
        if (method, path) in PAGES:
            raise LookupError(f"{method} {path} has two pages.")
        PAGES[method, path] = visited
        return visited

    return register


def work(step: Work) -> Work:
    """The function does the one next thing that time has made due, and says whether it did any.

    Each step is a transaction of its own; deliveries are attempted between two of them.
    """
    WORKS.append(step)
    return step


def includable(kind: str, field: str) -> Callable[[Include], Include]:
    """The function gives a field of this kind that is left out unless it is asked for (expand)."""

    def register(include: Include) -> Include:
        INCLUDABLES[kind, field] = include
        return include

    return register


def find_operation(method: str, path: str) -> Match | None:
    """The call of Stripe's API that is meant, whether or not the sandbox implements it."""
    return _find(tuple(spec.load().operations), method, path)


def find_page(method: str, path: str) -> Match | None:
    return _find(tuple(PAGES), method, path)


def _find(known: tuple[tuple[str, str], ...], method: str, path: str) -> Match | None:
    for pattern, template in _patterns(known, method):
        match = pattern.fullmatch(path)
        if match:
            names = PLACEHOLDER.findall(template)
            ids = {name: unquote(value) for name, value in zip(names, match.groups(), strict=True)}
            return Match(path=template, ids=ids)
    return None


@cache
def _patterns(
    known: tuple[tuple[str, str], ...], method: str
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those of one method; of two that fit, the one with fewer placeholders comes first."""
    templates = sorted(
        (path for its_method, path in known if its_method == method),
        key=lambda path: (path.count("{"), path),
    )
    return tuple(
        (re.compile(PLACEHOLDER.sub("([^/]+)", template)), template) for template in templates
    )
