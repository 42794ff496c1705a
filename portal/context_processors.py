"""What templates receive beside the page's own data."""

from typing import Any, Final

from django.http import HttpRequest

from accounts.models import User

from .web.presenters.shell import present_shell

# Pages that stand in a house of their own.
_ELSEWHERE: Final = frozenset({"admin", "api"})


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the pages of people who are signed in."""
    match = request.resolver_match
    if match is None or _ELSEWHERE.intersection(match.namespaces):
        return {}
    user = getattr(request, "user", None)
    return {"shell": present_shell(request, user=user)} if isinstance(user, User) else {}
