"""`/logout`: an app signs a person out, of itself and, if the person agrees, of Tallybook."""

from typing import Any, Final

from allauth.idp.oidc import views
from allauth.idp.oidc.forms import RPInitiatedLogoutForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from accounts.oauth.redirects import origin_of

from .engine import put
from .forms import known_parameters

_RETURN_TO: Final = "post_logout_redirect_uri"
# What clients written for Kinde call it.
_KINDE_RETURN_TO: Final = "redirect_uri"
_KNOWN: Final = frozenset(
    {"client_id", "id_token_hint", _RETURN_TO, "state", "action", "csrfmiddlewaretoken"}
)


@method_decorator(never_cache, name="dispatch")
@method_decorator(csrf_exempt, name="dispatch")
class Logout(views.LogoutView):  # type: ignore[misc]  # allauth ships no types
    """Asks a person whether they want to be signed out here as well."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            said = known_parameters(
                request.POST if request.method == "POST" else request.GET,
                known=_KNOWN | {_KINDE_RETURN_TO},
            )
            if _KINDE_RETURN_TO in said:
                said.setdefault(_RETURN_TO, said.pop(_KINDE_RETURN_TO)[0])
            put(request, query=said, form=said)
            response: HttpResponse = super().dispatch(request)
        except InvalidRequestError as error:
            return render(request, "idp/oidc/error.html", {"error": error}, status=400)
        return response

    def form_invalid(self, form: RPInitiatedLogoutForm) -> HttpResponse:
        error = InvalidRequestError("The app asked for an address that is not its own.")
        return render(self.request, "idp/oidc/error.html", {"error": error}, status=400)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **kwargs)
        return_to = context["form"].cleaned_data.get(_RETURN_TO)
        if return_to:
            # The browser asks this page whether it may follow where the answer to it leads.
            response._csp_update = {"form-action": [origin_of(return_to)]}  # type: ignore[attr-defined]
        return response
