"""Staff on a visit to a customer: the way out. The way in is in the admin."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.visits.sessions import forget_visit, visit_of
from accounts.visits.staff import end_staff_visit

from .access import Person, person_page


@require_POST
@person_page
def end(request: HttpRequest, person: Person) -> HttpResponse:
    """End the visit, and go back to the staff's own pages."""
    visit_id = visit_of(request.session)
    if visit_id is not None:
        end_staff_visit(visit_id=visit_id, user=person.user, actor=person.actor, now=person.now)
        forget_visit(request.session)
        messages.success(request, _("The visit is over."))
    return redirect("admin:index" if person.user.is_staff else "portal:home")
