"""Stop mails of a sort by the link in one of them, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.mails.unsubscribing import (
    find_subscription,
    is_unsubscribed,
    subscribe,
    unsubscribe,
)
from config.kernel.errors import NotFound


# The link is the authority: mail programs post here by themselves, without cookies (RFC 8058).
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, mail_token: str) -> HttpResponse:
    """
    Ask, then stop the mails; or let them come again.

    Looking at the page changes nothing, because scanners of mail follow links.
    """
    try:
        subscription = find_subscription(token=mail_token)
    except NotFound as missing:
        raise Http404(missing.detail) from missing
    if request.method == "POST":
        change = subscribe if request.POST.get("again") else unsubscribe
        change(subscription)
    context = {
        "alert": subscription.alert.label,
        "organization": subscription.organization.name,
        "address": subscription.address,
        "is_unsubscribed": is_unsubscribed(subscription),
    }
    return render(request, "portal/unsubscribe.html", context)
