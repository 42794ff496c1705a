"""`/oauth2/userinfo`: who is behind a token that an app got when a person signed in."""

from allauth.idp.oidc import views
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from .engine import ask


@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Answer with the claims of the person as they are now. The token stands in the header."""
    try:
        response = ask(views.user_info, request, form=QueryDict())
    except OAuth2Error as error:
        response = HttpResponse(error.json, status=error.status_code)
        for name, value in error.headers.items():
            response[name] = value
    response["Content-Type"] = "application/json"
    response["Cache-Control"] = "no-store"
    return response
