"""What templates receive beside the page's own data."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

from .memo import once_per_request
from .web.presenters.shell import Shell, present_shell

# Pages that stand in a house of their own.
_ELSEWHERE: Final = frozenset({"admin", "api"})


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the pages of people who are signed in."""
    match = request.resolver_match
    if match is None or _ELSEWHERE.intersection(match.namespaces):
        return {}
    surroundings = _shell(request)
    return {} if surroundings is None else {"shell": surroundings}


@once_per_request
def _shell(request: HttpRequest) -> Shell | None:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    return present_shell(request, user=user, now=timezone.now())
