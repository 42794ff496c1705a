"""A one-time link into the portal: what it opens, the way in, and the way out."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Membership, User
from accounts.visits.guests import find_link_offer
from accounts.visits.links import PortalLinkSpent, open_portal_link
from accounts.visits.sessions import let_in

from ..portal_pages import address_of_page
from ..tenancy import choose_organization
from ..visiting import guest_of

_GONE: Final = 410


@require_safe
@never_cache
def portal_link(request: HttpRequest, link_token: str) -> HttpResponse:
    """
    Say what the link opens, and for whom. Looking spends nothing.

    Programs that look at links before people do, in mails and chats, find this page. Whoever is
    led here by somebody else's link reads whose it is before they are let in.
    """
    offer = find_link_offer(token=link_token, now=timezone.now())
    if offer is None:
        return _spent(request)
    user = request.user if isinstance(request.user, User) else None
    context = {
        "token": link_token,
        "organization": offer.membership.organization.name,
        "person": offer.membership.user,
        "expires_at": offer.expires_at,
        "other": user if user is not None and user != offer.membership.user else None,
    }
    return _unreferred(render(request, "portal/portal_link.html", context))


@require_POST
@never_cache
def enter(request: HttpRequest, link_token: str) -> HttpResponse:
    """
    Spend the link and go in.

    Whoever is signed in as the very person stays so; everybody else gets a session that knows
    the link alone.
    """
    try:
        link = open_portal_link(token=link_token, now=timezone.now())
    except PortalLinkSpent:
        return _spent(request)
    if _is_signed_in_as(request, link.membership):
        choose_organization(request, link.membership.organization)
    else:
        let_in(request.session, link)
    return _unreferred(redirect(address_of_page(link.page)))


@require_POST
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """End the session of a link, and show the way back to where people came from."""
    guest = guest_of(request)
    if guest is None:
        return redirect("portal:home")
    request.session.flush()
    return render(request, "portal/portal_left.html", {"left": guest})


def _is_signed_in_as(request: HttpRequest, membership: Membership) -> bool:
    return isinstance(request.user, User) and request.user == membership.user


def _spent(request: HttpRequest) -> HttpResponse:
    """One answer to whatever cannot be opened; a guest who comes back is inside already."""
    if guest_of(request) is not None:
        return redirect("portal:overview")
    return _unreferred(render(request, "portal/portal_link_spent.html", status=_GONE))


def _unreferred(response: HttpResponse) -> HttpResponse:
    """
    Let no page be told this address, which holds the secret: no more than the host.

    Without that much a browser would call our own form a stranger's.
    """
    response["Referrer-Policy"] = "strict-origin"
    return response
