"""What the pages of this app share: deeds with a page of their own, and customers counted."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.admin.base import OperationAdmin, staff_member
from accounts.organizations.clock import time_of
from config.kernel.errors import DomainError

from ..models import Agreement

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

Entered = dict[str, Any]


def customer_count(path: str) -> Coalesce:
    """How many organizations have a live agreement on the row that `path` leads to."""
    live = (
        Agreement.objects.live()
        .filter(**{path: OuterRef("pk")})
        .order_by()
        .values(path)
        .annotate(customers=Count("pk"))
        .values("customers")
    )
    return Coalesce(Subquery(live), 0)


def now_for(organization_id: int) -> datetime:
    """What time it is for an organization: the pages about customers read the clock here."""
    return time_of(organization_id=organization_id, now=timezone.now())


class ReasonForm(forms.Form):
    """Why something is done to a customer's agreement or order."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class DeedAdmin(OperationAdmin):
    """Pages of which some ask for one deed: a form if need be, and one button."""

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Whether this member of staff has the permission `verb` on the pages' model."""
        permission = f"{self.opts.app_label}.{verb}_{self.opts.model_name}"
        return staff_member(request).has_perm(permission)

    def require(self, request: HttpRequest, verb: str) -> None:
        """Raise `PermissionDenied` unless this member of staff may do it."""
        if not self.may(request, verb):
            raise PermissionDenied

    def find(self, request: HttpRequest, pk: int) -> Any:
        """Return a row of these pages; an unknown one is a missing page."""
        row: Model | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def deed_page(
        self,
        request: HttpRequest,
        form_class: Callable[[QueryDict | None], forms.Form],
        deed: Callable[[Entered], HttpResponse],
        *,
        title: "StrOrPromise",
        template: str = "admin/billing/deed.html",
        row: Any = None,
        explain: Callable[[], dict[str, Any]] = dict,
    ) -> HttpResponse:
        """
        Show the form, and do the deed with what was entered. A refusal is shown above it.

        What `explain` tells the template is read last: after a refusal it says how things are now.
        """
        form = form_class(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                return deed(form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, refusal.detail)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "media": self.media + form.media,
            "row": row,
            **explain(),
        }
        return TemplateResponse(request, template, page)
