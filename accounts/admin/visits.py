"""Staff look at a customer's portal, and who did."""

from collections.abc import Iterator
from typing import Final

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..choices import Role
from ..models import Organization, StaffVisit
from ..models.staff_visit import LONGEST_VISIT_REASON
from ..visits.sessions import begin_visit
from ..visits.staff import may_visit, start_staff_visit
from .base import ReadOnlyAdmin, Way, actor_of, staff_member
from .deeds import DeedAdmin, Entered, View

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


class VisitedOrganizations(DeedAdmin):
    """The way from an organization's page into its portal, for staff who may look."""

    def deeds(self) -> dict[str, View]:
        return {"view-as-customer": self.view_as_customer}

    def ways(self, request: HttpRequest, row: Organization) -> Iterator[Way]:
        if row.closed_at is None and may_visit(staff_member(request)):
            yield self.way(_("View as customer"), "view_as_customer", row)

    def view_as_customer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, then look at the portal; nothing can be changed there."""
        if not may_visit(staff_member(request)):
            raise PermissionDenied
        organization = Organization.objects.open().filter(pk=pk).first()
        if organization is None:
            raise Http404
        return self.deed_page(
            request,
            VisitForm,
            lambda entered: self._go(request, organization, entered),
            title=_("View as customer"),
            template="admin/accounts/organization/visit.html",
            row=organization,
        )

    def _go(
        self, request: HttpRequest, organization: Organization, entered: Entered
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
