"""Is this what Stripe answers? Objects and events held against Stripe's own description."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from billing.sandbox import spec
from billing.sandbox.errors import Violation
from billing.sandbox.spec import REFERENCE, Operation, Schema

PRIVATE = "_sandbox"
ADDRESS = "urn:stripe"


def check_answer(operation: Operation, answer: Any) -> None:
    """Raises ``Violation``, naming the place, if Stripe could not have answered this."""
    _check(_answers_of(operation.method, operation.path), answer)


def check_object(row: dict[str, Any]) -> None:
    """Raises ``Violation`` if a Stripe object of this kind could not look like this."""
    name = spec.load().schema_names.get(str(row.get("object")))
    if name is None:
        raise Violation(f"Stripe has no object of the kind {row.get('object')!r}.")
    deleted = f"deleted_{name}"
    _check(_objects_of(deleted if row.get("deleted") else name), row)


def without_private(value: Any) -> Any:
    """What may leave: the same, without the facts that only the sandbox keeps."""
    if isinstance(value, list):
        return [without_private(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {name: without_private(part) for name, part in value.items() if name != PRIVATE}


def _check(validator: Draft202012Validator, value: Any) -> None:
    error = best_match(validator.iter_errors(value))
    if error is not None:
        where = error.json_path.removeprefix("$").lstrip(".") or "the object itself"
        raise Violation(f"{where}: {error.message[:300]}")


@cache
def _objects_of(name: str) -> Draft202012Validator:
    return _validator({"$ref": f"{ADDRESS}{REFERENCE}{name}"})


@cache
def _answers_of(method: str, path: str) -> Draft202012Validator:
    return _validator(_strict(spec.load().operations[method, path].answer))


def _validator(schema: Schema) -> Draft202012Validator:
    return Draft202012Validator(schema, registry=_registry())


@cache
def _registry() -> Registry[Schema]:
    schemas = {name: _strict(schema) for name, schema in spec.load().schemas.items()}
    document = {"components": {"schemas": schemas}}
    resource = DRAFT202012.create_resource(document)
    registry: Registry[Schema] = Registry().with_resource(ADDRESS, resource)
    return registry


def _strict(schema: Any) -> Any:
    """OpenAPI's dialect as JSON Schema. A property that is not described is a mistake of ours."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    turned = {
        key: {name: _strict(part) for name, part in value.items()}
        if key == "properties"
        else _strict(value)
        for key, value in schema.items()
        if key not in {"nullable", "x-expansionResources"}
    }
    if "$ref" in turned:
        turned["$ref"] = f"{ADDRESS}{schema['$ref']}"
    if turned.get("type") == "object" and turned.get("properties"):
        turned.setdefault("additionalProperties", False)
    return _nullable(turned) if schema.get("nullable") else turned


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
