"""Rows on which staff do deeds, each asked about on a page of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError

from .base import ReadOnlyAdmin, staff_member

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

Deed = Callable[[HttpRequest, int], HttpResponse]


class DeedAdmin(ReadOnlyAdmin):
    """
    Pages that show, and beside them deeds: a form, one operation, what came of it.

    `deed_template` is the page with the form.
    """

    deed_template: ClassVar[str]

    def deeds(self) -> dict[str, Deed]:
        """The deeds on one row, by the names of their addresses."""
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff_member(request).has_perm(f"accounts.add_{self.opts.model_name}")

    def has_deed_permission(self, request: HttpRequest) -> bool:
        """Whether this member of staff may do the deeds."""
        return staff_member(request).has_perm(f"accounts.change_{self.opts.model_name}")

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:row_id>/{name}/",
                self.admin_site.admin_view(deed),
                name=self._address(name),
            )
            for name, deed in self.deeds().items()
        ] + super().get_urls()

    def ask_about_one(
        self, deed: str, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Go to the page of a deed on the one row that is selected."""
        selected = list(queryset[:2])
        if len(selected) != 1:
            self.message_user(request, _("Select one."), messages.ERROR)
            return None
        return HttpResponseRedirect(reverse(f"admin:{self._address(deed)}", args=[selected[0].pk]))

    def get_row(self, request: HttpRequest, row_id: int) -> Any:
        """Return the row that a deed is about. Refuses staff without the permission."""
        if not self.has_deed_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=row_id).first()
        if row is None:
            raise Http404
        return row

    def operate(
        self,
        request: HttpRequest,
        form: forms.Form,
        operation: Callable[[dict[str, Any]], HttpResponse],
        *,
        title: "StrOrPromise",
        **context: Any,
    ) -> HttpResponse:
        """Ask with the form until it is answered well and the operation is not refused."""
        if form.is_valid():
            try:
                return operation(form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, refusal.detail)
        return self.page(
            request,
            self.deed_template,
            title=title,
            form=form,
            media=self.media + form.media,
            **context,
        )

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of the staff's."""
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, shown)

    def back_to_the_list(self) -> HttpResponse:
        """Where staff go after a deed."""
        return HttpResponseRedirect(reverse(f"admin:{self._address('changelist')}"))

    def _address(self, name: str) -> str:
        return f"accounts_{self.opts.model_name}_{name}"
