"""What all admin pages share: writes are operations, and say who made them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import DateTimeField, ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from config.kernel.errors import DomainError

from ..audit.actor import Actor
from ..models import User
from .widgets import MomentInput, SearchSelect

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

ModelForm = forms.ModelForm[Any]
TabularInline = admin.TabularInline[Any, Any]


def staff_member(request: HttpRequest) -> User:
    """The member of staff who is logged in; the admin lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """Who makes this request, for the audit entry of what it does."""
    return Actor.for_user(
        staff_member(request), request_id=request.META.get("HTTP_X_REQUEST_ID", "")[:64]
    )


@dataclass(frozen=True, slots=True)
class Way:
    """A button on the page of a row: what it says, and where it leads; elsewhere in a new tab."""

    label: "StrOrPromise"
    address: str
    is_elsewhere: bool = False


class OperationAdmin(admin.ModelAdmin[Any]):
    """Pages whose writes go through operations. Nothing is deleted, and a refusal is a message."""

    change_form_template = "admin/row.html"
    formfield_overrides = {
        DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": MomentInput}
    }

    def ways(self, request: HttpRequest, row: Any) -> Iterable[Way]:
        """What this member of staff may do from the page of a row, as its buttons."""
        return ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **named: Any
    ) -> HttpResponse:
        row = named.get("obj")
        if row is not None:
            context["ways"] = list(self.ways(request, row))
        return super().render_change_form(request, context, *rest, **named)

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page beside those that the admin has, such as one below `admin/page.html`."""
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, shown)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **named: Any
    ) -> Any:
        if db_field.name in self.autocomplete_fields:
            named.setdefault("widget", SearchSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **named)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *rest: Any, **named: Any
    ) -> HttpResponse | None:
        for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.opts.pk.to_python(key)
            except ValidationError as wrong:
                raise BadRequest from wrong
        return super().response_action(request, queryset, *rest, **named)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(OperationAdmin):
    """Pages that only show."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows on another row's page that are only shown."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
