"""Staff look at a customer's portal, and who did."""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError

from ..choices import Role
from ..models import Organization, StaffVisit
from ..models.staff_visit import LONGEST_VISIT_REASON
from ..visits.sessions import begin_visit
from ..visits.staff import may_visit, start_staff_visit
from .base import ReadOnlyAdmin, actor_of, staff_member

# The portal is mounted above this app, which knows no more of it than where it begins.
_PORTAL: Final = "/overview/"


class VisitForm(forms.Form):
    """Why, and with whose eyes."""

    role = forms.ChoiceField(
        label=_("Seen as"),
        choices=Role.choices,
        initial=Role.OWNER,
        help_text=_("Which pages and figures a person in this role gets to see."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_VISIT_REASON,
        help_text=_("The customer reads it in their audit log."),
    )


class VisitedOrganizations(admin.ModelAdmin[Any]):
    """The way from an organization's page into its portal, for staff who may look."""

    change_form_template = "admin/accounts/organization/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.view_as_customer)
        name = "accounts_organization_view_as_customer"
        return [path("<int:row_id>/view-as-customer/", view, name=name), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        shown = {"may_view_as_customer": may_visit(staff_member(request)), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, shown)

    def view_as_customer(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Ask why, then look at the portal; nothing can be changed there."""
        if not may_visit(staff_member(request)):
            raise PermissionDenied
        organization = Organization.objects.open().filter(pk=row_id).first()
        if organization is None:
            raise Http404
        form = VisitForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                return self._go(request, organization, form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, refusal.detail)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("View as customer"),
            "organization": organization,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/accounts/organization/visit.html", page)

    def _go(
        self, request: HttpRequest, organization: Organization, entered: dict[str, Any]
    ) -> HttpResponse:
        visit = start_staff_visit(
            organization=organization,
            user=staff_member(request),
            role=entered["role"],
            reason=entered["reason"],
            actor=actor_of(request),
            now=timezone.now(),
        )
        begin_visit(request.session, visit)
        return HttpResponseRedirect(_PORTAL)


@admin.register(StaffVisit)
class StaffVisitAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "user", "organization", "role", "reason", "ends_at", "ended_at"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "organization__name", "organization__public_id", "reason"]
    date_hierarchy = "started_at"
    ordering = ["-pk"]
