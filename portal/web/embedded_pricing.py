"""A pricing table in a frame of another web site, and the preview that staff see of a draft."""

from collections.abc import Sequence
from typing import Final

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.clickjacking import (
    xframe_options_exempt,
    xframe_options_sameorigin,
)
from django.views.decorators.http import require_safe

from accounts.models import User
from billing.pricing_tables.queries import (
    PricingTableNotFound,
    ShownTable,
    TableVersionNotFound,
    get_shown_table,
    get_version_as_shown,
)

from ..pricing_forms import FrameQuery
from .presenters.pricing import PricingQuestion, present_pricing
from .pricing import asked_in

KEPT_FOR_SECONDS: Final = 60
_MAY_SEE: Final = "billing.view_pricingtable"


@xframe_options_exempt
@require_safe
def embedded_pricing(request: HttpRequest, key: str) -> HttpResponseBase:
    """
    A live table for the sites that may frame it. No session and no cookie: anybody may keep it.
    """
    question = asked_in(FrameQuery(request.GET))
    # The frame's language, and not that of a person who is signed in here.
    with translation.override(question.language or _language_of_browser(request)):
        try:
            shown = get_shown_table(key=key, at=timezone.now())
        except PricingTableNotFound as missing:
            raise Http404(missing.detail) from missing
        response = HttpResponse(render_frame(shown, question))
        response["Content-Language"] = translation.get_language()
    response["Cache-Control"] = f"public, max-age={KEPT_FOR_SECONDS}"
    patch_vary_headers(response, ["Accept-Language"])
    set_response_etag(response)
    kept = get_conditional_response(request, etag=response["ETag"], response=response) or response
    return _framed_by(shown.frame_ancestors or ("*",), kept, request)


@xframe_options_sameorigin
@require_safe
def preview_pricing(request: HttpRequest, version_id: int) -> HttpResponseBase:
    """Any version of a table, for staff who may see it; to everybody else it is not there."""
    user = request.user
    if not (isinstance(user, User) and user.is_staff and user.has_perm(_MAY_SEE)):
        raise Http404
    question = asked_in(FrameQuery(request.GET))
    with translation.override(question.language or translation.get_language()):
        try:
            shown = get_version_as_shown(version_id=version_id, at=timezone.now())
        except TableVersionNotFound as missing:
            raise Http404(missing.detail) from missing
        response = HttpResponse(render_frame(shown, question))
    response["Cache-Control"] = "no-store"
    return _framed_by(("'self'",), response, request)


def _framed_by(
    ancestors: Sequence[str], response: HttpResponse, request: HttpRequest
) -> HttpResponseBase:
    """Let these show the answer in a frame."""
    return csp_replace({"frame-ancestors": list(ancestors)})(lambda _request: response)(request)


def render_frame(shown: ShownTable, question: PricingQuestion) -> str:
    """The page in the frame. It knows of no request, so that nothing of a person gets into it."""
    page = present_pricing(shown, question)
    theme = question.theme or "auto"
    return render_to_string("portal/embedded_pricing.html", {"page": page, "theme": theme})


def _language_of_browser(request: HttpRequest) -> str:
    for asked, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return translation.get_supported_language_variant(asked)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
