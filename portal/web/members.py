"""Members: who belongs to the organization, in which role, and who is invited."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.permissions import Permission
from accounts.memberships import operations

from ..forms import InviteForm
from .access import Visit, organization_page
from .presenters.members import find_member, present_members
from .refusals import refusals_as_messages, refusals_on_form


@require_safe
@organization_page(Permission.VIEW_MEMBERS)
def members(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everybody in the organization, and the open invitations."""
    return _page(request, visit, InviteForm(held=visit.membership.role))


@require_POST
@organization_page(Permission.MANAGE_MEMBERS)
def invite(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Invite somebody by mail."""
    form = InviteForm(request.POST, held=visit.membership.role)
    if form.is_valid():
        with refusals_on_form(form):
            operations.invite(
                organization=visit.organization,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                invited_by=visit.membership,
                now=visit.now,
            )
            messages.success(
                request, _("%(email)s is invited.") % {"email": form.cleaned_data["email"]}
            )
            return redirect("portal:members")
    return _page(request, visit, form)


@require_POST
@organization_page(Permission.MANAGE_MEMBERS)
def change_role(request: HttpRequest, visit: Visit, membership_id: str) -> HttpResponse:
    """Give a member another role."""
    with refusals_as_messages(request):
        operations.change_role(
            organization=visit.organization,
            membership_id=membership_id,
            role=request.POST.get("role", ""),
            changed_by=visit.membership,
            now=visit.now,
        )
        messages.success(request, _("The role is changed."))
    return redirect("portal:members")


@require_http_methods(["GET", "HEAD", "POST"])
@organization_page(Permission.VIEW_MEMBERS)
def remove(request: HttpRequest, visit: Visit, membership_id: str) -> HttpResponse:
    """Ask, then remove a member. Everybody may leave."""
    member = find_member(visit, membership_id=membership_id)
    if member is None:
        raise Http404
    if request.method != "POST":
        return render(request, "portal/member_remove.html", {"member": member})
    with refusals_as_messages(request):
        operations.remove_member(
            organization=visit.organization,
            membership_id=membership_id,
            removed_by=visit.membership,
            now=visit.now,
        )
        messages.success(request, _("%(name)s is no longer a member.") % {"name": member.name})
    return redirect("portal:home" if member.is_visitor else "portal:members")


@require_POST
@organization_page(Permission.MANAGE_MEMBERS)
def revoke_invitation(request: HttpRequest, visit: Visit, invitation_id: str) -> HttpResponse:
    """Take an invitation back."""
    with refusals_as_messages(request):
        operations.revoke_invitation(
            organization=visit.organization,
            invitation_id=invitation_id,
            revoked_by=visit.membership,
            now=visit.now,
        )
        messages.success(request, _("The invitation is taken back."))
    return redirect("portal:members")


def _page(request: HttpRequest, visit: Visit, form: InviteForm) -> HttpResponse:
    context = {"page": present_members(visit), "form": form}
    return render(request, "portal/members.html", context)
