"""The organization's data as a file to take along."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from billing.exports.operations import hand_out, request_export
from billing.exports.queries import ExportNotFound

from .access import Visit, organization_page
from .presenters.exports import present_exports
from .refusals import refusals_as_messages


@require_safe
@organization_page(Permission.MANAGE_ORGANIZATION, in_real_time=True)
def exports(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is in an export, how far the one in the making is, and the one that is ready."""
    page = present_exports(visit.organization, now=visit.now)
    return render(request, "portal/settings_export.html", {"page": page})


@require_POST
@organization_page(Permission.MANAGE_ORGANIZATION, in_real_time=True)
def ask_for_export(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Have an export made."""
    with refusals_as_messages(request):
        request_export(organization=visit.organization, actor=visit.actor, now=visit.now)
        messages.success(request, _("Your export is in the making. You can leave this page."))
    return redirect("portal:exports")


@require_safe
@organization_page(Permission.MANAGE_ORGANIZATION, in_real_time=True)
def export_file(request: HttpRequest, visit: Visit, export_id: str) -> HttpResponseBase:
    """The file, piece by piece."""
    try:
        export, pieces = hand_out(
            organization=visit.organization, export_id=export_id, actor=visit.actor, now=visit.now
        )
    except ExportNotFound as missing:
        raise Http404 from missing
    name = f"tallybook-{visit.organization.code}-{export.requested_at:%Y-%m-%d}.zip"
    return StreamingHttpResponse(
        pieces,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(export.byte_count),
        },
    )
