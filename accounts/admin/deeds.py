"""Rows on which staff do deeds: each deed has a page of its own, and a button on the row's."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
)
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError

from .base import OperationAdmin, Way, staff_member

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

Entered = dict[str, Any]
View = Callable[..., HttpResponseBase]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class ConfirmForm(forms.Form):
    """Nothing is asked but the press of a button."""


class DeedAdmin(OperationAdmin):
    """Pages of which some ask for one deed: a form if need be, and one button."""

    def deeds(self) -> dict[str, View]:
        """
        The pages that a row has beside its own, by their addresses below the row's.

        Each gets the key of the row as `pk`, and what else its address says. The first word of
        the address is its name, such as `admin:billing_agreement_change_plan` of `change-plan`.
        """
        return {}

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{address}/",
                self.admin_site.admin_view(view),
                name=self._name(address.partition("/")[0].replace("-", "_")),
            )
            for address, view in self.deeds().items()
        ]
        return [*own, *super().get_urls()]

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

    def way(self, label: "StrOrPromise", name: str, row: Model) -> Way:
        """The button that leads to the page `name` of a row."""
        return Way(label, reverse(f"admin:{self._name(name)}", args=[row.pk]))

    def deed_page(
        self,
        request: HttpRequest,
        form_class: Callable[[QueryDict | None], forms.Form],
        deed: Callable[[Entered], HttpResponse],
        *,
        title: "StrOrPromise",
        template: str = "admin/deed.html",
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
        media = self.media + form.media
        return self.page(
            request, template, title=title, form=form, media=media, row=row, **explain()
        )

    def to_row(self, row: Model) -> HttpResponseRedirect:
        """Go to the page of a row, where the deeds begin and end."""
        return HttpResponseRedirect(reverse(f"admin:{self._name('change')}", args=[row.pk]))

    def to_list(self) -> HttpResponseRedirect:
        """Go to the list."""
        return HttpResponseRedirect(reverse(f"admin:{self._name('changelist')}"))

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"
