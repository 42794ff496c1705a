"""Is this what Stripe takes? A request's text, typed and refused by Stripe's own description."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.spec import Operation, Schema

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
BOOLEANS = {"true": True, "false": False}
MOST_DIGITS = 18
LONGEST_INDEX = 6
MOST_METADATA = 50
LONGEST_METADATA_KEY = 40
LONGEST_METADATA_VALUE = 500


def read_parameters(operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters in their types. An emptied one (``""``) stays an empty text.

    Raises ``StripeError`` in Stripe's words for an unknown, missing or mistyped parameter.
    """
    return dict(_object(operation.parameters, given, ""))


def _typed(schema: Schema, given: Any, path: str) -> Any:
    if "anyOf" in schema:
        return _typed(_branch(schema["anyOf"], given), given, path)
    read = {
        "object": _object, "array": _array, "integer": _integer, "number": _number,
        "boolean": _boolean, "string": _string,
    }[schema.get("type", "object")]  # fmt: skip
    return read(schema, given, path)


def _branch(branches: list[Schema], given: Any) -> Schema:
    """The alternative that the shape of the value asks for; the first one when none fits."""
    if isinstance(given, dict):
        fitting = [branch for branch in branches if _is_nested(branch, given)]
        return fitting[0] if fitting else branches[0]
    scalars = [branch for branch in branches if branch.get("type") not in {"object", "array"}]
    exact = [branch for branch in scalars if given in branch.get("enum", [])]
    # A word that stands for itself ("inf", "now", "") is no measure of what else may be said.
    open_ones = [branch for branch in scalars if "enum" not in branch]
    words = [branch for branch in scalars if branch.get("enum") != [""]]
    return (exact or open_ones or words or branches)[0]


def _is_nested(branch: Schema, given: dict[str, Any]) -> bool:
    if branch.get("type") == "array":
        return _is_listed(given)
    properties = branch.get("properties")
    return branch.get("type") == "object" and (properties is None or set(given) <= set(properties))


def _is_listed(given: dict[str, Any]) -> bool:
    return all(key.isdecimal() and key.isascii() and len(key) <= LONGEST_INDEX for key in given)


def _object(schema: Schema, given: Any, path: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise invalid("Invalid object", param=path)
    properties = schema.get("properties")
    if properties is None:
        return _map(schema, given, path)
    for name in given:
        if name not in properties:
            raise _unknown(_within(path, name))
    for name in schema.get("required", []):
        if name not in given:
            where = _within(path, name)
            raise invalid(
                f"Missing required param: {where}.", param=where, code="parameter_missing"
            )
    return {
        name: _typed(properties[name], value, _within(path, name)) for name, value in given.items()
    }


def _map(schema: Schema, given: dict[str, Any], path: str) -> dict[str, Any]:
    """Keys of the caller's own choice: metadata and its kind."""
    values = schema.get("additionalProperties")
    each = values if isinstance(values, dict) else {"type": "string"}
    typed = {name: _typed(each, value, _within(path, name)) for name, value in given.items()}
    if path.rpartition("[")[2].rstrip("]") == "metadata":
        _check_metadata(typed, path)
    return typed


def _check_metadata(values: dict[str, str], path: str) -> None:
    """Stripe's documentation, "Metadata": 50 keys of up to 40, values of up to 500 characters."""
    if len(values) > MOST_METADATA:
        raise invalid(f"Metadata can have at most {MOST_METADATA} keys.", param=path)
    for name, value in values.items():
        if len(name) > LONGEST_METADATA_KEY:
            raise invalid(
                f"Metadata keys can be at most {LONGEST_METADATA_KEY} characters.", param=path
            )
        if len(value) > LONGEST_METADATA_VALUE:
            raise invalid(
                f"Metadata values can be at most {LONGEST_METADATA_VALUE} characters.",
                param=_within(path, name),
            )


def _array(schema: Schema, given: Any, path: str) -> list[Any]:
    if not isinstance(given, dict) or not _is_listed(given):
        raise invalid("Invalid array", param=path)
    return [
        _typed(schema["items"], given[key], _within(path, key)) for key in sorted(given, key=int)
    ]


def _integer(schema: Schema, given: Any, path: str) -> int | str:
    if schema.get("enum") == [""] and given == "":
        return ""
    if not isinstance(given, str) or not WHOLE.fullmatch(given):
        raise invalid(f"Invalid integer: {given}", param=path, code="parameter_invalid_integer")
    return int(given)


def _number(schema: Schema, given: Any, path: str) -> Decimal:
    try:
        number = Decimal(given)
    except (InvalidOperation, TypeError, ValueError):
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise invalid(f"Invalid decimal: {given}", param=path)
    return number


def _boolean(schema: Schema, given: Any, path: str) -> bool:
    if not isinstance(given, str) or given not in BOOLEANS:
        raise invalid(f"Invalid boolean: {given}", param=path)
    return BOOLEANS[given]


def _string(schema: Schema, given: Any, path: str) -> str:
    if not isinstance(given, str):
        raise invalid(f"Invalid string: {given}", param=path)
    allowed = schema.get("enum")
    if allowed is not None and given not in allowed:
        listed = ", ".join(value for value in allowed if value)
        raise invalid(f"Invalid {path}: must be one of {listed}", param=path)
    if len(given) > schema.get("maxLength", len(given)):
        raise invalid(
            f"Invalid string: {path} may have at most {schema['maxLength']} characters", param=path
        )
    if schema.get("format") == "decimal":
        _number(schema, given, path)
    return given


def _unknown(path: str) -> StripeError:
    return invalid(f"Received unknown parameter: {path}", param=path, code="parameter_unknown")


def _within(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
