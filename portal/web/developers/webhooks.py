"""Webhook endpoints: who is told of what happens, and how that goes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from accounts.models import WebhookEndpoint
from accounts.webhooks import endpoints
from accounts.webhooks.queries import EndpointNotFound, get_endpoint

from ..access import Visit, organization_page
from ..presenters.developers.endpoint import present_endpoint
from ..presenters.developers.webhooks import list_event_types, present_webhooks
from ..refusals import refusals_as_messages, refusals_on_form
from .forms import DeliveriesQuery, EndpointForm, OverlapForm, SinceForm


@require_safe
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def webhooks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The organization's endpoints, and a form for another."""
    return _list(request, visit, EndpointForm(event_types=list_event_types()))


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def add_endpoint(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Tell an address from now on, and show the secret that its signatures are made with."""
    form = EndpointForm(request.POST, event_types=list_event_types())
    if form.is_valid():
        with refusals_on_form(form):
            added = endpoints.register_endpoint(
                organization=visit.organization,
                **form.cleaned_data,
                actor=visit.actor,
                created_by=visit.user,
                now=visit.now,
            )
            return _one(request, visit, added.endpoint, secret=added.secret)
    return _list(request, visit, form)


@require_safe
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def endpoint(request: HttpRequest, visit: Visit, endpoint_id: str) -> HttpResponse:
    """One endpoint, its health, and what it was told."""
    return _one(request, visit, find_endpoint(visit, endpoint_id))


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def rotate_secret(request: HttpRequest, visit: Visit, endpoint_id: str) -> HttpResponse:
    """Make another secret and show it."""
    form = OverlapForm(request.POST)
    with refusals_as_messages(request):
        found = find_endpoint(visit, endpoint_id)
        if form.is_valid():
            rotated = endpoints.rotate_secret(
                endpoint=found,
                overlap=form.cleaned_data["overlap"],
                actor=visit.actor,
                now=visit.now,
            )
            return _one(request, visit, rotated.endpoint, secret=rotated.secret)
    return redirect("portal:developer_webhook", endpoint_id)


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def switch_endpoint(request: HttpRequest, visit: Visit, endpoint_id: str) -> HttpResponse:
    """Disable an endpoint, or enable it again."""
    with refusals_as_messages(request):
        found = find_endpoint(visit, endpoint_id)
        if request.POST.get("to") == "enabled":
            endpoints.enable_endpoint(endpoint=found, actor=visit.actor, now=visit.now)
            messages.success(request, _("The endpoint is told again of what happens."))
        else:
            endpoints.disable_endpoint(endpoint=found, actor=visit.actor, now=visit.now)
            messages.success(request, _("Nothing more is sent to the endpoint."))
    return redirect("portal:developer_webhook", endpoint_id)


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def send_test(request: HttpRequest, visit: Visit, endpoint_id: str) -> HttpResponse:
    """Send an event that means nothing."""
    with refusals_as_messages(request):
        found = find_endpoint(visit, endpoint_id)
        endpoints.send_test_event(endpoint=found, actor=visit.actor, now=visit.now)
        messages.success(request, _("A test event is on its way."))
    return redirect("portal:developer_webhook", endpoint_id)


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def remove_endpoint(request: HttpRequest, visit: Visit, endpoint_id: str) -> HttpResponse:
    """Send nothing more to an endpoint, for ever."""
    with refusals_as_messages(request):
        found = find_endpoint(visit, endpoint_id)
        endpoints.remove_endpoint(endpoint=found, actor=visit.actor, now=visit.now)
        messages.success(request, _("The endpoint is removed."))
    return redirect("portal:developer_webhooks")


def find_endpoint(visit: Visit, endpoint_id: str) -> WebhookEndpoint:
    """Return an endpoint of the organization; another one's is no page at all."""
    try:
        return get_endpoint(organization=visit.organization, public_id=endpoint_id)
    except EndpointNotFound as missing:
        raise Http404(missing.detail) from missing


def _list(request: HttpRequest, visit: Visit, form: EndpointForm) -> HttpResponse:
    context = {"page": present_webhooks(visit, chosen=form["event_types"].value()), "form": form}
    return render(request, "portal/developers/webhooks.html", context)


def _one(
    request: HttpRequest, visit: Visit, shown: WebhookEndpoint, **context: Any
) -> HttpResponse:
    query = DeliveriesQuery(request.GET)
    asked = query.cleaned_data if query.is_valid() else {}
    page = present_endpoint(
        shown, status=asked.get("status", ""), before=asked.get("before", ""), now=visit.now
    )
    forms = {"overlap_form": OverlapForm(), "since_form": SinceForm()}
    return render(request, "portal/developers/endpoint.html", {"page": page, **forms, **context})
