"""The language switch."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.audit.actor import Actor
from accounts.models import User
from accounts.people.language import offered_languages
from accounts.people.operations import change_language


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """
    Speak another language from the next page on, in this browser.

    Whoever is signed in is spoken to in it wherever they sign in, and in mails.
    """
    code = request.POST.get("language", "")
    if code not in offered_languages():
        raise BadRequest("There is no such language.")
    if isinstance(request.user, User):
        actor = Actor.for_user(request.user, request.META.get("HTTP_X_REQUEST_ID", ""))
        change_language(user=request.user, language=code, actor=actor, now=timezone.now())
    response = redirect(_way_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def _way_back(request: HttpRequest) -> str:
    """The page that the switch stood on, if it is one of ours."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if page.startswith("/") and is_ours else "portal:home"
