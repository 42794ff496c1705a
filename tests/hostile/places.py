"""Where something can be sent, read from the published description of the API."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from config.env import PROJECT_FOLDER

_REFERENCE: Final = "#/components/schemas/"
DEEPEST: Final = 2
# What is served to the tokens of people takes next to nothing, and has tests of its own.
OF_PEOPLE: Final = "/account_api/"


@dataclass(frozen=True)
class Place:
    """A member of a body, or a parameter, of one operation of the description."""

    method: str
    path: str
    # `body`, `query` or `path`.
    where: str
    # From the outermost member inwards.
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.where}:{'.'.join(self.names)}"

    def written(self, good: Any, value: str) -> str:
        """The body with this piece of JSON in the place: some pieces no encoder would write."""
        return _written(good, self.names, value)


@cache
def description() -> Any:
    """The committed description, which the checks compare with the code."""
    return yaml.safe_load((PROJECT_FOLDER / "docs" / "openapi.yaml").read_text())


def list_places() -> list[Place]:
    """Return every place of every operation that is for keys."""
    return [
        place
        for path, methods in description()["paths"].items()
        if not path.startswith(OF_PEOPLE)
        for method, operation in methods.items()
        for place in _places(method.upper(), path, operation)
    ]


def _places(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[Place]:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] in {"query", "path"}:
            yield Place(method, path, parameter["in"], (parameter["name"],))
    content = operation.get("requestBody", {}).get("content", {})
    if schema := content.get("application/json", {}).get("schema"):
        yield Place(method, path, "body", ("extra",))
        for names in sorted(set(_members(schema, ()))):
            yield Place(method, path, "body", names)


def _members(schema: Mapping[str, Any], outer: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The names of the members, and of theirs where they are objects."""
    if len(outer) == DEEPEST:
        return
    for choice in _choices(schema):
        for name, inner in choice.get("properties", {}).items():
            yield (*outer, name)
            yield from _members(inner, (*outer, name))


def _choices(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFERENCE)
        yield from _choices(description()["components"]["schemas"][name])
        return
    yield schema
    for kind in ("anyOf", "oneOf", "allOf"):
        for choice in schema.get(kind, ()):
            yield from _choices(choice)


def _written(good: Any, names: tuple[str, ...], value: str) -> str:
    first, *rest = names
    members = dict(good) if isinstance(good, Mapping) else {}
    inner = _written(members.get(first), tuple(rest), value) if rest else value
    others = {name: json.dumps(member) for name, member in members.items() if name != first}
    pairs = [*others.items(), (first, inner)]
    return "{" + ", ".join(f"{json.dumps(name)}: {piece}" for name, piece in pairs) + "}"
