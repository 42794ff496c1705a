"""What templates receive beside the page's own data."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from .memo import once_per_request
from .visiting import person_of
from .web.presenters.shell import Shell, present_shell

# Pages that stand in a house of their own.
_ELSEWHERE: Final = frozenset({"admin", "api"})


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the pages of people who are signed in, and of guests."""
    match = request.resolver_match
    if match is None or _ELSEWHERE.intersection(match.namespaces):
        return {}
    surroundings = _shell(request)
    return {} if surroundings is None else {"shell": surroundings}


@once_per_request
def _shell(request: HttpRequest) -> Shell | None:
    user = person_of(request)
    return None if user is None else present_shell(request, user=user, now=timezone.now())
