"""Stripe's forms: ``items[0][price]=price_1&expand[]=customer`` as nested text."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from billing.sandbox.errors import invalid

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
KEY = re.compile(r"\[([^\[\]]*)\]")
DEEPEST = 12


def decode(*encoded: str) -> dict[str, Any]:
    """The parameters of a query and a body, as text in nested dictionaries.

    Which of these are lists, Stripe's description knows. Raises ``StripeError`` for what cannot
    be read.
    """
    tree: dict[str, Any] = {}
    for text in encoded:
        for name, value in _pairs(text):
            _plant(tree, _keys(name), value, name)
    return tree


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError as cause:
        raise invalid("Invalid request: the parameters are not form-encoded.") from cause


def _keys(name: str) -> list[str]:
    match = NAME.fullmatch(name)
    keys = [match[1], *KEY.findall(match[2])] if match else []
    if not keys or len(keys) > DEEPEST:
        raise invalid(f"Invalid parameter name: {name}", param=name)
    return keys


def _plant(tree: dict[str, Any], keys: list[str], value: str, name: str) -> None:
    for key in keys[:-1]:
        branch = tree.setdefault(_place(tree, key), {})
        if not isinstance(branch, dict):
            raise invalid(f"Invalid parameter: {name} is given in two shapes.", param=name)
        tree = branch
    last = _place(tree, keys[-1])
    if isinstance(tree.get(last), dict):
        raise invalid(f"Invalid parameter: {name} is given in two shapes.", param=name)
    tree[last] = value


def _place(tree: dict[str, Any], key: str) -> str:
    """An empty key stands for the next one of a list."""
    return key or str(len(tree))
