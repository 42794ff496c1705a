"""Stripe's OpenAPI description, trimmed to what the sandbox may need, as one readable object."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from billing.sandbox.spec.unpublished import CALLS

TRIMMED = Path(__file__).with_name("openapi.json.gz")
FORM = "application/x-www-form-urlencoded"
METHODS = ("get", "post", "delete")
REFERENCE = "#/components/schemas/"

Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One call of Stripe's API: what it takes and what it answers."""

    method: str
    path: str
    parameters: Schema = field(repr=False)
    answer: Schema = field(repr=False)


@dataclass(frozen=True)
class Spec:
    """The description as read from its file."""

    document: dict[str, Any] = field(repr=False)

    @cached_property
    def version(self) -> str:
        return str(self.document["info"]["version"])

    @cached_property
    def schemas(self) -> dict[str, Schema]:
        return dict(self.document["components"]["schemas"])

    @cached_property
    def operations(self) -> dict[tuple[str, str], Operation]:
        """Every operation by its method (upper case) and its path as Stripe writes it."""
        published = {
            (method.upper(), path): _operation(method, path, described)
            for path, methods in self.document["paths"].items()
            for method, described in methods.items()
            if method in METHODS
        }
        unpublished = {
            (method, path): Operation(method, path, parameters=takes, answer=answers)
            for (method, path), (takes, answers) in CALLS.items()
        }
        return {**published, **unpublished}

    @cached_property
    def schema_names(self) -> dict[str, str]:
        """The name of the schema of a kind, a kind being what an object's ``object`` says."""
        names: dict[str, str] = {}
        for name, schema in self.schemas.items():
            properties = schema.get("properties", {})
            for kind in properties.get("object", {}).get("enum", []):
                if "deleted" not in properties or kind == name:
                    names.setdefault(kind, name)
        return names

    @cached_property
    def event_types(self) -> frozenset[str]:
        parameters = self.operations[("POST", "/v1/webhook_endpoints")].parameters
        return frozenset(parameters["properties"]["enabled_events"]["items"]["enum"]) - {"*"}


@cache
def load() -> Spec:
    """The trimmed description that is kept beside this module."""
    return Spec(json.loads(gzip.decompress(TRIMMED.read_bytes())))


def _operation(method: str, path: str, described: Schema) -> Operation:
    """Query and form parameters are one set: Stripe reads both alike."""
    form = described.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
    query = [given for given in described.get("parameters", []) if given["in"] == "query"]
    return Operation(
        method=method.upper(),
        path=path,
        parameters={
            "type": "object",
            "properties": {
                **{given["name"]: given["schema"] for given in query},
                **form.get("properties", {}),
            },
            "required": [
                *(given["name"] for given in query if given.get("required")),
                *form.get("required", []),
            ],
        },
        answer=described["responses"]["200"]["content"]["application/json"]["schema"],
    )
