"""API keys: made, replaced and ended. A secret is shown once, on the answer that made it."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from accounts.api_keys import operations
from accounts.api_keys.queries import get_api_key
from accounts.models import ApiKey

from ..access import Visit, organization_page
from ..presenters.developers.keys import NewKey, present_keys
from ..refusals import refusals_as_messages, refusals_on_form
from .forms import KeyForm, OverlapForm
from .scopes import scopes_for


@require_safe
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def keys(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The organization's keys, and a form for another."""
    return _page(request, visit)


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def issue_key(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make a key and show its secret."""
    form = KeyForm(request.POST, scopes=scopes_for(visit))
    if form.is_valid():
        with refusals_on_form(form):
            issued = operations.issue_api_key(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                organization=visit.organization,
                actor=visit.actor,
                created_by=visit.user,
                expires_at=_end(form.cleaned_data["expires"], now=visit.now),
                now=visit.now,
            )
            return _page(request, visit, new_key=_shown(issued))
    return _page(request, visit, form=form)


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def rotate_key(request: HttpRequest, visit: Visit, key_id: str) -> HttpResponse:
    """Make a key in place of another, and show its secret."""
    form = OverlapForm(request.POST)
    with refusals_as_messages(request):
        present = _find(visit, key_id)
        if form.is_valid() and set(present.scopes) <= set(scopes_for(visit)):
            issued = operations.rotate_api_key(
                api_key=present,
                overlap=form.cleaned_data["overlap"],
                actor=visit.actor,
                now=visit.now,
            )
            return _page(request, visit, new_key=_shown(issued))
        messages.error(request, _("This key cannot be replaced here."))
    return redirect("portal:developer_keys")


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def revoke_key(request: HttpRequest, visit: Visit, key_id: str) -> HttpResponse:
    """End a key at once."""
    with refusals_as_messages(request):
        operations.revoke_api_key(api_key=_find(visit, key_id), actor=visit.actor, now=visit.now)
        messages.success(request, _("The key is revoked."))
    return redirect("portal:developer_keys")


def _find(visit: Visit, key_id: str) -> ApiKey:
    return get_api_key(organization=visit.organization, public_id=key_id)


def _end(length: timedelta | None, *, now: datetime) -> datetime | None:
    return None if length is None else now + length


def _shown(issued: operations.IssuedKey) -> NewKey:
    key = issued.api_key
    return NewKey(name=key.name, client_id=key.public_id, secret=issued.secret)


def _page(request: HttpRequest, visit: Visit, **shown: Any) -> HttpResponse:
    offered = scopes_for(visit)
    context = {
        "page": present_keys(visit, offered=offered),
        "form": KeyForm(scopes=offered),
        "overlap_form": OverlapForm(),
        **shown,
    }
    return render(request, "portal/developers/keys.html", context)
