"""
`/oauth2/auth`: the page on which a person signs in to an app.

allauth's page does the work. What comes before it is stricter: an address to return to counts
letter by letter, every app proves with PKCE that it is the one that asked, and the organization is
one to which the person belongs.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from allauth.idp.oidc import views
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidRequestError, OAuth2Error
from oauthlib.openid.connect.core.exceptions import ConsentRequired, LoginRequired

from accounts.models import Membership, SignInApp, User
from accounts.oauth.people import find_sign_in_app, list_memberships_for
from accounts.oauth.redirects import origin_of

from ..tenancy import tenancy_of
from .engine import put
from .forms import known_parameters
from .organization import resource_of

_ASKED: Final = frozenset(
    {
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "nonce",
        "prompt",
        "code_challenge",
        "code_challenge_method",
        "org_code",
    }
)
_ANSWERED: Final = frozenset({"request", "scopes", "action", "csrfmiddlewaretoken"})
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@method_decorator(never_cache, name="dispatch")
@method_decorator(csrf_exempt, name="dispatch")
class Authorization(views.AuthorizationView):  # type: ignore[misc]  # allauth ships no types
    """Asks a person whether an app may know who they are."""

    memberships: Sequence[Membership] = ()
    membership: Membership | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            asked = known_parameters(request.GET, known=_ASKED)
            app = _get_app(asked)
        except InvalidRequestError as error:
            # Where to send people back to cannot be known, or is not to be believed.
            return render(request, "idp/oidc/error.html", {"error": error}, status=400)
        return_to = str(asked["redirect_uri"])
        try:
            self._prepare(request, app, asked)
        except OAuth2Error as error:
            error.state = asked.get("state")
            return _sent_to(error.in_uri(return_to))
        put(request, query=asked)
        response: HttpResponse = super().get(request)
        # The browser asks this page whether it may follow where the answer to it leads.
        response._csp_update = {"form-action": [origin_of(return_to)]}  # type: ignore[attr-defined]
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = _ANSWERED if "request" in request.POST else _ASKED
        form = QueryDict(mutable=True)
        for name in known.intersection(request.POST):
            form.setlist(name, request.POST.getlist(name))
        put(request, query=QueryDict(), form=form)
        response: HttpResponse = super().post(request)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "organization": self.membership and self.membership.organization,
            "others": [
                (one.organization, self._address_for(one))
                for one in self.memberships
                if one != self.membership
            ],
            "scopes": self._scopes,
            "leads_to": origin_of(self._request_info["redirect_uri"]),
        }

    def _prepare(self, request: HttpRequest, app: SignInApp, asked: QueryDict) -> None:
        """Raises `OAuth2Error` for what the app is told at its own address."""
        if _CHALLENGE.fullmatch(asked.get("code_challenge", "")) is None:
            raise InvalidRequestError("A code_challenge is needed (PKCE).")
        if asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The code_challenge_method must be S256.")
        user = request.user
        if "none" in asked.get("prompt", "").split():
            raise ConsentRequired if user.is_authenticated else LoginRequired
        if isinstance(user, User):
            self.memberships = list_memberships_for(app, user=user)
            self._choose(request, app, asked)

    def _choose(self, request: HttpRequest, app: SignInApp, asked: QueryDict) -> None:
        """
        Take the organization that the app names, else the one that the person looks at, else the
        first. Raises `AccessDeniedError`.
        """
        by_code = {one.organization.code: one for one in self.memberships}
        if "org_code" in asked:
            self.membership = by_code.get(str(asked["org_code"]))
        else:
            looked_at = tenancy_of(request).membership
            code = looked_at.organization.code if looked_at else ""
            self.membership = by_code.get(code) or next(iter(self.memberships), None)
        if self.membership is not None:
            asked["resource"] = resource_of(self.membership.organization.code)
        elif "org_code" in asked or app.organization_id is not None:
            raise AccessDeniedError("The person does not belong to the organization.")

    def _address_for(self, membership: Membership) -> str:
        asked = self.request.GET.copy()
        asked.pop("resource", None)
        asked["org_code"] = membership.organization.code
        return f"{reverse('idp:oidc:authorization')}?{asked.urlencode()}"


def _get_app(asked: QueryDict) -> SignInApp:
    """Raises `InvalidRequestError` for an unknown app, and for an address that is not its own."""
    app = find_sign_in_app(client_id=str(asked.get("client_id", "")))
    if app is None:
        raise InvalidRequestError("There is no app with this client_id.")
    if asked.get("redirect_uri") not in app.redirect_uris:
        raise InvalidRequestError("The redirect_uri is not one of the app's.")
    return app


def _sent_to(address: str) -> HttpResponse:
    # Django's own redirect knows no addresses of apps on telephones.
    return HttpResponse(status=302, headers={"Location": address})
