"""Signing in with Tallybook: OpenID Connect, an authorization code with PKCE."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

SCOPES = "openid profile email"


@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the visitor to Tallybook, and remember what only this browser knows."""
    attempt = {"state": secrets.token_urlsafe(32), "verifier": secrets.token_urlsafe(48)}
    request.session["sign_in"] = attempt
    digest = hashlib.sha256(attempt["verifier"].encode()).digest()
    asked = {
        "client_id": settings.SIGN_IN_CLIENT_ID,
        "redirect_uri": settings.SIGNED_IN_AT,
        "response_type": "code",
        "scope": SCOPES,
        "state": attempt["state"],
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return redirect(f"{settings.TALLYBOOK_URL}/oauth2/auth?{urlencode(asked)}")


@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """The visitor is back, with a code if they agreed."""
    attempt = request.session.pop("sign_in", {"state": ""})
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    if not (state and secrets.compare_digest(state.encode(), attempt["state"].encode()) and code):
        return HttpResponse("That did not work out.", status=400, content_type="text/plain")
    person = _who_is_it(code=code, verifier=attempt["verifier"])
    if "org_code" not in person:
        return HttpResponse("You belong to no organization yet.", status=403)
    request.session.flush()
    request.session["member"] = person["sub"]
    request.session["name"] = person.get("name") or person["email"]
    request.session["customer"] = person["org_code"]
    request.session["customer_name"] = person["org_name"]
    return redirect("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the visitor."""
    request.session.flush()
    return redirect("home")


def _who_is_it(*, code: str, verifier: str) -> dict[str, Any]:
    """
    The person's claims, from Tallybook itself: no signature stands between it and us.

    Raises `httpx.HTTPError`.
    """
    with httpx.Client(base_url=settings.TALLYBOOK_URL) as tallybook:
        tokens = tallybook.post(
            "/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": settings.SIGNED_IN_AT,
            },
            auth=(settings.SIGN_IN_CLIENT_ID, settings.SIGN_IN_CLIENT_SECRET),
        ).raise_for_status()
        signature = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
        claims = tallybook.get("/oauth2/userinfo", headers=signature).raise_for_status()
    person: dict[str, Any] = claims.json()
    return person
