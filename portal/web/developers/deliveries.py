"""What an endpoint was told, attempt by attempt, and sending it again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from accounts.models import WebhookDelivery
from accounts.webhooks import deliveries
from accounts.webhooks.queries import DeliveryNotFound, get_delivery

from ..access import Visit, organization_page
from ..presenters.developers.endpoint import present_delivery
from ..refusals import refusals_as_messages
from .forms import SinceForm
from .webhooks import find_endpoint


@require_safe
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def delivery(
    request: HttpRequest, visit: Visit, endpoint_id: str, delivery_id: str
) -> HttpResponse:
    """One delivery: what was sent, and what was answered each time."""
    page = present_delivery(_find(visit, endpoint_id, delivery_id))
    return render(request, "portal/developers/delivery.html", {"page": page})


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def resend(request: HttpRequest, visit: Visit, endpoint_id: str, delivery_id: str) -> HttpResponse:
    """Send one event again."""
    found = _find(visit, endpoint_id, delivery_id)
    with refusals_as_messages(request):
        deliveries.resend(delivery=found, actor=visit.actor, now=visit.now)
        messages.success(request, _("It is sent again."))
    return redirect("portal:developer_delivery", endpoint_id, delivery_id)


@require_POST
@organization_page(Permission.MANAGE_DEVELOPERS, in_real_time=True)
def resend_failed(request: HttpRequest, visit: Visit, endpoint_id: str) -> HttpResponse:
    """Send everything again that was not delivered lately."""
    form = SinceForm(request.POST)
    with refusals_as_messages(request):
        found = find_endpoint(visit, endpoint_id)
        if form.is_valid():
            count = deliveries.resend_failed(
                endpoint=found,
                since=visit.now - form.cleaned_data["since"],
                actor=visit.actor,
                now=visit.now,
            )
            said = ngettext(
                "%(count)s event is sent again.", "%(count)s events are sent again.", count
            )
            messages.success(request, said % {"count": count})
    return redirect("portal:developer_webhook", endpoint_id)


def _find(visit: Visit, endpoint_id: str, delivery_id: str) -> WebhookDelivery:
    endpoint = find_endpoint(visit, endpoint_id)
    try:
        return get_delivery(endpoint=endpoint, public_id=delivery_id)
    except DeliveryNotFound as missing:
        raise Http404(missing.detail) from missing
