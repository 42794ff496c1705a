"""
Looking without touching: what staff on a visit to a customer may see, and all that they may do.

Two doors, both in one place for all pages. `StaffVisitDoor` refuses every request that would change
something, wherever it leads. `look_only` lets a page read and nothing else: the database itself
refuses to write, and what is no page (a file, a way out of the house) is not handed over.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import InternalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import ResolverMatch
from django.utils import timezone
from psycopg.errors import ReadOnlySqlTransaction

from accounts.visits.sessions import forget_visit, visit_of

from .visiting import staff_visit_of

logger = structlog.get_logger(__name__)

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# The staff's own pages, where they act as themselves.
_OWN_PAGES: Final = "admin"
_WAYS_OUT: Final = frozenset({"portal:end_staff_visit", "account_logout"})
# A page that signs its visitor in elsewhere, even when it is only asked for.
_SIGNS_IN_ELSEWHERE: Final = "idp:oidc:authorization"


class StaffVisitDoor:
    """Middleware: while somebody of the staff visits a customer, nothing is changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse what has no place in a visit, before the page is asked."""
        # Who has no cookie is not on a visit, and what everybody may keep stays that way.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        match = request.resolver_match
        if visit_of(request.session) is None or match is None or _is_the_staffs_own(match):
            return None
        if staff_visit_of(request) is None:
            forget_visit(request.session)
            return render(request, "portal/visit_over.html", status=403)
        if request.method not in _SAFE or match.view_name == _SIGNS_IN_ELSEWHERE:
            return _refuse(request)
        return None


def look_only(request: HttpRequest, show: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Show a page that may read and nothing else; write down that it was looked at."""
    visit = staff_visit_of(request)
    assert visit is not None
    logger.info("staff_visit_page", visit=visit.public_id, page=request.path)
    try:
        with _reading_only():
            response = show()
    except InternalError as error:
        if not isinstance(error.__cause__, ReadOnlySqlTransaction):
            raise
        return _refuse(request)
    if _is_a_page(response):
        return response
    response.close()
    return _refuse(request)


@contextmanager
def _reading_only() -> Iterator[None]:
    """Have the database refuse every write of this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET default_transaction_read_only")


def _is_the_staffs_own(match: ResolverMatch) -> bool:
    return _OWN_PAGES in match.namespaces or match.view_name in _WAYS_OUT


def _is_a_page(response: HttpResponseBase) -> bool:
    if response.has_header("Location"):
        return response["Location"].startswith("/") and not response["Location"].startswith("//")
    is_file = response.streaming or response.has_header("Content-Disposition")
    return response.get("Content-Type", "").startswith("text/html") and not is_file


def _refuse(request: HttpRequest) -> HttpResponse:
    visit = staff_visit_of(request)
    assert visit is not None
    timezone.activate(ZoneInfo(visit.organization.time_zone))
    return render(request, "portal/visit_refused.html", status=403)
