"""
The way of programs through the house: the API's, and that of Stripe's webhooks.

Programs send a key or a signature with each request. They have no session, no cookie, no language
and no page to protect, so whatever prepares those is passed by: half of what a short request
would cost.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import resolve
from django.utils import translation

from billing.stripe.endpoint import WEBHOOK_PATH

from .fallbacks import RESOURCES_PREFIX
from .ofrep.errors import OFREP_PREFIX
from .problems import request_id

logger = structlog.get_logger(__name__)

FOR_PROGRAMS: Final = (
    RESOURCES_PREFIX,
    OFREP_PREFIX,
    WEBHOOK_PATH,
    "/embed/v1/",
    "/.well-known/",
    "/oauth2/token",
    "/oauth2/revoke",
    "/oauth2/userinfo",
    "/account_api/",
)


def straight_to_the_api(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer requests of programs; let the others pass."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(FOR_PROGRAMS):
            return get_response(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id(request))
        # A thread still speaks the language of the page that it served last.
        translation.activate(settings.LANGUAGE_CODE)
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response = response.render()
        response.headers.setdefault("Content-Length", str(len(response.content)))
        # What went well stands in the ledger, or changed nothing.
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            line = f"{request.method} {request.path_info}"
            logger.info("request_refused", request=line, code=response.status_code)
        return response

    return middleware
