"""
`POST /oauth2/token`: an API key, or a person's code, for a token.

The engine is allauth's. In front of it stands what it leaves open and what clients written for
Kinde count on: an empty scope means all, the API has several names as an audience, and nothing that
a stranger sends leads to more than a refusal.
"""

import json
from collections.abc import Callable, Collection
from contextlib import nullcontext
from http import HTTPStatus
from time import monotonic
from typing import Final

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.idp.oidc import views
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from oauthlib.oauth2.rfc6749.errors import (
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)

from accounts.oauth.clients import forget_token
from accounts.oauth.grants import one_at_a_time

from ..api.rate_limit import TokenBuckets
from .addresses import own_audience, own_audiences
from .engine import Engine, ask
from .forms import read_form

CLIENT_CREDENTIALS: Final = "client_credentials"
GRANTS: Final = frozenset({CLIENT_CREDENTIALS, "authorization_code", "refresh_token"})
FAILURES_PER_MINUTE: Final = 30

_CLIENT: Final = frozenset({"client_id", "client_secret"})
_PARAMETERS: Final = _CLIENT | {
    "grant_type",
    "scope",
    "audience",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
}
_OFFLINE: Final = frozenset({"offline", "offline_access"})
_REVOKED: Final = _CLIENT | {"token", "token_type_hint"}

failures: Final = TokenBuckets()


class InvalidAudience(OAuth2Error):  # type: ignore[misc]  # oauthlib ships no types
    """A token for somebody else was asked for."""

    error = "invalid_target"


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Answer a request for a token (RFC 6749)."""
    return _answer(request, _redeem, known=_PARAMETERS, check=_check)


@csrf_exempt
def revoke(request: HttpRequest) -> HttpResponse:
    """Take a token back (RFC 7009). A token that is not there counts as taken back."""
    return _answer(request, views.revoke, known=_REVOKED)


def _redeem(request: HttpRequest) -> HttpResponse:
    good_once = request.POST.get("code") or request.POST.get("refresh_token")
    with one_at_a_time(good_once) if good_once else nullcontext():
        response: HttpResponse = views.token(request)
    return response


def _answer(
    request: HttpRequest,
    engine: Engine,
    *,
    known: Collection[str],
    check: Callable[[HttpRequest, QueryDict], None] | None = None,
) -> HttpResponse:
    if request.method != "POST":
        return _not_allowed()
    client_id = ""
    try:
        form = read_form(request, known=known)
        client_id = str(form.get("client_id", ""))
        if check is not None:
            check(request, form)
        response = _without_offline(ask(engine, request, form=form))
    except OAuth2Error as error:
        response = HttpResponse(error.json, status=error.status_code)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        response = _slowed_down(request, response, client_id=client_id)
    return _finished(response)


def _check(request: HttpRequest, form: QueryDict) -> None:
    grant = form.get("grant_type")
    if grant is None:
        raise InvalidRequestError("The parameter grant_type is missing.")
    if grant not in GRANTS:
        raise UnsupportedGrantTypeError
    scopes = str(form.pop("scope", [""])[0]).split()
    if scopes:
        form["scope"] = " ".join(scopes)
    if grant != CLIENT_CREDENTIALS:
        form.pop("audience", None)
        return
    if form.setdefault("audience", own_audience()) not in own_audiences(request):
        raise InvalidAudience("Tokens are for this API only: leave the audience out.")


def _without_offline(response: HttpResponse) -> HttpResponse:
    """The answer without a refresh token, unless the person agreed to `offline`."""
    if response.status_code != HTTPStatus.OK or not response.content:
        return response
    answer = json.loads(response.content)
    if "refresh_token" not in answer or _OFFLINE.intersection(answer["scope"].split()):
        return response
    forget_token(answer.pop("refresh_token"))
    answer.pop("refresh_expires_in", None)
    response.content = json.dumps(answer).encode()
    return response


def _finished(response: HttpResponse) -> HttpResponse:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Basic realm="Tallybook"'
    response["Content-Type"] = "application/json"
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def _slowed_down(request: HttpRequest, response: HttpResponse, *, client_id: str) -> HttpResponse:
    """
    The refusal, or word that there were too many of them.

    Only refusals are counted, by address and client, so a program that runs mad stops nobody else
    and not even itself once it has its secret right. A secret of 256 bits is not guessed.
    """
    address = get_account_adapter(request).get_client_ip(request)
    standing = failures.take(
        pool="oauth",
        caller=hash((address, client_id)),
        per_minute=FAILURES_PER_MINUTE,
        at=monotonic(),
    )
    if not standing.is_exceeded:
        return response
    answer = JsonResponse(
        {"error": "temporarily_unavailable", "error_description": "Too many refused requests."},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    answer["Retry-After"] = str(standing.retry_after_seconds)
    return answer


def _not_allowed() -> HttpResponse:
    response = JsonResponse(
        json.loads(InvalidRequestError("This address answers POST.").json),
        status=HTTPStatus.METHOD_NOT_ALLOWED,
    )
    response["Allow"] = "POST"
    return response
