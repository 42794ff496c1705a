"""`Idempotency-Key`: a POST that is sent twice is done once, and answered alike."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse

from accounts.api_keys import idempotency
from accounts.api_keys.idempotency import FirstAnswer, RequestInFlight
from accounts.api_keys.queries import CallerKey
from config.kernel.errors import DomainError

from .endpoint import RefusalWriter
from .problems import InvalidRequest, Refusal, problem_response

# The header of an answer that was given before.
REPLAYED: Final = "Idempotent-Replayed"
FIRST_SERVER_ERROR: Final = 500
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


class StillInFlight(Refusal):
    """The same request is being worked on at this moment; come back soon."""

    code = RequestInFlight.code
    title = RequestInFlight.title
    status = RequestInFlight.status

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "1"})


def find_idempotency_key(request: HttpRequest) -> str | None:
    """Return the key of the request, if it has one. Raises `InvalidRequest` for an unusable one."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if _KEY.fullmatch(key) is None:
        raise InvalidRequest("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    return str(key)


def answered_once(
    request: HttpRequest,
    answer: Callable[[], HttpResponse],
    *,
    caller: CallerKey,
    now: datetime,
    write_refusal: RefusalWriter = problem_response,
) -> HttpResponse:
    """
    Return the answer to a request, or the one that it got when it was sent before.

    Refusals are answers too, and are kept. What fails on our side is not: the request may be
    sent again. Without an `Idempotency-Key` this only asks for the answer.
    """
    key = find_idempotency_key(request)
    if key is None:
        return answer()
    try:
        claim = idempotency.claim(
            caller=caller, key=key, request_sha256=_fingerprint(request), now=now
        )
    except RequestInFlight as in_flight:
        raise StillInFlight(in_flight.detail) from in_flight
    if isinstance(claim, FirstAnswer):
        return _replayed(claim)
    is_kept = False
    try:
        try:
            response = answer()
        except DomainError as refusal:
            response = write_refusal(refusal, request=request)
        if response.status_code < FIRST_SERVER_ERROR:
            idempotency.complete(
                claim=claim,
                answer=FirstAnswer(
                    response.status_code, response["Content-Type"], response.content
                ),
            )
            is_kept = True
    finally:
        if not is_kept:
            idempotency.release(claim=claim)
    return response


def _replayed(first: FirstAnswer) -> HttpResponse:
    response = HttpResponse(first.body, status=first.status, content_type=first.content_type)
    response[REPLAYED] = "true"
    response["Cache-Control"] = "no-store"
    return response


def _fingerprint(request: HttpRequest) -> bytes:
    address = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(address + request.body).digest()
