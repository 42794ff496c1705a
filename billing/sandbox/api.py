"""One request to Stripe's API, from its headers to its answer."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from billing.sandbox import idempotency, spec
from billing.sandbox.call import Answer, Call, Tools
from billing.sandbox.errors import StripeError, Violation, invalid
from billing.sandbox.expansion import expand
from billing.sandbox.forms import decode
from billing.sandbox.idempotency import Kept
from billing.sandbox.parameters import read_parameters
from billing.sandbox.routing import OPERATIONS, Handler, Match, find_operation
from billing.sandbox.spec import Operation
from billing.sandbox.validation import check_answer, without_private
from billing.sandbox.wire import write_json

TEST_KEY = re.compile(r"(sk|rk)_test_[A-Za-z0-9]{24,}")


@dataclass(frozen=True)
class Request:
    """What came in. The names of the headers are in lower case."""

    id: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def idempotency_key(self) -> str | None:
        """Only a POST has one: Stripe ignores it on what is idempotent by definition."""
        return self.headers.get("idempotency-key") if self.method == "POST" else None


def admit(request: Request) -> None:
    """Raises ``StripeError`` unless it has a test key and speaks the version of the description."""
    key = _key(request.headers.get("authorization", ""))
    if not TEST_KEY.fullmatch(key):
        raise StripeError(
            401,
            "invalid_request_error",
            "Invalid API Key provided. The sandbox takes test keys only: sk_test_ or rk_test_ and"
            " at least 24 letters and digits.",
        )
    version = request.headers.get("stripe-version", spec.load().version)
    if version != spec.load().version:
        raise invalid(
            f"Invalid Stripe API version: {version}. The sandbox speaks {spec.load().version}."
        )


def perform(tools: Tools, request: Request) -> Answer:
    """Do what is asked, or answer again what the same key was answered before.

    Raises ``StripeError`` for what is refused before anything was begun.
    """
    match, handler = _handler(request)
    operation = spec.load().operations[request.method, match.path]
    raw = decode(request.query, request.body.decode("utf-8", errors="replace"))
    call = Call(request.path, match.ids, read_parameters(operation, raw), tools)
    key, now = idempotency.checked_key(request.idempotency_key), int(tools.now.timestamp())
    if key is None:
        return told(request, _execute(operation, handler, call))
    asked = idempotency.fingerprint(request.method, request.path, write_json(call.params))
    earlier = idempotency.recall(tools.store, key=key, asked=asked, at=now)
    if earlier is not None:
        return told(request, earlier, {"Idempotent-Replayed": "true"})
    kept = _execute(operation, handler, call)
    idempotency.keep(tools.store, key=key, asked=asked, kept=kept, at=now)
    return told(request, kept)


def refusal(error: StripeError) -> Kept:
    return Kept(error.status, write_json({"error": error.error}, indent=2))


def told(request: Request, kept: Kept, more: Mapping[str, str] | None = None) -> Answer:
    """The answer with the headers that Stripe sends along."""
    headers = {
        "Content-Type": "application/json",
        "Request-Id": request.id,
        "Stripe-Version": spec.load().version,
        **(more or {}),
    }
    if request.idempotency_key is not None:
        headers["Idempotency-Key"] = request.idempotency_key
    return Answer(kept.status, headers, kept.body.encode())


def _key(authorization: str) -> str:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(given, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return given if scheme.lower() == "bearer" else ""


def _handler(request: Request) -> tuple[Match, Handler]:
    match = find_operation(request.method, request.path)
    if match is None:
        raise StripeError(
            404,
            "invalid_request_error",
            f"Unrecognized request URL ({request.method}: {request.path}), or a part of Stripe's"
            " API that is not implemented in the sandbox.",
        )
    handler = OPERATIONS.get((request.method, match.path))
    if handler is None:
        raise StripeError(
            404,
            "invalid_request_error",
            f"{request.method} {match.path} is not implemented in the sandbox",
        )
    return match, handler


def _execute(operation: Operation, handler: Handler, call: Call) -> Kept:
    """Undo what the call changed if it fails, unless the error says that it stays."""
    connection = call.store.connection
    connection.execute("SAVEPOINT call")
    try:
        answer = expand(call.tools, operation, handler(call), call.params.get("expand", []))
        shown = without_private(answer)
        check_answer(operation, shown)
    except (StripeError, Violation) as cause:
        if not (isinstance(cause, StripeError) and cause.effect_kept):
            connection.execute("ROLLBACK TO call")
        error = cause if isinstance(cause, StripeError) else violated(operation.path, cause)
        kept = refusal(error)
    else:
        kept = Kept(200, write_json(shown, indent=2))
    connection.execute("RELEASE call")
    return kept


def violated(where: str, cause: Violation) -> StripeError:
    """The sandbox's own mistake, told as such."""
    return StripeError(500, "api_error", f"{where}: {cause}", code="sandbox_violation")
