"""``expand[]``: ids replaced by the objects they name ("Expanding responses")."""

from __future__ import annotations

from typing import Any

from billing.sandbox import spec
from billing.sandbox.call import Tools
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.routing import INCLUDABLES
from billing.sandbox.spec import REFERENCE, Operation, Schema
from billing.sandbox.store import Row

DEEPEST = 4
TARGETS = "x-expansionResources"


def expand(tools: Tools, operation: Operation, answer: Row, paths: list[str]) -> Row:
    """The answer with these paths expanded. Raises ``StripeError`` for what cannot be."""
    for path in paths:
        names = path.split(".")
        if len([name for name in names if name != "data"]) > DEEPEST:
            raise invalid(
                f"You cannot expand more than {DEEPEST} levels of a property. You attempted to"
                f" expand: {path}",
                param="expand",
            )
        _descend(tools, _holders(operation.answer), answer, names, path)
    return answer


def _descend(tools: Tools, holders: list[Schema], value: Any, names: list[str], path: str) -> None:
    """Expand the first of the names in the value, the others in what comes to light there."""
    if not names:
        return
    name, *deeper = names
    parts = [holder["properties"][name] for holder in holders if name in holder["properties"]]
    if not parts or not (deeper or _is_expandable(holders, parts, name)):
        raise _unexpandable(path)
    below = [holder for part in parts for holder in _holders(part)]
    held = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    for one in held:
        if _is_expandable(holders, parts, name):
            _reveal(tools, one, name, parts)
        _descend(tools, below, one.get(name), deeper, path)
    if not held:
        _descend(tools, below, None, deeper, path)


def _reveal(tools: Tools, holder: Row, name: str, parts: list[Schema]) -> None:
    kinds = [kind for part in parts for kind in _kinds(part)]
    found = holder.get(name)
    if found is None and (holder.get("object"), name) in INCLUDABLES:
        included = INCLUDABLES[holder["object"], name](tools, holder)
        holder.update({} if included is None else {name: included})
    elif isinstance(found, list):
        holder[name] = [_fetched(tools, kinds, one) for one in found]
    elif name in holder:
        holder[name] = _fetched(tools, kinds, found)


def _fetched(tools: Tools, kinds: list[str], reference: Any) -> Any:
    if not isinstance(reference, str):
        return reference
    rows = (tools.store.find(kind, reference) for kind in kinds)
    return next((row for row in rows if row is not None), reference)


def _is_expandable(holders: list[Schema], parts: list[Schema], name: str) -> bool:
    """Whether there is an id to be replaced here, or something that is left out unless asked."""
    kinds = [holder["properties"].get("object", {}).get("enum", [""])[0] for holder in holders]
    return any((kind, name) in INCLUDABLES for kind in kinds) or any(_kinds(part) for part in parts)


def _kinds(part: Schema) -> list[str]:
    """The kinds of object that an id in this place may name."""
    if part.get("type") == "array":
        return _kinds(part["items"])
    targets = [target for holder in _choices(part.get(TARGETS, {})) for target in _holders(holder)]
    kinds = [target["properties"].get("object", {}).get("enum", [""])[0] for target in targets]
    return list(dict.fromkeys(kinds))


def _choices(schema: Schema) -> list[Schema]:
    choices: list[Schema] = schema.get("oneOf") or schema.get("anyOf") or [schema]
    return choices


def _holders(schema: Schema) -> list[Schema]:
    """The objects that a value of this schema may be, those within a list included."""
    if "$ref" in schema:
        return _holders(spec.load().schemas[schema["$ref"].removeprefix(REFERENCE)])
    if schema.get("type") == "array":
        return _holders(schema["items"])
    if "anyOf" in schema or "oneOf" in schema:
        return [holder for choice in _choices(schema) for holder in _holders(choice)]
    return [schema] if "properties" in schema else []


def _unexpandable(path: str) -> StripeError:
    return invalid(
        f"This property cannot be expanded ({path}). You may want to try expanding"
        f" '{path.rpartition('.')[0] or path}' instead.",
        param="expand",
    )
