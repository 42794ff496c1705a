"""The smallest object that Stripe's description of a kind allows."""

from __future__ import annotations

from typing import Any

from billing.sandbox import spec
from billing.sandbox.errors import Violation
from billing.sandbox.spec import REFERENCE, Schema

EMPTY = {"string": "", "integer": 0, "number": 0, "boolean": False}


def skeleton(kind: str) -> dict[str, Any]:
    """What must be there is there and empty; what may be null is there and null."""
    name = spec.load().schema_names.get(kind)
    if name is None:
        raise Violation(f"Stripe has no object of the kind {kind!r}.")
    return shape(name)


def shape(name: str) -> dict[str, Any]:
    """The same by the name of a schema, for the parts of an object that have no kind."""
    return dict(_smallest({"$ref": f"{REFERENCE}{name}"}))


def _smallest(schema: Schema) -> Any:
    if "$ref" in schema:
        return _smallest(spec.load().schemas[schema["$ref"].removeprefix(REFERENCE)])
    if schema.get("nullable"):
        return None
    if "anyOf" in schema:
        return _smallest(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return []
    if schema.get("type") in EMPTY:
        return EMPTY[schema["type"]]
    return _object(schema)


def _object(schema: Schema) -> dict[str, Any]:
    required = schema.get("required", [])
    return {
        name: _smallest(part)
        for name, part in schema.get("properties", {}).items()
        if name in required or part.get("nullable")
    }
