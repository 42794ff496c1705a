"""What programs read first: where everything is, and whose signature counts."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.choices import Scope
from accounts.oauth.scopes import SIGN_IN_SCOPES
from accounts.oauth.signing import ALGORITHM, SHOWN_AHEAD, public_keys

from .addresses import issuer
from .token import GRANTS


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    """`/.well-known/openid-configuration`, and the same for those who ask as RFC 8414 has it."""
    return _public(
        {
            "issuer": issuer(),
            "authorization_endpoint": _address("authorization"),
            "token_endpoint": _address("token"),
            "userinfo_endpoint": _address("userinfo"),
            "revocation_endpoint": _address("revoke"),
            "end_session_endpoint": _address("logout"),
            "jwks_uri": _address("jwks"),
            "scopes_supported": [*SIGN_IN_SCOPES, *Scope.values],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": sorted(GRANTS),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "none",
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }
    )


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """`/.well-known/jwks.json`: the keys with which our signatures are checked."""
    return _public(public_keys(now=timezone.now()))


def _address(name: str) -> str:
    return issuer() + reverse(f"idp:oidc:{name}")


def _public(document: Mapping[str, Any]) -> HttpResponse:
    response = JsonResponse(dict(document))
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={int(SHOWN_AHEAD.total_seconds())}"
    return response
