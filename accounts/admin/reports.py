"""
Pages of the staff's site that show figures rather than rows: each registers itself here.

The site mounts them, lists those that a member of staff may see, and asks for the permission.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from .base import staff_member

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Report:
    """
    A page of figures at `/admin/reports/<path>`, named `admin:report_<name>`.

    Only those with `permission` (`app.codename`) see it. Without a `title` it is reached from
    another report and not listed.
    """

    name: str
    path: str
    view: View
    permission: str
    title: "StrOrPromise" = ""
    about: "StrOrPromise" = ""

    @property
    def url(self) -> str:
        """Where a listed report is."""
        return reverse(f"admin:report_{self.name}")


_REPORTS: Final[dict[str, Report]] = {}


def report(
    name: str,
    *,
    path: str,
    permission: str,
    title: "StrOrPromise" = "",
    about: "StrOrPromise" = "",
) -> Callable[[View], View]:
    """Make a view a report of the staff's site."""

    def register(view: View) -> View:
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not staff_member(request).has_perm(permission):
                raise PermissionDenied
            # Nothing that is stored is called so, and the database does not even take the question.
            if any("\0" in str(value) for value in kwargs.values()):
                raise Http404
            return view(request, *args, **kwargs)

        assert name not in _REPORTS, name
        _REPORTS[name] = Report(name, path, guarded, permission, title, about)
        return view

    return register


def all_reports() -> list[Report]:
    """Every report, for the site to mount."""
    return list(_REPORTS.values())


def reports_for(request: HttpRequest) -> Iterator[Report]:
    """The listed reports that a member of staff may see, in the order of their registration."""
    user = staff_member(request)
    return (each for each in _REPORTS.values() if each.title and user.has_perm(each.permission))
