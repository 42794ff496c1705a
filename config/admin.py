"""The staff's admin site."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


# Staff log in where everybody does: with the limits on guessing, and the second factor.
@method_decorator(secure_admin_login, name="login")
class TallybookAdminSite(admin.AdminSite):
    site_header = _("Tallybook staff")
    site_title = _("Tallybook staff")
    index_title = _("Overview")
    site_url = "/"

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT002 (Django's)
        """A page of staff alone. Nothing that is stored has a NUL, so nobody asks for one."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def without_nul(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if any("\0" in text for _name, texts in request.GET.lists() for text in texts):
                raise BadRequest
            return guarded(request, *args, **kwargs)

        return cast("View", without_nul)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The pages of rows, and the reports."""
        from accounts.admin.reports import all_reports  # noqa: PLC0415 (needs the models)

        reports = [
            path(
                f"reports/{report.path}",
                self.admin_view(report.view),
                name=f"report_{report.name}",
            )
            for report in all_reports()
        ]
        return [*reports, *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page: what the business earns, what does not work, and what is to do."""
        from accounts.admin.base import staff_member  # noqa: PLC0415 (needs the models)
        from accounts.admin.reports import reports_for  # noqa: PLC0415 (needs the models)
        from billing.admin.dashboard import present_dashboard  # noqa: PLC0415 (needs the models)

        page = {
            "dashboard": present_dashboard(user=staff_member(request), now=timezone.now()),
            "reports": list(reports_for(request)),
        }
        return super().index(request, {**(extra_context or {}), **page})
