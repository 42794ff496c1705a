"""The API to try out: Swagger with a key in it that is good for an hour."""

from datetime import timedelta
from typing import Final

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access.permissions import Permission
from accounts.api_keys.operations import issue_api_key

from ..access import Visit, organization_page
from .scopes import scopes_for

LIFE: Final = timedelta(hours=1)


# Swagger's own stylesheet draws its icons from data: addresses.
@csp_update({"img-src": ["data:"]})
@require_http_methods(["GET", "HEAD", "POST"])
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def explorer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what it is; once asked to, make the key and open Swagger with it."""
    scopes = scopes_for(visit)
    if request.method != "POST":
        labels = [str(scope.label) for scope in scopes]
        return render(request, "portal/developers/explorer.html", {"scopes": labels})
    issued = issue_api_key(
        name=_("Explorer"),
        scopes=scopes,
        organization=visit.organization,
        actor=visit.actor,
        created_by=visit.user,
        expires_at=visit.now + LIFE,
        now=visit.now,
    )
    context = {"secret": issued.secret, "expires_at": issued.api_key.expires_at}
    return render(request, "portal/developers/swagger.html", context)
