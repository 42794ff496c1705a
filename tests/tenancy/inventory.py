"""What there is to call, read from the addresses that are mounted: nothing is listed by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

# Mounted from elsewhere, and not about one organization: Django's staff pages, the pages of
# allauth about a person's own account. Staff pages have a matrix of their own, and what is served
# to people's access tokens names no organization but theirs.
ELSEWHERE: Final = frozenset({"admin", "account", "account_api", "mfa", "usersessions", "oidc"})
_PORTAL: Final = "portal:"
_API: Final = f"{_PORTAL}api:"
_ANSWERED_BY_DJANGO: Final = frozenset({"HEAD", "OPTIONS"})


@dataclass(frozen=True, order=True)
class Operation:
    """One method of one address; `route` is the address with the names of what it holds."""

    name: str
    method: str
    route: str

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    @property
    def is_for_apps(self) -> bool:
        """Whether programs call it, and not people in front of a browser."""
        return self.name.startswith((_API, f"{_PORTAL}ofrep:"))

    @property
    def short_name(self) -> str:
        """The name by which its policy is found."""
        return short_name(self.name)


def short_name(name: str) -> str:
    """The name of an address without that of where it is mounted."""
    return name.removeprefix(_API).removeprefix(_PORTAL)


def list_operations() -> list[Operation]:
    """Return every operation of pages and API."""
    return sorted(set(_operations(get_resolver(), "", ())))


def _operations(
    resolver: URLResolver, prefix: str, namespaces: tuple[str, ...]
) -> Iterator[Operation]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield from _methods(pattern, route, namespaces)
            continue
        inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
        if not ELSEWHERE & set(inside) and not route.startswith("account/"):
            yield from _operations(pattern, route, inside)


def _methods(pattern: URLPattern, route: str, namespaces: tuple[str, ...]) -> Iterator[Operation]:
    name = ":".join((*namespaces, pattern.name or route))
    for method in sorted(_methods_of(pattern.callback) - _ANSWERED_BY_DJANGO):
        yield Operation(name, method, route)


def _methods_of(view: Any) -> set[str]:
    """The methods that a view serves: a class knows them, a page says so by its decorator."""
    resource = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if resource is not None:
        return {
            name.upper() for name in resource.http_method_names if hasattr(resource, name)
        } - _ANSWERED_BY_DJANGO
    return _methods_by_decorator(view) or {"GET"}


def _methods_by_decorator(view: Any) -> set[str]:
    """Look for the list that `require_http_methods` keeps, through the decorators above it."""
    while view is not None:
        code = getattr(view, "__code__", None)
        names = code.co_freevars if code is not None else ()
        if "request_method_list" in names:
            kept = view.__closure__[names.index("request_method_list")].cell_contents
            return set(kept)
        view = getattr(view, "__wrapped__", None)
    return set()
